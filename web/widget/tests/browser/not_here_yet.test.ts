// @vitest-environment node
import type { Route } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { axe, stage } from './stage';

const set = stage();

const FAILED = "We can't load this right now";

/** What the frame asks for and does not get, until the returned function is called. */
async function withhold(pattern: string, answer: (route: Route) => Promise<void>): Promise<() => Promise<void>> {
  const within = (route: Route) => (route.request().frame().parentFrame() ? answer(route) : route.continue());
  await set.context.route(pattern, within);
  return () => set.context.unroute(pattern);
}

const KINDS: [what: string, pattern: string, answer: (route: Route) => Promise<void>][] = [
  ['its settings are answered by a proxy', '**/config', (route) => route.fulfill({ status: 502 })],
  ['its settings are not answered', '**/config', (route) => route.abort()],
  ['its settings are no JSON', '**/config', (route) => route.fulfill({ body: '<h1>Sign in to this network</h1>' })],
  ['its words do not come', '**/assets/en-*.js', (route) => route.abort()],
  ['its window does not come', '**/assets/chat_window-*.js', (route) => route.abort()],
];

describe.each(KINDS)('a frame of which %s', (_, pattern, answer) => {
  it('says so, goes on by itself, and is a chat as soon as it can', async () => {
    const give = await withhold(pattern, answer);
    await set.visit(`liveChat('open');`);
    await set.chat.getByText(FAILED).waitFor();
    await set.chat.getByRole('button', { name: 'Try again' }).waitFor();
    expect(await axe(set.page)).toEqual([]);
    await give();
    await set.say('hello after all');
    await set.chat.getByText('Sent. You can close this').waitFor();
    set.complaints.length = 0;
  });

  it('does not wait when somebody presses Try again, by the keyboard as well', async () => {
    const give = await withhold(pattern, answer);
    await set.visit();
    // No wait of the frame ends by itself.
    await set.context.addInitScript(() => {
      if (window.parent === window) return;
      const wait = window.setTimeout;
      const never = (run: () => void, after = 0) => (after > 0 ? 0 : wait(run, after));
      Object.assign(window, { setTimeout: never });
    });
    await set.page.evaluate("liveChat('open')");
    const button = set.chat.getByRole('button', { name: 'Try again' });
    await button.waitFor();
    await give();
    await button.focus();
    await button.press('Enter');
    await set.field.waitFor();
    set.complaints.length = 0;
  });
});

it('a frame whose own script does not come says so, and offers to load it again', async () => {
  const give = await withhold('**/assets/index-*.js', (route) => route.abort());
  await set.visit(`liveChat('open');`);
  const again = set.chat.getByRole('link', { name: 'Try again' });
  // Before its styles are there it is visible, and then it is not for five seconds.
  await expect.poll(() => set.chat.locator('main').evaluate((main) => getComputedStyle(main).display)).toBe('grid');
  await again.waitFor();
  expect(await axe(set.page)).toEqual([]);
  await give();
  await again.press('Enter');
  await set.say('hello after all');
  await set.chat.getByText('Sent. You can close this').waitFor();
  set.complaints.length = 0;
});

it('a title and an address of any length and form do not keep a message from being sent', async () => {
  const { beckon, page } = set;
  await set.visit();
  await page.evaluate(() => {
    document.title = `${'t'.repeat(299)}\u{1f600} and more \ud83d`;
    history.replaceState({}, '', `#${'a'.repeat(300_000)}`);
  });
  await page.evaluate("liveChat('open')");
  await set.say('from an odd page');
  await set.chat.getByText('Sent. You can close this').waitFor();
  const sent = beckon.frames.find(({ type }) => type === 'send')?.page as { url: string; title: string };
  expect(sent.title).toBe(`${'t'.repeat(299)}\ufffd`);
  expect(sent.url).toHaveLength(2048);
});
