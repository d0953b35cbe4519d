import type { Locator, Page } from 'playwright-core';
import { expect, pageWithWidget, send, startThread, test } from '../src/harness';

function row(agent: Page, path: string): Locator {
  return agent.locator(`[data-context-card] [data-row][data-path="${path}"]`).first();
}
function cell(agent: Page, path: string): Locator {
  return agent.locator(`[data-context-card] td[data-path="${path}"]`);
}
function listed(agent: Page, preview: string): Locator {
  return agent.getByRole('region', { name: 'Conversations' }).getByRole('link').filter({ hasText: preview });
}

test('an amount reads the same in card, cart, thread, list and quick reply, and a rate is none', async ({
  beckon,
  site,
  newVisitor,
  newAgent,
}) => {
  const agent = await newAgent();
  const visitor = await newVisitor();
  await visitor.goto(site.put('/sums.html', pageWithWidget(beckon.origin, await beckon.widgetId('multi'))));
  await send(visitor, {
    total: 7 * 13.37,
    currency: 'EUR',
    tax_rate: 0.2,
    total_items: 7,
    cost_center: 4711,
    amount_cents: 9359,
    order: {
      lines: [
        { name: 'Chair', quantity: 1, price: 219 },
        { name: 'Table', quantity: 2, price: 389.9 },
      ],
    },
  });
  await startThread(visitor, beckon, 'what does it cost');
  await listed(agent, 'what does it cost').getByText('Total: €93.59').waitFor();
  await listed(agent, 'what does it cost').click();
  for (const [path, shown] of [
    ['total', '€93.59'],
    ['tax_rate', '0.2'],
    ['total_items', '7'],
    ['cost_center', '4,711'],
    ['amount_cents', '9,359'],
  ] as const) {
    await row(agent, path).getByText(shown, { exact: true }).waitFor();
  }
  // A cart one level down is open, and its amounts stand below one another.
  await cell(agent, 'order.lines[0].price').getByText('€219.00', { exact: true }).waitFor();
  await cell(agent, 'order.lines[1].price').getByText('€389.90', { exact: true }).waitFor();

  // A write that does not name the currency: the thread knows it all the same.
  await send(visitor, { total: 0.1 + 0.2 });
  await agent.locator('[data-context-row]').getByText('Total €93.59 → €0.30').waitFor();
  await row(agent, 'total').getByText('€0.30', { exact: true }).waitFor();
  expect(await agent.locator('body').innerText()).not.toMatch(/\d\.\d{7,}/);

  // The digits themselves are in the details and over the API.
  await row(agent, 'total').getByRole('button', { name: 'Total', exact: true }).click();
  await row(agent, 'total').getByText('0.30000000000000004', { exact: true }).waitFor();
});

test('a picture of a CDN is a link until its host is on the widget’s list', async ({
  beckon,
  site,
  newVisitor,
  newAgent,
  watch,
}) => {
  watch.expect(/Content.Security.Policy/);
  const agent = await newAgent();
  const visitor = await newVisitor();
  const widget = await beckon.widgetId('multi');
  const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="80" height="40"><path d="M4 30h72"/></svg>';
  const picture = site.put('/cdn/car.svg', svg, { 'content-type': 'image/svg+xml' });
  const { host, origin } = new URL(picture);
  await visitor.goto(site.put('/picture.html', pageWithWidget(beckon.origin, widget)));
  await send(visitor, { picture });
  await startThread(visitor, beckon, 'is it this one');
  await listed(agent, 'is it this one').click();
  await row(agent, 'picture')
    .getByRole('link', { name: `Image · ${host}` })
    .waitFor();
  const conversation = agent.url();

  await agent.evaluate((id) => {
    location.hash = `#/settings/widgets/${id}`;
  }, widget);
  await agent.locator('[name=image_hosts]').fill(`${origin}/cdn`);
  await agent.keyboard.press('Enter');
  await agent.getByText(origin, { exact: true }).waitFor();
  await agent.goto(conversation);
  await agent.reload();
  const image = row(agent, 'picture').locator('img');
  await image.waitFor();
  await expect.poll(() => image.evaluate((shown: HTMLImageElement) => shown.naturalWidth)).toBeGreaterThan(0);
});
