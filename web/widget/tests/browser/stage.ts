import AxeBuilderSource from 'axe-core';
import type { Browser, BrowserContext, FrameLocator, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { launch } from './browser';
import { FakeBeckon } from './fake_beckon';

/** What a callback was given: an error's code, or the result. */
export type Called = [name: string, error: number | null, result?: unknown];

/** The browser's words for a connection that ended without an answer. */
const DROPPED = ['Connection closed before receiving a handshake response', 'net::ERR_EMPTY_RESPONSE'];

function isDropped(complaint: string): boolean {
  return DROPPED.some((words) => complaint.endsWith(words));
}

/** One site, one Beckon, one visitor, fresh for each test. */
export interface Stage {
  beckon: FakeBeckon;
  context: BrowserContext;
  page: Page;
  /**
   * Errors of pages and frames; a test that expects some empties it. What the browser says of connections that Beckon dropped while it was down is
   * left out: the widget tries again by itself, so the last of them comes whenever it likes, even after the test.
   */
  complaints: string[];
  /** Opens a page of the site with the widget on it, and `script` run after `init` was called. */
  visit(script?: string, head?: string): Promise<void>;
  /** Calls and waits for the callback. */
  call(command: string, argument?: unknown): Promise<{ error?: { code: number; message: string }; result?: unknown }>;
  /** Makes the visitor one who was here before. Their conversations are those that Beckon has. */
  return(): Promise<void>;
  chat: FrameLocator;
  field: Locator;
  say(text: string): Promise<void>;
  /** Goes to the list, which a closed window does not show: what the chat told the page before is there when this resolves. */
  settle(): Promise<void>;
  /** The next turn of the page has come and what belongs to it is on screen: nothing that was put off is still to be done. */
  turned(): Promise<void>;
  /** Scrolls the messages of the open thread; the chat knows of it when this resolves. */
  scroll(top: number): Promise<void>;
}

/** Sets the stage before each test of a file and clears it afterwards. */
export function stage(): Stage {
  let browser: Browser;
  const set = {} as Stage;
  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser.close());
  beforeEach(async () => {
    set.beckon = await FakeBeckon.start();
    set.context = await browser.newContext();
    set.complaints = [];
    set.context.setDefaultTimeout(10_000);
    set.page = await set.context.newPage();
    set.page.on('console', (message) => {
      if (message.type() === 'error' && !(set.beckon.dropped > 0 && isDropped(message.text())))
        set.complaints.push(message.text());
    });
    set.page.on('pageerror', (error) => set.complaints.push(String(error)));
    set.chat = set.page.frameLocator('#ib-iframe-messaging');
    set.field = set.chat.locator('.ib-widget-message-input');
  });
  afterEach(async () => {
    await set.context.close();
    await set.beckon.stop();
    expect(set.complaints).toEqual([]);
  });
  set.visit = async (script = '', head = '') => {
    const { beckon, page } = set;
    const body = beckon.snippet(`liveChat('init', '${beckon.config.id}');${script}`);
    await page.goto(beckon.page('/site', body, head));
    await page.locator('#ib-button-messaging').waitFor({ state: 'attached' });
  };
  set.return = async () => {
    const session = JSON.stringify({
      token: 'token',
      visitor: 'visitor-1',
      expires_at: '2099-01-01T00:00:00.000+00:00',
    });
    await set.context.addInitScript(
      ([origin, name, value]) => {
        if (location.origin === origin) localStorage.setItem(name, value);
      },
      [set.beckon.origin, `beckon:${set.beckon.config.id}`, session] as const,
    );
  };
  set.call = (command, argument) =>
    set.page.evaluate<Awaited<ReturnType<Stage['call']>>, readonly [string, unknown]>(
      ([name, value]) =>
        new Promise((resolve) => {
          const { liveChat } = window as unknown as { liveChat: (...parts: unknown[]) => void };
          liveChat(name, value, (error: { code: number; message: string } | undefined, result: unknown) =>
            resolve({ ...(error ? { error } : {}), result }),
          );
        }),
      [command, argument] as const,
    );
  set.say = async (text) => {
    await set.field.fill(text);
    await set.field.press('Enter');
  };
  set.settle = async () => {
    expect((await set.call('show_thread_list')).error).toBeUndefined();
    await set.turned();
  };
  set.turned = async () => {
    // The chat first, which tells the page. A closed chat is drawn by nobody: only the page's frames come in any case.
    for (const frame of set.page.frames().reverse()) {
      await frame.evaluate(() => new Promise<void>((done) => setTimeout(() => setTimeout(done))));
    }
    await set.page.evaluate(
      () => new Promise<void>((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done)))),
    );
  };
  set.scroll = (top) =>
    set.chat.getByRole('log').evaluate(
      (box, to) =>
        new Promise<void>((resolve) => {
          box.addEventListener('scroll', () => resolve(), { once: true });
          box.scrollTo({ top: to });
        }),
      top,
    );
  return set;
}

/** What axe finds in the chat, in words. */
export async function axe(page: Page): Promise<string[]> {
  for (;;) {
    const frame = page.frames().find((candidate) => candidate.url().includes('/widget/'));
    if (!frame) throw new Error('the chat has not loaded');
    try {
      // By the debugger and not by a script element: the chat's policy allows none of ours.
      await frame.evaluate(AxeBuilderSource.source);
      return await frame.evaluate(async () => {
        const { axe: engine } = window as unknown as { axe: typeof AxeBuilderSource };
        const { violations } = await engine.run(document, { resultTypes: ['violations'] });
        return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
      });
    } catch (error) {
      // A chat without its files loads its page again, also while it is looked at.
      if (!String(error).includes('Execution context was destroyed')) throw error;
    }
  }
}
