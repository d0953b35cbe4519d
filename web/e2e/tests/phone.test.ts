import { chat, expect, liveChat, page, pageWithWidget, startThread, test } from '../src/harness';

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

test('on a phone the chat fills the screen and the page behind does not scroll', async ({
  beckon,
  site,
  newVisitor,
}) => {
  const visitor = await newVisitor(PHONE);
  const long = `<h1>Shop</h1>${'<p>One line of a long page.</p>'.repeat(200)}`;
  await visitor.goto(site.put('/phone.html', pageWithWidget(beckon.origin, await beckon.widgetId('multi'), '', long)));
  const scrolled = () => visitor.evaluate(() => window.scrollY);
  await visitor.locator('#ib-button-messaging').waitFor();
  await visitor.evaluate(() => window.scrollTo(0, 300));
  const before = await scrolled();
  expect(before).toBeGreaterThan(0);

  await startThread(visitor, beckon, 'from my phone');
  const frame = visitor.locator('#ib-iframe-messaging');
  await expect.poll(() => frame.boundingBox()).toEqual({ x: 0, y: 0, width: 390, height: 844 });
  await visitor.mouse.move(195, 300);
  await visitor.mouse.wheel(0, 600);
  // A wheel that does nothing leaves no trace to wait for, so the browser is asked whether it would scroll.
  expect(await visitor.locator('html').evaluate((root) => getComputedStyle(root).overflowY)).toBe('hidden');
  expect(await scrolled()).toBe(before);
  // Text is large enough that the phone does not zoom in.
  const size = await chat(visitor)
    .locator('.ib-widget-message-input')
    .evaluate((input) => Number.parseFloat(getComputedStyle(input).fontSize));
  expect(size).toBeGreaterThanOrEqual(16);
  expect(
    await chat(visitor)
      .locator('body')
      .evaluate((body) => body.scrollWidth),
  ).toBeLessThanOrEqual(390);

  await visitor.locator('.ib-close-mobile-button').tap();
  await frame.waitFor({ state: 'hidden' });
  expect(await scrolled()).toBe(before);
  // Turned until the browser knows that the chat no longer lies over the page.
  await expect.poll(() => visitor.mouse.wheel(0, 300).then(scrolled)).toBeGreaterThan(before);
});

test('on a phone the back gesture closes the chat, and the site stays where it is', async ({
  beckon,
  site,
  newVisitor,
}) => {
  const visitor = await newVisitor(PHONE);
  await visitor.goto(site.put('/first.html', page('')));
  await visitor.goto(site.put('/back.html', pageWithWidget(beckon.origin, await beckon.widgetId('multi'))));
  const frame = visitor.locator('#ib-iframe-messaging');
  const open = async () => {
    await visitor.locator('#ib-button-messaging').tap();
    await chat(visitor).locator('.ib-widget-message-input').waitFor();
    await expect.poll(() => visitor.evaluate('history.state')).toEqual({ beckonChat: true });
  };
  await open();
  await visitor.goBack();
  await frame.waitFor({ state: 'hidden' });
  expect(visitor.url()).toContain('/back.html');
  // Closed by its cross it leaves nothing behind: the next gesture leaves the page, as it would without a chat.
  await open();
  await visitor.locator('.ib-close-mobile-button').tap();
  await frame.waitFor({ state: 'hidden' });
  await expect.poll(() => visitor.evaluate('history.state')).toBeNull();
  await visitor.goBack();
  expect(visitor.url()).toContain('/first.html');
});

test('on a phone the chat ends where the keyboard begins', async ({ beckon, site, newVisitor }) => {
  const visitor = await newVisitor(PHONE);
  await visitor.goto(site.put('/keyboard.html', pageWithWidget(beckon.origin, await beckon.widgetId('multi'))));
  await liveChat(visitor, 'open');
  const input = chat(visitor).locator('.ib-widget-message-input');
  await input.waitFor();
  await expect.poll(() => visitor.evaluate('history.state')).toEqual({ beckonChat: true });
  // A headless browser has no keyboard; this is what one does to the visible part of the page.
  await visitor.evaluate(() => {
    const viewport = window.visualViewport as VisualViewport;
    Object.defineProperty(viewport, 'height', { value: 500, configurable: true });
    Object.defineProperty(viewport, 'offsetTop', { value: 40, configurable: true });
    viewport.dispatchEvent(new Event('resize'));
  });
  const frame = visitor.locator('#ib-iframe-messaging');
  await expect.poll(() => frame.boundingBox()).toEqual({ x: 0, y: 40, width: 390, height: 500 });
  await expect
    .poll(async () => {
      const box = await input.boundingBox();
      return box && box.y + box.height;
    })
    .toBeLessThanOrEqual(540);
});

test('on a phone the console shows one pane at a time', async ({ beckon, site, newVisitor, newAgent }) => {
  const visitor = await newVisitor();
  await visitor.goto(site.put('/small.html', pageWithWidget(beckon.origin, await beckon.widgetId('multi'))));
  await liveChat(visitor, 'send_contextual_data', { metadata: { plan: 'Premium' } });
  await startThread(visitor, beckon, 'to a small desk');
  const agent = await newAgent(PHONE);
  await agent.getByRole('link').filter({ hasText: 'to a small desk' }).tap();
  await agent.getByRole('log').getByText('to a small desk').waitFor();
  await agent.getByRole('region', { name: 'Conversations' }).waitFor({ state: 'detached' });
  await agent.getByRole('button', { name: /^Context(?! then)/ }).tap();
  await agent.locator('[data-context-card] [data-path="plan"]').getByText('Premium').waitFor();
  expect(await agent.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
});
