import { chat, expect, liveChat, pageWithWidget, startThread, test } from '../src/harness';

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
  expect(await frame.boundingBox()).toEqual({ x: 0, y: 0, width: 390, height: 844 });
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
  await visitor.mouse.wheel(0, 300);
  await expect.poll(scrolled).toBeGreaterThan(before);
});

test('on a phone the console shows one pane at a time', async ({ beckon, site, newVisitor, newAgent }) => {
  const visitor = await newVisitor();
  await visitor.goto(site.put('/small.html', pageWithWidget(beckon.origin, await beckon.widgetId('multi'))));
  await liveChat(visitor, 'send_contextual_data', { metadata: { plan: 'Premium' } });
  await startThread(visitor, beckon, 'to a small desk');
  const agent = await newAgent(PHONE);
  await agent.getByRole('link').filter({ hasText: 'to a small desk' }).tap();
  await agent.getByRole('log').getByText('to a small desk').waitFor();
  expect(await agent.getByRole('region', { name: 'Conversations' }).count()).toBe(0);
  await agent.getByRole('button', { name: /^Context/ }).tap();
  await agent.locator('[data-context-card] [data-path="plan"]').getByText('Premium').waitFor();
  expect(await agent.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
});
