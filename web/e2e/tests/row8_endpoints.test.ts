import type { Page } from 'playwright-core';
import {
  type Beckon,
  chat,
  conversationWith,
  expect,
  liveChat,
  pageWithWidget,
  type SocketAgent,
  say,
  startThread,
  test,
} from '../src/harness';

const STATES = ['hidden', 'shown', 'opened', 'message waiting'] as const;
const ENDPOINTS = ['open', 'close', 'show', 'hide', 'set_theme'] as const;
type State = (typeof STATES)[number];
type Endpoint = (typeof ENDPOINTS)[number];

/** What stands on screen. */
interface Screen {
  launcher: boolean;
  window: boolean;
}

/** What must be on screen after an endpoint was called in a state. */
function expected(state: State, endpoint: Endpoint): Screen {
  const before = { launcher: state !== 'hidden', window: state === 'opened' };
  switch (endpoint) {
    case 'open':
      return { launcher: true, window: true };
    case 'close':
      return { ...before, window: false };
    case 'show':
      return { ...before, launcher: true };
    case 'hide':
      return { launcher: false, window: false };
    case 'set_theme':
      return before;
  }
}

async function screen(page: Page): Promise<Screen> {
  return {
    launcher: await page.locator('#ib-button-messaging').isVisible(),
    window: await page.locator('#ib-iframe-messaging').isVisible(),
  };
}

/** A visitor with a conversation, the window closed. */
async function visitorWithThread(page: Page, beckon: Beckon, text: string): Promise<string> {
  const id = await startThread(page, beckon, text);
  await liveChat(page, 'close');
  await expect.poll(() => screen(page)).toEqual({ launcher: true, window: false });
  return id;
}

async function waiting(page: Page, colleague: SocketAgent, conversation: string, text: string): Promise<void> {
  await colleague.say(conversation, text);
  await expect.poll(() => page.locator('#ib-button-messaging').getAttribute('aria-label')).toMatch(/unread/);
}

const colourOf = (page: Page) =>
  page.locator('#ib-button-messaging').evaluate((launcher) => getComputedStyle(launcher).backgroundColor);

/** The accent inside the window, as the browser computes it. */
const accentInside = (page: Page) =>
  chat(page)
    .locator('body')
    .evaluate((body) => {
      const probe = body.ownerDocument.createElement('i');
      probe.style.color = 'var(--bk-accent)';
      body.append(probe);
      const { color } = getComputedStyle(probe);
      probe.remove();
      return color;
    });

const groundInside = (page: Page) =>
  chat(page)
    .locator('body')
    .evaluate((body) => {
      const probe = body.ownerDocument.createElement('i');
      probe.style.color = 'var(--bk-surface)';
      body.append(probe);
      const { color } = getComputedStyle(probe);
      probe.remove();
      return color;
    });

const OCEAN = 'rgb(29, 91, 134)';
const OCEAN_DARK = 'rgb(134, 194, 236)';
const GREEN = 'rgb(28, 95, 78)';
const GREEN_DARK = 'rgb(124, 203, 176)';

for (const state of STATES) {
  test(`Row 8: each public endpoint does its work when the widget is ${state}, and once more does no harm`, async ({
    beckon,
    site,
    newVisitor,
    colleague,
  }) => {
    const visitor = await newVisitor();
    await visitor.goto(site.put('/endpoints.html', pageWithWidget(beckon.origin, await beckon.widgetId('multi'))));
    const id = await visitorWithThread(visitor, beckon, `endpoints, ${state}`);
    for (const endpoint of ENDPOINTS) {
      // Into the state, from wherever the last endpoint led.
      if (state === 'hidden') await liveChat(visitor, 'hide');
      else await liveChat(visitor, 'show');
      await liveChat(visitor, state === 'opened' ? 'open' : 'close');
      if (state === 'message waiting') await waiting(visitor, colleague, id, `before ${endpoint}`);
      await expect.poll(() => screen(visitor)).toEqual({ launcher: state !== 'hidden', window: state === 'opened' });

      for (const time of ['once', 'twice']) {
        const { error } = await liveChat(visitor, endpoint, endpoint === 'set_theme' ? 'ocean' : undefined);
        expect([endpoint, time, error]).toEqual([endpoint, time, undefined]);
        await expect.poll(() => screen(visitor), { message: `${endpoint} ${time}` }).toEqual(expected(state, endpoint));
      }
      // A message that waits is shown beside the launcher only until the site wants quiet.
      if (endpoint === 'close' || endpoint === 'hide') {
        expect(await visitor.getByText(`before ${endpoint}`).filter({ visible: true }).count(), endpoint).toBe(0);
      }
      // No message text is on screen unless the window is.
      const bubble = chat(visitor).getByText(`endpoints, ${state}`).first();
      if (!expected(state, endpoint).window)
        expect(await visitor.locator('#ib-iframe-messaging').isVisible()).toBe(false);
      else await bubble.waitFor();
    }
  });
}

