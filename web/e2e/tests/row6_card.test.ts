import type { Locator, Page } from 'playwright-core';
import { chat, expect, liveChat, pageWithWidget, Site, say, send, startThread, test } from '../src/harness';

const CAR = {
  model: 'Strand',
  colour: { name: 'Madder red', hex: '#A3392B' },
  price: { amount: 48350, currency: 'EUR' },
  testDrive: true,
  deliveryDate: '2027-01-04',
  notes: '',
  serial: 18014398509481984,
  extras: [
    { name: 'Glass roof', price: { amount: 1450, currency: 'EUR' } },
    { name: 'Tow bar', price: { amount: 890, currency: 'EUR' } },
  ],
  tags: ['returning', 'newsletter'],
  dealer: { name: 'Fjord & Sons', email: 'hello@fjord.example', phone: '+385 1 234 567', address: { city: 'Split' } },
  configurationUrl: 'https://shop.example/build?model=strand',
};

/** The card in the console. */
function card(agent: Page): Locator {
  return agent.locator('[data-context-card]');
}

function row(agent: Page, path: string): Locator {
  return card(agent).locator(`[data-row][data-path="${path}"]`);
}

/** Opens a conversation from the agent's list by its newest message. */
async function openFromList(agent: Page, preview: string): Promise<void> {
  await agent.getByRole('region', { name: 'Conversations' }).getByRole('link').filter({ hasText: preview }).click();
}

