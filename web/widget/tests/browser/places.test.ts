// @vitest-environment node
import { describe, expect, it } from 'vitest';
import type { FakeBeckon } from './fake_beckon';
import { stage } from './stage';

const set = stage();

/** The first tries are lost; whoever wants to write is shown an empty conversation meanwhile. */
async function openUnreachable(beckon: FakeBeckon): Promise<void> {
  beckon.intercept = ({ type }) => {
    if (type === 'hello') beckon.closeNext(1011);
    return undefined;
  };
  await set.call('open');
  await set.field.waitFor();
}

const list = () => set.chat.getByRole('heading', { name: 'Your conversations' });

describe('an empty conversation that nobody asked for', () => {
  it('gives way to the conversation there is at the first welcome, also on a later page', async () => {
    const { beckon } = set;
    await set.return();
    const thread = beckon.begin('OPEN', ['We have it in stock']);
    await set.visit();
    await openUnreachable(beckon);
    beckon.intercept = () => undefined;
    await set.chat.getByText('We have it in stock').waitFor();
    beckon.read(thread);
    await set.visit();
    await set.call('open');
    await set.chat.getByText('We have it in stock').waitFor();
    set.complaints.length = 0;
  });

  it('stays when the visitor has begun to write in it', async () => {
    const { beckon } = set;
    await set.return();
    beckon.begin('OPEN', ['We have it in stock']);
    await set.visit();
    await openUnreachable(beckon);
    await set.field.fill('half a sentence');
    beckon.intercept = () => undefined;
    await expect.poll(() => set.chat.getByText('We cannot be reached').count(), { timeout: 40_000 }).toBe(0);
    await beckon.listened();
    await expect.poll(() => set.field.inputValue()).toBe('half a sentence');
    expect(await list().count()).toBe(0);
    set.complaints.length = 0;
  });

  it('gives way to a conversation that the team has started since', async () => {
    const { beckon, page } = set;
    await set.visit();
    const launcher = page.locator('#ib-button-messaging');
    await launcher.click();
    await set.field.waitFor();
    await beckon.listened();
    await set.call('close');
    const author = { type: 'agent', id: 'agent-1', name: 'Maja Horvat' } as const;
    beckon.say(beckon.begin('OPEN', [], author), 'A word about your order');
    await page.getByRole('button', { name: 'Open chat, 1 unread' }).waitFor();
    await launcher.click();
    await set.chat.getByText('A word about your order').waitFor();
  });

  it('gives way in a single-thread widget to the conversation that was closed', async () => {
    const { beckon } = set;
    beckon.config.multiThread = false;
    await set.return();
    beckon.begin('CLOSED', ['That was all']);
    await set.visit();
    await openUnreachable(beckon);
    beckon.intercept = () => undefined;
    await set.chat.getByText('That was all').waitFor();
    set.complaints.length = 0;
  });

  it('hands what was begun in it to the conversation that is open', async () => {
    const { beckon } = set;
    beckon.config.multiThread = false;
    await set.return();
    beckon.begin('OPEN', ['We have it in stock']);
    await set.visit();
    await openUnreachable(beckon);
    await set.field.fill('half a sentence');
    beckon.intercept = () => undefined;
    await set.chat.getByText('We have it in stock').waitFor();
    expect(await set.field.inputValue()).toBe('half a sentence');
    set.complaints.length = 0;
  });
});

