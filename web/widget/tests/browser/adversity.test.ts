// @vitest-environment node
import { describe, expect, it } from 'vitest';
import { stage } from './stage';

const set = stage();

describe('in adversity', () => {
  it('works on a page with the strictest policy, without a word about it', async () => {
    const { beckon, page } = set;
    const policy = `default-src 'none'; script-src 'nonce-x' ${beckon.origin}; connect-src ${beckon.origin}; frame-src ${beckon.origin}; img-src data:; require-trusted-types-for 'script'; trusted-types 'none'`;
    const head = `<meta http-equiv="Content-Security-Policy" content="${policy}">`;
    const body = `<script nonce="x" async src="${beckon.origin}/widget.js"></script>
      <script nonce="x">window.liveChat = window.liveChat || function () { (liveChat.q = liveChat.q || []).push(arguments) };
      liveChat('init', '${beckon.config.id}'); liveChat('open');</script>`;
    await page.goto(beckon.page('/strict', body, head));
    await set.say('through the strictest policy');
    await set.chat.getByText('Sent. You can close this').waitFor();
    const launcher = page.locator('#ib-button-messaging');
    expect(await launcher.evaluate((element) => getComputedStyle(element).position)).toBe('fixed');
  });

  it('takes what is written while nothing answers, and sends it later with its context', {
    timeout: 120_000,
  }, async () => {
    const { beckon } = set;
    await set.visit();
    await set.call('send_contextual_data', { metadata: { car: 'Strand' } });
    // So that the views are here: a window that was never open needs the server once.
    await set.call('open');
    await set.call('close');
    beckon.down = true;
    beckon.cut();
    await set.call('open');
    await set.chat.getByText('Reconnecting').waitFor();
    await set.say('is anybody there');
    await set.chat.getByText('Waiting for a connection').waitFor();
    beckon.down = false;
    // It may have tried in vain more than once by then, so that the next try is some way off.
    await set.chat.getByText('Sent. You can close this').waitFor({ timeout: 45_000 });
    expect(beckon.conversations.map(({ context }) => context)).toEqual([{ car: 'Strand' }]);
  });

  it('keeps an unsent message over a page change', async () => {
    const { beckon } = set;
    await set.visit();
    await set.call('open');
    beckon.intercept = ({ type }) => (type === 'send' ? null : undefined);
    await set.say('on its way');
    await expect.poll(() => beckon.frames.some(({ type }) => type === 'send')).toBe(true);
    beckon.intercept = () => undefined;
    await set.visit();
    await set.call('open');
    await expect.poll(() => beckon.conversations.map(({ events }) => events.length)).toEqual([1]);
  });

  it('sends what an earlier page left before what is written now, however late it is found', async () => {
    const { beckon, context } = set;
    await set.return();
    beckon.config.multiThread = false;
    const conversation = beckon.begin('OPEN', ['hello']);
    await set.visit();
    await set.call('open');
    beckon.intercept = ({ type }) => (type === 'send' ? null : undefined);
    await set.say('older');
    await expect.poll(() => beckon.frames.some(({ type }) => type === 'send')).toBe(true);
    beckon.intercept = () => undefined;
    // What the earlier page left is found when the newer has been written.
    let found = () => {};
    const written = new Promise<void>((resolve) => {
      found = resolve;
    });
    await context.exposeFunction('afterNewer', () => written);
    await context.addInitScript(() => {
      const request = LockManager.prototype.request as (...given: unknown[]) => Promise<unknown>;
      LockManager.prototype.request = async function (this: LockManager, ...given: unknown[]) {
        if (String(given[0]).endsWith(':queue'))
          await (window as unknown as { afterNewer(): Promise<void> }).afterNewer();
        return request.apply(this, given);
      } as typeof LockManager.prototype.request;
    });
    await set.visit();
    await set.call('open');
    await set.say('newer');
    await set.chat.getByRole('log').getByText('newer').waitFor();
    found();
    const texts = () =>
      conversation.events.map(({ event }) => (event.kind === 'message' ? event.message.text : event.kind));
    await expect.poll(texts).toEqual(['hello', 'older', 'newer']);
  });

  it('comes by itself on the next page while any tab has something to send, and not for what failed', async () => {
    const { beckon, context, page } = set;
    const marked = () =>
      page.evaluate((name) => JSON.parse(localStorage.getItem(name) ?? '{}').open, `beckon:${beckon.config.id}`);
    await set.visit();
    await set.call('open');
    beckon.intercept = ({ type, request }) =>
      type === 'send' ? { type: 'rejected', request, code: 'forbidden', message: 'No', retry: 'never' } : undefined;
    await set.say('will not be taken');
    await set.chat.getByText('Try again').waitFor();
    await set.call('close');
    await expect.poll(marked).toBe(false);
    await set.call('open');
    await set.chat.getByText('Delete').click();

    const other = await context.newPage();
    await other.goto(
      beckon.page('/other', beckon.snippet(`liveChat('init', '${beckon.config.id}'); liveChat('open');`)),
    );
    const chat = other.frameLocator('#ib-iframe-messaging');
    await chat.locator('.ib-widget-message-input').waitFor();
    // The list comes in a file of its own, which can be had only now.
    await set.call('show_thread_list');
    await set.chat.getByRole('button', { name: 'New conversation' }).waitFor();
    beckon.down = true;
    beckon.cut();
    await chat.locator('.ib-widget-message-input').fill('from the other tab');
    await chat.locator('.ib-widget-message-input').press('Enter');
    await chat.getByText('Waiting for a connection').waitFor();
    await set.call('close');
    await set.settle();
    expect(await marked()).toBe(true);
  });

  it('sends what a closed tab left behind', async () => {
    const { beckon, context } = set;
    await set.visit();
    await set.call('open');
    beckon.intercept = ({ type }) => (type === 'send' ? null : undefined);
    await set.say('left behind');
    await expect.poll(() => beckon.frames.some(({ type }) => type === 'send')).toBe(true);
    await set.page.close();
    beckon.intercept = () => undefined;
    const other = await context.newPage();
    await other.goto(
      beckon.page('/site', beckon.snippet(`liveChat('init', '${beckon.config.id}'); liveChat('open');`)),
    );
    await expect.poll(() => beckon.conversations.map(({ events }) => events.length)).toEqual([1]);
  });

  it('loses and doubles nothing while the line is cut again and again', async () => {
    const { beckon } = set;
    await set.visit();
    await set.call('open');
    await set.say('message 0');
    await set.chat.getByText('Sent. You can close this').waitFor();
    const thread = beckon.conversations[0];
    if (!thread) throw new Error('no conversation');
    for (let step = 1; step <= 10; step++) {
      await set.say(`message ${step}`);
      if (step % 2) beckon.cut();
      beckon.say(thread, `answer ${step}`);
    }
    await expect.poll(() => thread.events.length, { timeout: 40_000 }).toBe(21);
    await set.chat.getByText('message 10', { exact: true }).waitFor();
    const texts = () => set.chat.locator('.ib-widget-message-text').allTextContents();
    const stored = () => thread.events.map(({ event }) => (event.kind === 'message' ? event.message.text : ''));
    await expect.poll(texts, { timeout: 40_000 }).toEqual(stored());
    const mine = stored().filter((text) => text.startsWith('message'));
    expect(mine).toEqual(Array.from({ length: 11 }, (_, index) => `message ${index}`));
  });

  it('talks with a visitor whose browser blocks storage', async () => {
    const { beckon } = set;
    // What a frame finds in a browser that allows other sites no storage: each way to it says no.
    await set.context.addInitScript(() => {
      const denied = () => new DOMException('The request was denied.', 'SecurityError');
      const refuse = () => {
        throw denied();
      };
      for (const name of ['localStorage', 'sessionStorage', 'indexedDB'])
        Object.defineProperty(window, name, { get: refuse });
      LockManager.prototype.request = () => Promise.reject(denied());
      LockManager.prototype.query = () => Promise.reject(denied());
    });
    await set.visit();
    expect((await set.call('open')).error).toBeUndefined();
    await set.say('nothing is kept');
    await set.chat.getByText('Sent. You can close this').waitFor();
    expect(beckon.conversations.map(({ events }) => events.length)).toEqual([1]);
  });

  it('talks with a visitor whose browser denies locks that it would have allowed', async () => {
    const { beckon } = set;
    await set.context.addInitScript(() => {
      LockManager.prototype.request = () => Promise.reject(new DOMException('denied', 'SecurityError'));
    });
    await set.visit();
    expect((await set.call('open')).error).toBeUndefined();
    await set.call('send_contextual_data', { metadata: { car: 'Strand' } });
    await set.say('without locks');
    await set.chat.getByText('Sent. You can close this').waitFor();
    expect(beckon.conversations.map(({ context }) => context)).toEqual([{ car: 'Strand' }]);
    // The next page finds what this one left, and a second tab is there as well.
    await set.visit();
    await set.call('open');
    await set.chat.getByRole('log').getByText('without locks').waitFor();
  });

  it('gets a substitute with the first message when the server does not know the session, and keeps that', async () => {
    const { beckon } = set;
    await set.return();
    let refusals = 0;
    beckon.intercept = ({ type, token }) => {
      if (type !== 'hello' || token !== 'token') return undefined;
      refusals++;
      beckon.closeNext(4500);
      return null;
    };
    await set.visit();
    await set.call('open');
    await expect.poll(() => refusals).toBeGreaterThan(1);
    const made = () => beckon.requests.filter((request) => request.endsWith('/sessions'));
    expect(made()).toEqual([]);
    await set.say('who am I');
    await set.chat.getByText('Sent. You can close this').waitFor();
    expect(made()).toHaveLength(1);
    // The right database is back.
    beckon.intercept = () => undefined;
    beckon.cut();
    await expect.poll(() => beckon.frames.findLast(({ type }) => type === 'hello')?.token).toBe('token');
  });

  it('tells the page which command allows its origin', async () => {
    const { beckon } = set;
    beckon.refusal = { status: 403, text: 'Origin http://127.0.0.1 is not allowed. Allow it: beckon admin …' };
    const written: string[] = [];
    set.page.on('console', (message) => written.push(`${message.type()}: ${message.text()}`));
    const body = beckon.snippet(
      `liveChat('close'); liveChat('init', '${beckon.config.id}'); liveChat('open', null, function (e) { window.waited = e; });`,
    );
    await set.page.goto(beckon.page('/site', body));
    await expect
      .poll(() => set.page.evaluate('window.waited'))
      .toMatchObject({ code: 1031, name: 'Widget visibility error' });
    // Once for `init` and the calls that waited for it, whether they have a callback or not.
    expect(written.filter((line) => line.includes('Allow it'))).toEqual([`error: liveChat: ${beckon.refusal.text}`]);
    expect((await set.call('init', beckon.config.id)).error).toMatchObject({
      code: 1031,
      message: beckon.refusal.text,
    });
    set.complaints.length = 0;
  });

  it('takes no port from a parent that the server does not allow', async () => {
    const { beckon } = set;
    beckon.config.allowedOrigins = ['https://elsewhere.example'];
    await set.visit();
    await set.page.evaluate("liveChat('open')");
    await set.page.frameLocator('#ib-iframe-messaging').locator('main').waitFor();
    // A page that may, and that comes later, is through: the first would be, too.
    beckon.config.allowedOrigins = [];
    const other = await set.context.newPage();
    const script = `liveChat('init', '${beckon.config.id}'); liveChat('open');`;
    await other.goto(beckon.page('/allowed', beckon.snippet(script)));
    await other.frameLocator('#ib-iframe-messaging').locator('.ib-widget-message-input').fill('hello');
    await other.frameLocator('#ib-iframe-messaging').locator('.ib-widget-message-input').press('Enter');
    await other.frameLocator('#ib-iframe-messaging').getByText('Sent. You can close this').waitFor();
    expect(beckon.frames.filter(({ type }) => type === 'hello')).toHaveLength(1);
    expect(await set.field.count()).toBe(0);
  });
});
