import type { Page } from 'playwright-core';
import { expect, pageWithWidget, send, startThread, Tour, test } from '../src/harness';

// Below 1024 pixels the card is another one, in a drawer.
const tour = new Tour('card', { part: { include: ['[data-context-card]', 'dialog[open]'] }, widths: [1440, 1024] });

const PICTURE =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 80 40"><path fill="#a3392b" d="M4 30h72l-8-14H48l-8-8H24l-8 8H6z"/></svg>';
const LONG =
  'Came back twice this week to compare the Strand with the Holme, asked about the boot with the seats folded, and wants to know whether the tow bar can be fitted after delivery without losing the warranty.';

/** Every kind of value the card knows, in the order a site might send it. */
function everyType(picture: string): Record<string, unknown> {
  return {
    model: 'Strand',
    colour: { name: 'Madder red', hex: '#A3392B' },
    paint: '#A3392B',
    price: { amount: 48350, currency: 'EUR' },
    mileage: 12450,
    orderId: 4711000815,
    discountPercent: 12.5,
    deliveryDate: '2027-01-04',
    signedUp: '2026-11-20T09:12:45.090Z',
    testDrive: true,
    newsletter: false,
    comment: '',
    accessories: [],
    country: 'HR',
    language: 'pt-BR',
    configurationUrl: 'https://norrvik.example/build/strand?colour=madder-red&wheels=19&ref=8f3a',
    email: 'ana.kovacevic@example.com',
    phone: '+385 1 234 5678',
    picture,
    tracker: 'https://cdn.example.com/pixel.gif',
    request: LONG,
    letter: `${LONG}\n\n`.repeat(14),
    arabic: 'مرحبا، أريد سيارة حمراء',
    averyveryveryveryveryverylongkeywithoutanyspaces: 'x'.repeat(90),
    tags: ['returning', 'newsletter', 'tow bar', 'zagreb', 'weekend', 'trade-in', 'finance', 'warranty', 'estate'],
    visited: ['https://norrvik.example/models/strand', 'https://norrvik.example/finance/with/a/long/path?and=query'],
    cart: Array.from({ length: 9 }, (_, index) => ({
      sku: `NV-${1000 + index}`,
      title: ['Rubber mats, front and rear', 'Roof rack', 'Child seat with a name that goes on for long'][index % 3],
      quantity: index + 1,
      price: 19.5 * (index + 1),
      currency: 'EUR',
    })),
    dealer: { name: 'Fjord & Sons', address: { city: 'Split', zip: '21000' } },
    vehicle: { engine: { power: { torque: { nm: 250, at: { rpm: 1750, load: 'full' } } } }, vin: 'WVWZZZ1JZ3W386752' },
    password: 'hunter2',
  };
}

function card(agent: Page) {
  return agent.locator('[data-context-card]');
}
function row(agent: Page, path: string) {
  return card(agent).locator(`[data-row][data-path="${path}"]`).first();
}

