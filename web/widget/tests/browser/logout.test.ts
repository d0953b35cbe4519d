// @vitest-environment node
import type { Page } from 'playwright-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { stage } from './stage';

const set = stage();

/** In a tab of its own: what other tabs say, and that the shared storage has changed, is heard only when `hear` runs. */
function late(): void {
  const box = window as unknown as { held: (() => void)[]; hear(): void };
  box.held = [];
  box.hear = () => {
    for (const run of box.held.splice(0)) run();
  };
  addEventListener('storage', (event) => event.stopImmediatePropagation(), true);
  const { set: listen } = Object.getOwnPropertyDescriptor(BroadcastChannel.prototype, 'onmessage') ?? {};
  Object.defineProperty(BroadcastChannel.prototype, 'onmessage', {
    set(this: BroadcastChannel, heard: (event: MessageEvent) => void) {
      listen?.call(
        this,
        this.name.endsWith(':left') ? (event: MessageEvent) => box.held.push(() => heard(event)) : heard,
      );
    },
  });
}

interface Tab {
  page: Page;
  visit(): Promise<void>;
  call(command: string, argument?: unknown): Promise<{ error?: { code: number }; result?: unknown }>;
  say(text: string): Promise<void>;
  text(): Promise<string>;
  /** Waits until the window is open, or closed. */
  shown(open?: boolean): Promise<void>;
  frame<Result>(script: string): Promise<Result>;
}

/** Another tab of the site; a page of it has the widget, its window closed. */
async function tab(page?: Page): Promise<Tab> {
  const { beckon } = set;
  const opened = page ?? (await set.context.newPage());
  const chat = opened.frameLocator('#ib-iframe-messaging');
  const field = chat.locator('.ib-widget-message-input');
  return {
    page: opened,
    async visit() {
      await opened.goto(beckon.page('/tab', beckon.snippet(`liveChat('init', '${beckon.config.id}');`)));
      await opened.locator('#ib-button-messaging').waitFor({ state: 'attached' });
    },
    call: (command, argument) =>
      opened.evaluate(
        ([name, value]) =>
          new Promise((resolve) => {
            const { liveChat } = window as unknown as { liveChat: (...parts: unknown[]) => void };
            liveChat(name, value, (error: { code: number } | undefined, result: unknown) =>
              resolve({ ...(error ? { error } : {}), result }),
            );
          }),
        [command, argument] as const,
      ),
    async say(text) {
      await field.fill(text);
      await field.press('Enter');
      await chat.getByRole('log').getByText(text).waitFor();
    },
    text: () => chat.locator('main').innerText(),
    shown: (open = true) => opened.locator('#ib-iframe-messaging').waitFor({ state: open ? 'visible' : 'hidden' }),
    frame<Result>(script: string) {
      const frame = opened.frames().find((candidate) => candidate.url().includes('/widget/'));
      if (!frame) throw new Error('the chat is not loaded');
      return frame.evaluate<Result>(script);
    },
  };
}

const storedToken = (of: Tab) =>
  of.frame<string | undefined>(`JSON.parse(localStorage.getItem('beckon:${set.beckon.config.id}') ?? '{}').token`);
const siteKeeps = (of: Tab) =>
  of.page.evaluate((id) => JSON.parse(localStorage.getItem(`beckon:${id}`) ?? '{}'), set.beckon.config.id);
/** Of the conversations that the newest session began. */
function contexts(): object[] {
  const owners = set.beckon.conversations.map(({ owner }) => owner);
  return set.beckon.conversations.flatMap(({ owner, context }) => (owner === owners.at(-1) ? [context] : []));
}
const newest = () => set.beckon.conversations.at(-1)?.events.length;

let first: Tab;
let second: Tab;

beforeEach(async () => {
  first = await tab(set.page);
  second = await tab();
});