test('Row 8: open shows the text of an unread message without another click', async ({
  beckon,
  site,
  newVisitor,
  colleague,
}) => {
  for (const kind of ['multi', 'single'] as const) {
    const visitor = await newVisitor();
    await visitor.goto(site.put(`/unread-${kind}.html`, pageWithWidget(beckon.origin, await beckon.widgetId(kind))));
    await liveChat(visitor, 'open');
    await say(visitor, `${kind}, please answer`);
    const id = await conversationWith(beckon, `${kind}, please answer`);
    await liveChat(visitor, 'close');
    await waiting(visitor, colleague, id, `here is your answer, ${kind}`);
    expect((await liveChat(visitor, 'open')).error).toBeUndefined();
    await chat(visitor).getByText(`here is your answer, ${kind}`).waitFor();
    expect(await visitor.locator('#ib-iframe-messaging').isVisible()).toBe(true);
    // It has been read: the launcher says so.
    await liveChat(visitor, 'close');
    await expect.poll(() => visitor.locator('#ib-button-messaging').getAttribute('aria-label')).not.toMatch(/unread/);
  }
});

test('Row 8: open shows the thread that this tab showed last, whatever is unread in another', async ({
  beckon,
  site,
  newVisitor,
  colleague,
}) => {
  const visitor = await newVisitor();
  await visitor.goto(site.put('/other-thread.html', pageWithWidget(beckon.origin, await beckon.widgetId('multi'))));
  const first = await startThread(visitor, beckon, 'the first of two');
  await visitorWithThread(visitor, beckon, 'the second of two');
  await waiting(visitor, colleague, first, 'news in the first');
  await liveChat(visitor, 'open');
  await chat(visitor).getByRole('log').getByText('the second of two').waitFor();
});

test('Row 8: hide counts on in silence, and show brings the launcher back with the number', async ({
  beckon,
  site,
  newVisitor,
  colleague,
}) => {
  const visitor = await newVisitor();
  await visitor.goto(site.put('/counting.html', pageWithWidget(beckon.origin, await beckon.widgetId('multi'))));
  const id = await visitorWithThread(visitor, beckon, 'count with me');
  await liveChat(visitor, 'hide');
  await colleague.say(id, 'one');
  await colleague.say(id, 'two');
  const launcher = visitor.locator('#ib-button-messaging');
  await expect.poll(() => launcher.getAttribute('aria-label')).toContain('2 unread');
  // Not one element of the widget takes up room on the page.
  const drawn = () =>
    visitor
      .locator('.ib-widget-wrapper')
      .evaluate(
        (wrapper) =>
          [wrapper, ...wrapper.querySelectorAll('*')].filter((element) => element.getClientRects().length > 0).length,
      );
  expect(await drawn()).toBe(0);
  await liveChat(visitor, 'show');
  expect(await drawn()).toBeGreaterThan(0);
  await launcher.getByText('2', { exact: true }).waitFor();
  // Hiding lasts until the page is loaded again.
  await liveChat(visitor, 'hide');
  await visitor.reload();
  await launcher.waitFor({ state: 'visible' });
});

test('Row 8: set_theme colours launcher and window, by day and by night', async ({ beckon, site, newVisitor }) => {
  const address = site.put('/themes.html', pageWithWidget(beckon.origin, await beckon.widgetId('multi')));
  for (const [colorScheme, themes] of [
    ['light', { ocean: OCEAN, dark: GREEN_DARK, light: GREEN, default: GREEN }],
    ['dark', { ocean: OCEAN_DARK, light: GREEN, dark: GREEN_DARK, default: GREEN_DARK }],
  ] as const) {
    const visitor = await newVisitor({ colorScheme });
    await visitor.goto(address);
    await liveChat(visitor, 'open');
    await chat(visitor).locator('.ib-widget-message-input').waitFor();
    for (const [theme, colour] of Object.entries(themes)) {
      expect((await liveChat(visitor, 'set_theme', theme)).error).toBeUndefined();
      await expect.poll(() => colourOf(visitor), { message: `${theme} on ${colorScheme}` }).toBe(colour);
      await expect.poll(() => accentInside(visitor), { message: `${theme} on ${colorScheme}` }).toBe(colour);
    }
    await liveChat(visitor, 'set_theme', 'dark');
    await expect.poll(() => groundInside(visitor)).toBe('rgb(25, 29, 26)');
    await liveChat(visitor, 'set_theme', 'light');
    await expect.poll(() => groundInside(visitor)).toBe('rgb(255, 255, 255)');
  }
});

test('Row 8: set_theme works before init, an unknown theme changes nothing, and none is remembered', async ({
  beckon,
  site,
  newVisitor,
}) => {
  const visitor = await newVisitor({ colorScheme: 'light' });
  const id = await beckon.widgetId('multi');
  const early = pageWithWidget(beckon.origin, id).replace(
    `<script>liveChat('init'`,
    `<script>liveChat('set_theme', 'ocean');</script>\n<script>liveChat('init'`,
  );
  await visitor.goto(site.put('/early-theme.html', early));
  await expect.poll(() => colourOf(visitor)).toBe(OCEAN);

  const { error } = await liveChat(visitor, 'set_theme', 'ocaen');
  expect(error?.code).toBe(1208);
  for (const name of ['ocean', 'default', 'light', 'dark']) expect(error?.message).toContain(name);
  for (const wrong of [undefined, null, 42, '', 'constructor', '__proto__', 'toString']) {
    expect((await liveChat(visitor, 'set_theme', wrong)).error?.code).toBe(1208);
  }
  expect(await colourOf(visitor)).toBe(OCEAN);

  // Set while the window is closed, it holds once the window opens.
  await liveChat(visitor, 'open');
  await expect.poll(() => accentInside(visitor)).toBe(OCEAN);
  await visitor.goto(site.put('/no-theme.html', pageWithWidget(beckon.origin, id)));
  await visitor.locator('#ib-button-messaging').waitFor();
  await expect.poll(() => colourOf(visitor)).toBe(GREEN);
});