test('every state of the context card is clean to axe, light and dark', async ({
  cabledBeckon,
  site,
  newVisitor,
  newAgent,
  watch,
}) => {
  watch.expect(/net::ERR_|WebSocket connection|status of 500/);
  const { beckon, cable } = await cabledBeckon();
  const widget = await beckon.widgetId('multi');
  await beckon.admin(['widget', 'allow-origin', widget, site.origin]);
  const picture = site.put('/car.svg', PICTURE, { 'content-type': 'image/svg+xml' });
  const visitor = await newVisitor();
  await visitor.goto(site.put('/card.html', pageWithWidget(cable.origin, widget)));
  await startThread(visitor, beckon, 'never looked at');
  const id = await startThread(visitor, beckon, 'everything');
  const agent = await newAgent({ beckon, name: 'Maja Horvat' });
  await agent.goto(`${cable.origin}/console/`);
  const button = (name: string | RegExp) => card(agent).getByRole('button', { name, exact: true });
  const openConversation = (text: string) => agent.locator('a[data-conversation]').filter({ hasText: text }).click();
  const fromMenu = async (entry: string) => {
    await button('More').click();
    await card(agent).getByRole('menuitem', { name: entry }).click();
  };
  await openConversation('everything');
  await card(agent).getByText('No context yet.').waitFor();
  await tour.look(agent, 'empty');

  const sent = everyType(picture);
  await send(visitor, sent);
  await row(agent, 'model').getByText('Strand').waitFor();
  await button(/^Show \d+ more$/).click();
  // What came while the agent looked is marked; the first state shows values alone.
  await button('Seen').click();
  await card(agent).getByRole('table').first().waitFor();
  await tour.look(agent, 'every type');
  await agent.route('**/metadata/history?*', (route) => route.fulfill({ status: 500 }));
  await button('History').click();
  await card(agent).getByText('The history could not be loaded.').waitFor();
  await tour.look(agent, 'history failed');
  await agent.unroute('**/metadata/history?*');
  await card(agent).getByRole('button', { name: 'Try again' }).click();
  await card(agent).locator('[data-version]').first().waitFor();
  await button('History').click();
  await row(agent, 'price').locator('[data-stop]').click();
  await card(agent).locator('[data-details="price"]').getByText('The visitor’s page').waitFor();
  await tour.look(agent, 'details');
  await row(agent, 'price').locator('[data-stop]').click();
  await button('More').click();
  await card(agent).getByRole('menuitem', { name: 'Raw JSON' }).waitFor();
  await tour.look(agent, 'menu');
  await card(agent).getByRole('menuitem', { name: 'Raw JSON' }).click();
  await card(agent).locator('pre').waitFor();
  await tour.look(agent, 'raw JSON');
  await fromMenu('Show as card');
  await fromMenu('Expand all');
  await row(agent, 'dealer.address.city').getByText('Split').waitFor();
  await row(agent, 'cart').scrollIntoViewIfNeeded();
  await tour.look(agent, 'everything expanded');
  await row(agent, 'vehicle.engine.power.torque').locator('[data-fold]').click();
  await card(agent).getByRole('navigation', { name: 'Way back' }).waitFor();
  await tour.look(agent, 'deep part in place of the card');
  await card(agent).getByRole('navigation', { name: 'Way back' }).getByRole('button', { name: 'Context' }).click();

  await button('Search').click();
  const search = card(agent).getByRole('searchbox');
  await search.fill('split');
  await row(agent, 'dealer.address.city').getByText('Split').waitFor();
  await tour.look(agent, 'search');
  await search.fill('nothing has this');
  await card(agent).getByText('Nothing here matches').waitFor();
  await tour.look(agent, 'search, nothing found');
  await search.fill('');

  await button('Enlarge image: Picture').click();
  await agent.getByRole('dialog').getByRole('img').waitFor();
  await tour.look(agent, 'picture dialog');
  await agent.keyboard.press('Escape');
  await button('Read all: Letter').click();
  await agent.getByRole('dialog').getByText('Came back twice').waitFor();
  await tour.look(agent, 'reading dialog');
  await agent.keyboard.press('Escape');

  for (const path of ['colour.name', 'price']) {
    await row(agent, path).locator('[data-stop]').focus();
    await agent.keyboard.press('p');
    await card(agent).locator('[data-pins]').locator(`[data-path="${path}"]`).waitFor();
  }
  await card(agent).locator('[data-pins]').scrollIntoViewIfNeeded();
  await tour.look(agent, 'pins');
  await button('Reveal: Password').click();
  await row(agent, 'password').getByText('hunter2').waitFor();
  await row(agent, 'password').scrollIntoViewIfNeeded();
  await tour.look(agent, 'secret revealed');

  const path = `/ccaas/1/conversations/${id}/metadata`;
  await beckon.api(path, { method: 'PATCH', body: { tier: 'gold' } });
  await beckon.api(`${path}?lock=true`, { method: 'PATCH', body: { model: 'Holme' } });
  await row(agent, 'model').locator('[data-source="api"][data-locked]').waitFor();
  await card(agent).locator('[data-pins]').scrollIntoViewIfNeeded();
  await tour.look(agent, 'signs of programs and locks');
  await send(visitor, {
    paint: '#D9C7A3',
    mileage: null,
    price: { amount: 46900, currency: 'EUR' },
    cart: [...(sent.cart as unknown[]).slice(1, 5), { sku: 'NV-2000', title: 'Tow bar', quantity: 1, price: 890 }],
    dealer: { name: 'Fjord & Sons', address: { city: 'Zagreb', zip: '10000' } },
    roof: 'Glass',
  });
  await card(agent).locator('[data-ghost="mileage"]').waitFor();
  await card(agent).locator('[data-changes-band]').scrollIntoViewIfNeeded();
  await tour.look(agent, 'changes and ghosts');
  await button('Only these').click();
  await row(agent, 'dealer.address.city').getByText('was Split').waitFor();
  await tour.look(agent, 'only changes');
  await button('All values').click();
  await agent.setViewportSize({ width: 390, height: 844 });
  await agent.getByRole('button', { name: /^Context(?! then)/ }).click();
  await card(agent).locator('[data-changes-band]').waitFor();
  await tour.look(agent, 'changes on a phone', { widths: [390] });
  await agent.keyboard.press('Escape');
  await agent.setViewportSize({ width: 1440, height: 900 });

  await button('History').click();
  await card(agent).locator('[data-version]').nth(3).waitFor();
  await tour.look(agent, 'history');
  await card(agent).locator('[data-version]').nth(1).click();
  await card(agent).locator('[data-moment-band]').getByText('1 newer change').waitFor();
  await row(agent, 'model').getByText('Holme').waitFor();
  await tour.look(agent, 'as of a version');
  await agent.route('**/metadata?at=*', (route) => route.fulfill({ status: 500 }));
  await button('History').click();
  await card(agent).locator('[data-version]').nth(2).click();
  await card(agent).locator('[data-moment-band]').getByText('Context could not be loaded').waitFor();
  await tour.look(agent, 'as of a version, failed');
  await button('Back to now').click();

  // All of it replaced: the card reads it anew, and cannot.
  await agent.route('**/metadata', (route) => route.fulfill({ status: 500 }));
  expect((await beckon.api(path, { method: 'PUT', body: { model: 'Skerry' } })).status).toBe(200);
  await card(agent).getByRole('alert').getByText('Context could not be loaded').waitFor();
  await tour.look(agent, 'error');
  await agent.unroute('**/metadata');
  await card(agent).getByRole('button', { name: 'Try again' }).click();
  await row(agent, 'model').getByText('Skerry').waitFor();
  cable.pull();
  await card(agent).getByText('reconnecting').waitFor();
  await tour.look(agent, 'reconnecting');
  await openConversation('never looked at');
  await card(agent).getByText('Loading context').waitFor();
  await tour.look(agent, 'loading');
});