test('Row 6: the card shows everything a site sent, with nothing declared before', async ({
  beckon,
  site,
  newVisitor,
  newAgent,
}) => {
  const agent = await newAgent();
  const visitor = await newVisitor();
  await visitor.goto(site.put('/car.html', pageWithWidget(beckon.origin, await beckon.widgetId('multi'))));
  await send(visitor, CAR);
  await startThread(visitor, beckon, 'is this car still there?');

  // The conversation comes into the list by itself, its first facts with it.
  const link = agent.getByRole('link').filter({ hasText: 'is this car still there?' });
  await link.waitFor();
  expect(await link.textContent()).toContain('Strand');
  await link.click();

  await card(agent).getByRole('heading', { name: 'Context', exact: true }).waitFor();
  const shown = card(agent);
  for (const text of [
    'Strand',
    'Madder red',
    '€48,350',
    'Yes',
    '4 Jan 2027',
    'empty',
    'Glass roof',
    'Tow bar',
    '€1,450',
    'returning',
    'newsletter',
    'Fjord & Sons',
    'Split',
    'shop.example',
  ]) {
    await shown.getByText(text, { exact: false }).first().waitFor();
  }
  // A number too large to be grouped safely stands as it was sent.
  await expect.poll(() => row(agent, 'serial').textContent()).toContain(String(CAR.serial));
  expect(await shown.getByRole('link', { name: 'hello@fjord.example' }).getAttribute('href')).toBe(
    'mailto:hello@fjord.example',
  );
  expect(await shown.getByRole('link', { name: '+385 1 234 567' }).getAttribute('href')).toMatch(/^tel:/);
  await shown.getByRole('table').getByText('Tow bar').waitFor();
  // Facts first, then parts, each in the order of the site.
  const paths = await shown
    .locator('[data-row]')
    .evaluateAll((rows) => rows.map((one) => one.getAttribute('data-path') ?? '').filter((path) => !/[.[]/.test(path)));
  const keys = Object.keys(CAR);
  const order = (group: string[]) => group.map((path) => keys.indexOf(path));
  // An amount with its currency reads as one plain value.
  const isFact = (path: string) => path === 'price' || typeof CAR[path as keyof typeof CAR] !== 'object';
  const facts = paths.filter(isFact);
  const parts = paths.filter((path) => !isFact(path));
  expect(paths).toEqual([...facts, ...parts]);
  expect(facts.length + parts.length).toBe(keys.length);
  expect(order(facts)).toEqual([...order(facts)].sort((one, other) => one - other));
  expect(order(parts)).toEqual([...order(parts)].sort((one, other) => one - other));
  await shown.getByText('Unmarked values come from the visitor').waitFor();
});

test('Row 6: the card follows each change while the agent looks at it', async ({
  beckon,
  site,
  newVisitor,
  newAgent,
}) => {
  const agent = await newAgent();
  const visitor = await newVisitor();
  await visitor.goto(site.put('/live.html', pageWithWidget(beckon.origin, await beckon.widgetId('multi'))));
  await send(visitor, { colour: 'sand', wheels: 'Fjell' });
  await startThread(visitor, beckon, 'watch this');
  await openFromList(agent, 'watch this');
  await row(agent, 'colour').getByText('sand').waitFor();
  // The row is patched, not drawn anew: what the agent marked stays.
  await row(agent, 'colour').evaluate((element) => element.setAttribute('data-marked', 'yes'));
  await send(visitor, { colour: 'red', basket: [{ item: 'Roof box', quantity: 2 }] });
  await row(agent, 'colour').getByText('red').waitFor();
  await card(agent).getByText('Roof box').waitFor();
  expect(await row(agent, 'colour').getAttribute('data-marked')).toBe('yes');
  await send(visitor, { wheels: null });
  await row(agent, 'wheels').waitFor({ state: 'detached' });
  // The new value comes first; what it was may stand below it until the agent has seen it.
  expect(await row(agent, 'colour').textContent()).toMatch(/^Colour\s*red/);
});

test('Row 6: a conversation without data says what will be here', async ({ beckon, site, newVisitor, newAgent }) => {
  const agent = await newAgent();
  const visitor = await newVisitor();
  await visitor.goto(site.put('/nothing.html', pageWithWidget(beckon.origin, await beckon.widgetId('multi'))));
  await startThread(visitor, beckon, 'no data here');
  await openFromList(agent, 'no data here');
  await card(agent).getByText('What the website sends will appear here').waitFor();
  await send(visitor, { now: 'there is' });
  await row(agent, 'now').getByText('there is').waitFor();
});

test('Row 6: deep data is reached by unfolding, down to the last value', async ({
  beckon,
  site,
  newVisitor,
  newAgent,
}) => {
  const agent = await newAgent();
  const visitor = await newVisitor();
  await visitor.goto(site.put('/deep.html', pageWithWidget(beckon.origin, await beckon.widgetId('multi'))));
  await send(visitor, { a: { b: { c: { d: { e: { f: { g: 'the bottom' } } } } } } });
  await startThread(visitor, beckon, 'eight deep');
  await openFromList(agent, 'eight deep');
  const bottom = row(agent, 'a.b.c.d.e.f.g');
  const folded = card(agent).locator('[data-fold]:not([aria-expanded="true"])');
  const state = () =>
    card(agent)
      .locator('[data-row]')
      .evaluateAll((rows) => rows.map((one) => one.outerHTML).join());
  await row(agent, 'a.b').waitFor();
  for (let step = 0; step < 7 && (await bottom.count()) === 0; step += 1) {
    const before = await state();
    await folded.last().click();
    await expect.poll(state).not.toBe(before);
  }
  await bottom.getByText('the bottom').waitFor();
});

test('Row 6: pictures load from the site and from Beckon, never from a stranger', async ({
  ownBeckon,
  site,
  newVisitor,
  newAgent,
}) => {
  const beckon = await ownBeckon();
  const stranger = await Site.start();
  const widget = await beckon.widgetId('multi');
  await beckon.admin(['widget', 'allow-origin', widget, site.origin]);
  const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="80" height="40"><rect width="80" height="40"/></svg>';
  const own = site.put('/car.svg', svg, { 'content-type': 'image/svg+xml' });
  const foreign = stranger.put('/pixel.svg', svg, { 'content-type': 'image/svg+xml' });
  const agent = await newAgent({ beckon });
  const asked: string[] = [];
  agent.context().on('request', (request) => asked.push(request.url()));
  const visitor = await newVisitor();
  await visitor.goto(site.put('/pictures.html', pageWithWidget(beckon.origin, widget)));
  await send(visitor, { picture: own, spy: foreign, hidden: `${foreign}?<img src=x onerror=alert(1)>` });
  await startThread(visitor, beckon, 'look at my car');
  await openFromList(agent, 'look at my car');
  await expect.poll(() => asked).toContain(own);
  await expect
    .poll(() =>
      row(agent, 'picture')
        .locator('img')
        .evaluate((image) => (image as HTMLImageElement).naturalWidth),
    )
    .toBeGreaterThan(0);
  // The stranger's picture is a link that opens outside.
  const link = row(agent, 'spy').getByRole('link');
  expect(await link.getAttribute('href')).toBe(foreign);
  expect(await link.getAttribute('rel')).toContain('noreferrer');
  expect(asked.filter((url) => url.startsWith(stranger.origin))).toEqual([]);
  await stranger.dispose();
});

test('Row 6: at 1024 pixels the card stands beside the thread without a click', async ({
  beckon,
  site,
  newVisitor,
  newAgent,
}) => {
  const visitor = await newVisitor();
  await visitor.goto(site.put('/narrow.html', pageWithWidget(beckon.origin, await beckon.widgetId('multi'))));
  await send(visitor, { plan: 'Premium' });
  await startThread(visitor, beckon, 'at 1024 pixels');
  const agent = await newAgent({ viewport: { width: 1024, height: 768 } });
  await openFromList(agent, 'at 1024 pixels');
  await row(agent, 'plan').getByText('Premium').waitFor();
  const box = await card(agent).boundingBox();
  expect(box && box.x >= 0 && box.x + box.width <= 1024).toBe(true);
  // Below that width a button opens it.
  await agent.setViewportSize({ width: 900, height: 768 });
  await card(agent).waitFor({ state: 'detached' });
  await agent.getByRole('button', { name: /^Context(?! then)/ }).click();
  await row(agent, 'plan').getByText('Premium').waitFor();
});

test('Row 6: agent and visitor talk live in both directions', async ({ beckon, site, newVisitor, newAgent }) => {
  const agent = await newAgent({ name: 'Ana Novak' });
  const visitor = await newVisitor();
  await visitor.goto(site.put('/talk.html', pageWithWidget(beckon.origin, await beckon.widgetId('multi'))));
  await startThread(visitor, beckon, 'anybody there?');
  await openFromList(agent, 'anybody there?');
  await agent.getByRole('textbox').fill('I am, hello');
  await agent.keyboard.press('Enter');
  await chat(visitor)
    .locator('.ib-widget-message-bubble.agent .ib-widget-message-text')
    .getByText('I am, hello')
    .waitFor();
  await chat(visitor).getByText('Ana Novak joined').waitFor();
  await say(visitor, 'good to hear');
  await agent.getByRole('log').getByText('good to hear').waitFor();
  await liveChat(visitor, 'close');
});