describe('a visitor', () => {
  it('is known by the session in the database when local storage has lost it', async () => {
    const { beckon } = set;
    await set.visit();
    await set.call('open');
    await set.say('hello');
    await set.chat.getByText('Sent. You can close this').waitFor();
    const app = set.page.frames().find((frame) => frame.url().includes('/widget/'));
    await app?.evaluate(() => {
      localStorage.clear();
      sessionStorage.clear();
    });
    // Nobody is answered until it is known what the window shows without an answer.
    let greeted = 0;
    beckon.intercept = ({ type }) => {
      if (type === 'hello') greeted++;
      return type === 'hello' ? null : undefined;
    };
    await set.visit();
    await set.page.evaluate("liveChat('open')");
    await expect.poll(() => greeted).toBeGreaterThan(0);
    expect(await set.field.count()).toBe(0);
    // The one without an answer is given up after ten seconds.
    beckon.intercept = () => undefined;
    await set.chat.getByText('hello', { exact: true }).waitFor({ timeout: 40_000 });
    expect(beckon.requests.filter((request) => request.endsWith('/sessions'))).toHaveLength(1);
  });

  it('with too many tabs is told so, can write, and is let in when another tab is closed', async () => {
    const { beckon, chat } = set;
    let full = true;
    beckon.intercept = ({ type }) => {
      if (type === 'hello' && full) beckon.closeNext(4504);
      return undefined;
    };
    await set.visit();
    await set.page.evaluate("liveChat('open')");
    await chat.getByText('open in too many tabs').waitFor();
    await set.say('from the sixth tab');
    await chat.getByText('open in too many tabs').waitFor();
    full = false;
    const app = set.page.frames().find((frame) => frame.url().includes('/widget/'));
    await app?.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
    await chat.getByText('Sent. You can close this').waitFor();
    expect(beckon.conversations.map(({ events }) => events.length)).toEqual([1]);
  });

  it('in a tab that nobody looks at is let in by and by', async () => {
    const { beckon, chat } = set;
    await set.page.clock.install();
    let full = true;
    beckon.intercept = ({ type }) => {
      if (type === 'hello' && full) beckon.closeNext(4504);
      return undefined;
    };
    await set.visit();
    await set.page.evaluate("liveChat('open')");
    await chat.getByText('open in too many tabs').waitFor();
    full = false;
    await set.page.clock.runFor(31_000);
    await expect.poll(() => chat.getByText('open in too many tabs').count()).toBe(0);
    await beckon.listened();
  });
});

describe('open', () => {
  it('shows the thread last shown in this tab, whatever else there is', async () => {
    const { beckon } = set;
    beckon.begin('OPEN', ['one']);
    beckon.begin('SOLVED', ['two']);
    await set.return();
    await set.visit();
    await set.call('show_thread_list');
    await set.call('open');
    await set.chat.getByRole('button', { name: /two/ }).click();
    await set.field.waitFor();
    await set.chat.getByRole('button', { name: 'All conversations' }).click();
    await list().waitFor();
    await set.call('close');
    await set.call('open');
    await set.chat.getByText('two').waitFor();
    await set.visit();
    await set.call('open');
    await set.chat.getByText('two').waitFor();
    expect(await list().count()).toBe(0);
  });

  it('shows the only conversation that is open, before one with unread messages', async () => {
    const { beckon } = set;
    beckon.read(beckon.begin('WAITING', ['waiting for you']));
    beckon.begin('SOLVED', ['solved, and unread']);
    await set.return();
    await set.visit();
    await set.call('open');
    await set.chat.getByText('waiting for you').waitFor();
  });

  it('shows one with unread messages where several are open, else the list with a new conversation first', async () => {
    const { beckon } = set;
    const one = beckon.begin('OPEN', ['one']);
    beckon.read(beckon.begin('OPEN', ['two']));
    await set.return();
    await set.visit();
    await set.call('open');
    await set.chat.getByText('one').waitFor();
    beckon.read(one);
    // Another tab: nothing was shown in it.
    const other = await set.context.newPage();
    await other.goto(set.page.url());
    await other.evaluate("liveChat('open')");
    const chat = other.frameLocator('#ib-iframe-messaging');
    await chat.getByRole('button', { name: /two/ }).waitFor();
    const names = await chat.locator('section button').evaluateAll((all) => all.map((each) => each.textContent));
    expect(names).toHaveLength(3);
    expect(names[0]).toBe('New conversation');
    await chat.getByRole('button', { name: 'New conversation' }).click();
    await expect
      .poll(() => chat.locator('.ib-widget-message-input').evaluate((field) => field === document.activeElement))
      .toBe(true);
  });
});