describe('logout', () => {
  it('leaves nothing in a tab whose chat is not loaded: neither context, nor draft', async () => {
    await second.visit();
    await second.call('send_contextual_data', { metadata: { held: 'of the first' } });
    await second.call('send_contextual_data', {
      metadata: { standing: 'of the first' },
      multiThreadStrategy: 'ALL_PLUS_NEW',
    });
    await second.call('open');
    await second.page
      .frameLocator('#ib-iframe-messaging')
      .locator('.ib-widget-message-input')
      .fill('draft of the first');
    await second.call('close');
    await expect.poll(async () => (await siteKeeps(second)).open).not.toBe(true);
    await second.visit();
    expect(second.page.frames().some((frame) => frame.url().includes('/widget/'))).toBe(false);
    await first.visit();
    expect(await first.call('logout')).toEqual({ result: {} });

    await second.call('open');
    const field = second.page.frameLocator('#ib-iframe-messaging').locator('.ib-widget-message-input');
    expect(await field.inputValue()).toBe('');
    await second.say('by the next one');
    await expect.poll(contexts).toEqual([{}]);
  });

  it('leaves no window open: not where it was called, nor on the next page of any tab', async () => {
    for (const each of [first, second]) {
      await each.visit();
      await each.call('open');
      await each.shown();
    }
    await first.call('logout');
    await first.shown(false);
    for (const each of [first, second]) {
      await each.visit();
      await each.shown(false);
    }
  });

  it('leaves no call that an earlier page of another tab kept', async () => {
    const { beckon } = set;
    // Its chat never comes, so that the page keeps the call.
    await second.page.route(`**/widget/${beckon.config.id}/**`, () => undefined);
    await second.visit();
    await second.page.evaluate(`liveChat('send_contextual_data', { metadata: { kept: 'of the first' } })`);
    await second.page.goto(beckon.page('/elsewhere', ''));
    await second.page.unroute(`**/widget/${beckon.config.id}/**`);
    await first.visit();
    await first.call('logout');
    await second.visit();
    await second.call('open');
    await second.say('by the next one');
    await expect.poll(contexts).toEqual([{}]);
  });

  it('does not end the next session when a tab hears of it late', async () => {
    const { beckon } = set;
    beckon.tellsEnd = false;
    await second.page.addInitScript(late);
    await first.visit();
    await first.call('open');
    await first.say('by the first');
    await second.visit();
    await second.call('send_contextual_data', { metadata: { held: 'of the first' } });
    await second.call('open');
    await expect.poll(() => second.text()).toContain('by the first');
    const token = await storedToken(first);
    await first.call('logout');
    await first.call('open');
    await first.say('by the next one');
    await expect.poll(() => beckon.ended).toEqual([token]);
    const next = await storedToken(first);
    expect(next).not.toBe(token);

    await second.frame('hear()');
    beckon.revoke(token as string);
    await expect.poll(() => second.text()).toContain('by the next one');
    expect(await second.text()).not.toContain('by the first');
    // Of the next session nothing was ended, forgotten or changed.
    await first.say('again by the next one');
    await expect.poll(newest).toBe(2);
    expect(await storedToken(second)).toBe(next);
    expect(beckon.ended).toEqual([token]);
    expect(contexts()).toEqual([{}]);
  });

  it('gives nothing to the next person in a tab that has heard nothing at all', async () => {
    const { beckon } = set;
    beckon.tellsEnd = false;
    await second.page.addInitScript(late);
    await second.visit();
    await second.call('send_contextual_data', { metadata: { held: 'of the first' } });
    await second.call('open');
    await first.visit();
    await first.call('logout');
    await second.call('send_contextual_data', { metadata: { held2: 'of the next' } });
    await second.say('by the next one');
    await expect.poll(contexts).toEqual([{ held2: 'of the next' }]);
    await second.frame('hear()');
    await second.say('and more');
    await expect.poll(newest).toBe(2);
  });

  it('ends a session that a tab of another kind ended, in all tabs', async () => {
    const { beckon } = set;
    await first.visit();
    await first.call('open');
    await first.say('by the first');
    await second.visit();
    await second.call('open');
    await expect.poll(() => second.text()).toContain('by the first');
    const token = (await storedToken(first)) as string;
    beckon.conversations.length = 0;
    beckon.revoke(token);
    for (const each of [first, second]) await expect.poll(() => each.text()).not.toContain('by the first');
    expect(await storedToken(first)).toBeUndefined();
    await first.say('by the next one');
    expect(await storedToken(first)).not.toBe(token);
  });

  it('works without a connection, and the next person as well', async () => {
    const { beckon } = set;
    await first.visit();
    await first.call('open');
    await first.say('by the first');
    const token = await storedToken(first);
    beckon.down = true;
    beckon.cut();
    await first.page.evaluate(`
      liveChat('send_contextual_data', { metadata: { late: 1 }, multiThreadStrategy: 'ALL_PLUS_NEW' }, function (e) {
        window.refused = e && e.code;
      });`);
    expect(await first.call('logout')).toEqual({ result: {} });
    // The words of an error are a file of their own, which cannot come now.
    await expect.poll(() => first.page.evaluate('window.refused')).toBe(1205);
    await first.call('send_contextual_data', { metadata: { own: 'of the next' } });
    await first.call('open');
    await first.say('by the next one');
    beckon.down = false;
    await expect.poll(() => beckon.ended, { timeout: 40_000 }).toEqual([token]);
    await expect.poll(contexts, { timeout: 40_000 }).toEqual([{ own: 'of the next' }]);
    expect(newest()).toBe(1);
  });

  it('ends each session once when it is called twice, and the third person is a new visitor', async () => {
    const { beckon } = set;
    await first.visit();
    await first.call('open');
    const tokens: (string | undefined)[] = [];
    for (const person of ['first', 'second']) {
      await first.call('send_contextual_data', { metadata: { [person]: 1 } });
      await first.say(`by the ${person}`);
      await expect.poll(contexts).toEqual([{ [person]: 1 }]);
      tokens.push(await storedToken(first));
      await first.call('logout');
      await expect.poll(() => beckon.ended).toEqual(tokens);
      await first.call('open');
    }
    await first.say('by the third');
    await expect.poll(contexts).toEqual([{}]);
    expect((await siteKeeps(first)).leave).toBeUndefined();
    await first.visit();
    await first.call('open');
    await expect.poll(() => first.text()).toContain('by the third');
    expect(beckon.ended).toEqual(tokens);
  });

  it('is one logout, whichever tab hears of it last', async () => {
    const { beckon } = set;
    let release = () => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    await first.page.route(`**/widget/${beckon.config.id}/**`, async (route) => {
      await released;
      await route.continue();
    });
    await first.visit();
    await first.page.evaluate(`liveChat('logout')`);
    // The page of another tab passes it on, and the next person begins there.
    await second.visit();
    await expect.poll(async () => (await siteKeeps(second)).leave).toBeUndefined();
    await second.call('open');
    await second.say('by the next one');
    const token = await storedToken(second);
    release();
    await first.call('open');
    await expect.poll(() => first.text()).toContain('by the next one');
    expect(await storedToken(first)).toBe(token);
    expect(beckon.ended).toEqual([]);
  });
});
