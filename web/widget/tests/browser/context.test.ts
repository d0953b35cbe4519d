// @vitest-environment node
import { describe, expect, it } from 'vitest';
import { stage } from './stage';

const set = stage();
const send = (metadata: object, multiThreadStrategy?: string) =>
  set.call('send_contextual_data', { metadata, ...(multiThreadStrategy ? { multiThreadStrategy } : {}) });
const held = { pending: true, conversations: [], ignored: [] };

describe('context of the page', () => {
  it('is held without a connection while the visitor is nobody', async () => {
    await set.visit();
    expect((await send({ a: 1 }, 'ALL')).result).toEqual(held);
    expect(set.beckon.frames).toEqual([]);
    expect(set.beckon.requests.filter((request) => request.startsWith('POST'))).toEqual([]);
  });

  it('is given back to the hold when the message that carried it is thrown away', async () => {
    await set.visit();
    await send({ car: 'Strand', colour: 'sand' });
    await set.call('open');
    set.beckon.intercept = ({ type }) =>
      type === 'send' ? { type: 'rejected', code: 'forbidden', message: 'Not now', retry: 'never' } : undefined;
    await set.say('refused');
    await set.chat.getByRole('alert').getByText('Not now').waitFor();
    await send({ colour: 'red' });
    set.beckon.intercept = () => undefined;
    await set.chat.getByRole('button', { name: 'Delete' }).click();
    await set.say('taken');
    await set.chat.getByText('Sent. You can close this').waitFor();
    expect(set.beckon.conversations.map(({ context }) => context)).toEqual([{ car: 'Strand', colour: 'red' }]);
  });

  it('travels again with a message that is tried again', async () => {
    await set.visit();
    await send({ car: 'Strand' });
    await set.call('open');
    set.beckon.intercept = ({ type }) =>
      type === 'send' ? { type: 'rejected', code: 'forbidden', message: 'Not now', retry: 'never' } : undefined;
    await set.say('refused at first');
    await set.chat.getByRole('button', { name: 'Try again' }).waitFor();
    set.beckon.intercept = () => undefined;
    await set.chat.getByRole('button', { name: 'Try again' }).click();
    await set.chat.getByText('Sent. You can close this').waitFor();
    expect(set.beckon.conversations.map(({ context }) => context)).toEqual([{ car: 'Strand' }]);
  });

  it('reaches the thread on screen, then at a guess the one used last, and is held elsewhere', async () => {
    const { beckon } = set;
    const one = beckon.begin('OPEN', ['one']);
    const two = beckon.begin('OPEN', ['two']);
    const closed = beckon.begin('CLOSED', ['closed']);
    await set.return();
    await set.visit();
    await set.call('show_thread_list');
    await set.call('open');
    await set.chat.getByRole('button', { name: /one/ }).waitFor();
    expect((await send({ n: 'list', first: true })).result).toEqual(held);
    await set.chat.getByRole('button', { name: /two/ }).click();
    await set.field.waitFor();
    await expect.poll(() => two.context).toEqual({ n: 'list', first: true });
    await send({ n: 'two' });
    expect(two.context).toEqual({ n: 'two', first: true });
    await set.call('close');
    const [guess] = ((await send({ closed: true })).result as { conversations: object[] }).conversations;
    expect(guess).toMatchObject({ threadId: two.thread.thread, guessed: true });
    expect(two.context).toEqual({ n: 'two', first: true, closed: true });
    await set.call('show_thread_list');
    await set.call('open');
    await set.chat.getByRole('button', { name: /closed/ }).click();
    await set.chat.getByText('This conversation was closed.').waitFor();
    expect((await send({ n: 'closed' })).result).toEqual(held);
    await set.call('open_new_thread');
    expect((await send({ n: 'new' })).result).toEqual(held);
    expect([one.context, closed.context]).toEqual([{}, {}]);
    await set.say('a new one');
    const all = { n: 'new', first: true, closed: true };
    await expect.poll(() => beckon.conversations[3]?.context).toEqual(all);
  });

  it('of more calls than the server takes at once is folded, nothing lost, and each call has its answer', async () => {
    const { beckon } = set;
    const one = beckon.begin('OPEN', ['one']);
    await set.return();
    await set.visit();
    await set.call('open');
    await set.field.waitFor();
    let refusals = 1;
    beckon.intercept = ({ type }) =>
      type === 'context' && refusals-- > 0
        ? { type: 'rejected', code: 'rate_limited', message: 'Too fast', retry: 'later', after_ms: 300 }
        : undefined;
    const calls = Array.from({ length: 12 }, (_, n) => send({ n, [`only${n}`]: true, gone: n < 11 ? n : null }));
    const answers = await Promise.all(calls);
    const all = Object.fromEntries(calls.map((_, n) => [`only${n}`, true]));
    expect(one.context).toEqual({ n: 11, ...all });
    expect(answers.map(({ error, result }) => [error, (result as typeof held).pending])).toEqual(
      calls.map(() => [undefined, false]),
    );
    // The refused one, the same again, and what had not joined it as one.
    expect(beckon.frames.filter(({ type }) => type === 'context').length).toBeLessThanOrEqual(3);
  });

  it('is copied to an existing thread that is opened, and stays held for a new one', async () => {
    const { beckon } = set;
    const old = beckon.begin('SOLVED', ['last week']);
    await set.return();
    await set.visit();
    expect((await send({ car: 'Holme', gone: null })).result).toEqual(held);
    await set.call('open');
    await expect.poll(() => old.context).toEqual({ car: 'Holme' });
    await set.call('open_new_thread');
    await set.say('about the Holme');
    await expect.poll(() => beckon.conversations[1]?.context).toEqual({ car: 'Holme' });
    expect(old.version).toBe(1);
  });

  it('is copied to a conversation that others begin, and stays held', async () => {
    const { beckon } = set;
    await set.visit();
    await send({ car: 'Skerry' });
    await set.call('open');
    await set.field.waitFor();
    await expect.poll(() => beckon.frames.some(({ type }) => type === 'hello')).toBe(true);
    const begun = beckon.begin('OPEN', [], { type: 'agent', id: 'agent-1', name: 'Maja Horvat' });
    await expect.poll(() => begun.context).toEqual({ car: 'Skerry' });
    await set.call('open_new_thread');
    await set.say('mine');
    await expect.poll(() => beckon.conversations[1]?.context).toEqual({ car: 'Skerry' });
    expect(begun.version).toBe(1);
  });

  it('keeps its order through a lost connection: held, sent and written', async () => {
    const { beckon } = set;
    await set.visit();
    await set.call('open');
    await set.field.waitFor();
    await expect.poll(() => beckon.frames.some(({ type }) => type === 'hello')).toBe(true);
    beckon.down = true;
    beckon.cut();
    await set.chat.getByText('Reconnecting').waitFor();
    await set.page.evaluate(`
      liveChat('send_contextual_data', { metadata: { a: 1, b: 1, c: 1 }, multiThreadStrategy: 'ALL' });
      liveChat('send_contextual_data', { metadata: { b: 2, c: 2 }, multiThreadStrategy: 'ACTIVE' });
      liveChat('send_contextual_data', { metadata: { c: 3 }, multiThreadStrategy: 'ALL_PLUS_NEW' });`);
    await set.say('written without a connection');
    await set.chat.getByText('Waiting for a connection').waitFor();
    beckon.down = false;
    await expect.poll(() => beckon.conversations[0]?.context, { timeout: 20_000 }).toEqual({ a: 1, b: 2, c: 3 });
    expect(beckon.conversations[0]?.events).toHaveLength(1);
  });

  it('folds calls that have to wait and answers each', async () => {
    const { beckon } = set;
    const thread = beckon.begin('OPEN', ['hello']);
    await set.return();
    await set.visit();
    await set.call('open');
    await set.field.waitFor();
    const answers = await set.page.evaluate(`new Promise((resolve) => {
      const answers = [];
      for (let step = 1; step <= 40; step++) {
        liveChat('send_contextual_data', { metadata: { step, ['key' + step % 3]: step } }, (error, result) => {
          answers.push(error ? error.code : result.conversations.length);
          if (answers.length === 40) resolve(answers);
        });
      }
    })`);
    expect(answers).toEqual(Array(40).fill(1));
    expect(thread.context).toEqual({ step: 40, key0: 39, key1: 40, key2: 38 });
    // How many are folded into one depends on how fast each is answered.
    expect(beckon.frames.filter(({ type }) => type === 'context').length).toBeLessThan(40);
  });

  it('is held for the new conversation that was on screen before the page changed', async () => {
    const { beckon } = set;
    await set.return();
    const old = beckon.begin('OPEN', ['old']);
    await set.visit();
    await set.call('open');
    await set.field.waitFor();
    await set.call('open_new_thread');
    await set.chat.getByText('Hello. What can we do for you?').waitFor();
    await set.visit();
    await set.call('open');
    expect((await send({ car: 'Strand' })).result).toEqual(held);
    await set.say('the new one');
    await expect.poll(() => beckon.conversations[1]?.context).toEqual({ car: 'Strand' });
    expect(old.context).toEqual({});
  });

  it('is answered as pending when there is no connection for 30 seconds, and goes out all the same', async () => {
    const { beckon, page } = set;
    await page.clock.install();
    await set.return();
    const thread = beckon.begin('OPEN', ['hello']);
    await set.visit();
    await set.call('open');
    await set.field.waitFor();
    beckon.intercept = ({ type }) => (type === 'context' ? null : undefined);
    const answer = send({ late: true });
    await expect.poll(() => beckon.frames.filter(({ type }) => type === 'context').length).toBe(1);
    await page.clock.fastForward(31_000);
    expect((await answer).result).toEqual(held);
    beckon.intercept = () => undefined;
    await page.clock.fastForward(60_000);
    await expect.poll(() => thread.context).toEqual({ late: true });
  });

  it('gets an error when nobody calls init for 30 seconds', async () => {
    const { beckon, page } = set;
    await page.clock.install();
    const body = `${beckon.snippet(
      "liveChat('send_contextual_data', { metadata: {} }, function (e) { window.waited = e; }); liveChat('show');",
    )}`;
    const warnings: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'warning') warnings.push(message.text());
    });
    await page.goto(beckon.page('/site', body));
    await expect.poll(() => page.evaluate('!!liveChat.beckon')).toBe(true);
    await page.clock.fastForward(29_000);
    expect(await page.evaluate('window.waited')).toBeUndefined();
    await page.clock.fastForward(2_000);
    await expect.poll(() => page.evaluate('window.waited')).toMatchObject({ code: 1012 });
    await expect.poll(() => warnings).toEqual([expect.stringContaining('1012')]);
  });

  it('is not applied twice when the page changes before the answer', async () => {
    const { beckon } = set;
    const thread = beckon.begin('OPEN', ['hello']);
    await set.return();
    await set.visit();
    await set.call('open');
    await set.field.waitFor();
    beckon.intercept = ({ type }) => (type === 'context' ? null : undefined);
    await set.page.evaluate("liveChat('send_contextual_data', { metadata: { from: 'the first page' } })");
    await expect.poll(() => beckon.frames.filter(({ type }) => type === 'context').length).toBe(1);
    beckon.intercept = () => undefined;
    await set.visit();
    await expect.poll(() => thread.context).toEqual({ from: 'the first page' });
    const ids = beckon.frames.filter(({ type }) => type === 'context').map(({ client_id }) => client_id);
    expect(new Set(ids).size).toBe(1);
    expect(thread.version).toBe(1);
  });

  it('waits in a single-thread widget until it is known whether a conversation is open', async () => {
    const { beckon } = set;
    beckon.config.multiThread = false;
    await set.visit();
    await set.call('open');
    await set.say('first');
    await set.chat.getByText('Sent. You can close this').waitFor();
    await set.visit(
      `liveChat('send_contextual_data', { metadata: { early: true }, multiThreadStrategy: 'ALL_PLUS_NEW' });`,
    );
    await expect.poll(() => beckon.conversations[0]?.context).toEqual({ early: true });
    beckon.setStatus(beckon.conversations[0] as (typeof beckon.conversations)[number], 'CLOSED');
    await set.call('open');
    await set.chat.getByText('closed this conversation').waitFor();
    expect((await send({ next: true })).result).toEqual(held);
    await set.chat.getByRole('button', { name: 'New conversation' }).click();
    await set.say('second');
    // With what this page view has sent.
    await expect.poll(() => beckon.conversations[1]?.context).toEqual({ early: true, next: true });
  });
});
