import { chatFrame, expect, liveChat, Tour, test } from '../src/harness';

const tour = new Tour('site');
const DESKTOP = { width: 1440, height: 900 };

test('every state of the demo shop is clean to axe, light and dark', async ({ beckon, newVisitor, watch }) => {
  watch.expect(/1202|metadata/);
  const shop = await newVisitor({ viewport: DESKTOP });
  await shop.goto(`${beckon.demoOrigin}/demo/`);
  await shop.getByRole('group', { name: 'Delivery' }).waitFor();
  await shop.locator('#ib-button-messaging').waitFor();
  await tour.look(shop, 'shop');

  for (const [group, choice] of [
    ['Model', 'Holme'],
    ['Colour', 'Madder red'],
    ['Wheels', 'Tind'],
    ['Extras', 'Glass roof'],
    ['Delivery', 'Bring it to my door'],
  ] as const) {
    await shop.getByRole('group', { name: group }).locator('label').filter({ hasText: choice }).click();
  }
  await shop.getByRole('button', { name: 'Show the code' }).click();
  const drawer = shop.getByRole('complementary', { name: 'What this page tells Beckon' });
  await drawer
    .getByText(/held until/)
    .first()
    .waitFor();
  await drawer.getByRole('button', { name: "metadata: 'red'" }).click();
  await drawer.getByText('1202').waitFor();
  await tour.look(shop, 'car finished, drawer of calls');
  await shop.getByRole('button', { name: 'Contact us about this car' }).click();
  await shop.locator('#ib-iframe-messaging').waitFor();
  await tour.look(shop, 'chat open over the shop', { frame: await chatFrame(shop) });
  await liveChat(shop, 'close');

  await shop.goto(`${beckon.demoOrigin}/demo/compare.html`);
  await drawer.waitFor();
  await shop.locator('#holme-choose').waitFor();
  await tour.look(shop, 'compare models, drawer of calls');
  await drawer.getByRole('button', { name: 'Close', exact: true }).click();
  await tour.look(shop, 'compare models');
});

test('every state of the reference page is clean to axe, light and dark', async ({ beckon, newVisitor, watch }) => {
  watch.expect(/status of 500/);
  const page = await newVisitor({ viewport: DESKTOP });
  await page.route('**/openapi.json', (route) => route.fulfill({ status: 500 }));
  await page.goto(`${beckon.origin}/docs`);
  await page.getByRole('button', { name: 'Try again' }).waitFor();
  await tour.look(page, 'docs, not loaded');
  await page.unroute('**/openapi.json');
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.getByRole('heading', { name: 'Read the context of a conversation' }).waitFor();
  const search = page.getByRole('searchbox');
  await search.fill('xylophone');
  await page.getByText('Nothing found').waitFor();
  await tour.look(page, 'docs, nothing found');
  await search.fill('metadata patch');
  await page.getByRole('status').filter({ hasText: 'metadata patch' }).waitFor();
  await tour.look(page, 'docs search');
  await page.locator('summary').filter({ hasText: '200' }).first().click();
  await tour.look(page, 'docs operation unfolded');
  await page.setViewportSize({ width: 390, height: 844 });
  await page.locator('summary', { hasText: 'Contents' }).click();
  await tour.look(page, 'docs contents on a phone', { widths: [390] });
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
});
