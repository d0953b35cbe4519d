import type { Page } from 'playwright-core';
import {
  type Beckon,
  chat,
  context,
  conversation,
  conversations,
  conversationWith,
  expect,
  journal,
  messages,
  say,
  test,
  windowIsOpen,
} from '../src/harness';

/** Chooses a finished car by hand: 50,700 + 950 + 1,400 + 390 euros. */
async function buildHolme(shop: Page): Promise<void> {
  for (const [group, choice] of [
    ['Model', 'Holme'],
    ['Colour', 'Sand'],
    ['Wheels', 'Tind'],
    ['Extras', 'Glass roof'],
    ['Delivery', 'Bring it to my door'],
  ] as const) {
    await shop.getByRole('group', { name: group }).locator('label').filter({ hasText: choice }).click();
  }
}

const HOLME = {
  model: 'Holme',
  colour: { name: 'Sand', hex: '#C6B189' },
  wheels: 'Tind, 19 inch',
  price: { amount: 53440, currency: 'EUR' },
  extras: [{ name: 'Glass roof', price: { amount: 1400, currency: 'EUR' } }],
  delivery: 'Bring it to my door',
  deliveryDate: expect.stringMatching(/^\d{4}-\d{2}-\d{2}$/),
};

/** Closes the window, which covers part of the shop. */
async function closeChat(shop: Page): Promise<void> {
  await shop.locator('#ib-button-messaging').click();
  await shop.locator('#ib-iframe-messaging').waitFor({ state: 'hidden' });
}

/** Presses the button of the shop and writes a message; returns the conversation it is in. */
async function contactUs(shop: Page, beckon: Beckon, text: string): Promise<string> {
  if (await windowIsOpen(shop)) await closeChat(shop);
  await shop.getByRole('button', { name: 'Contact us about this car' }).click();
  await say(shop, text);
  return conversationWith(beckon, text);
}

test('Row 9: a new visitor builds a car, presses Contact us, and the agent sees the car as the conversation starts', async ({
  beckon,
  newVisitor,
  newAgent,
}) => {
  const agent = await newAgent();
  const shop = await newVisitor();
  await shop.goto(`${beckon.demoOrigin}/demo`);
  await buildHolme(shop);
  const id = await contactUs(shop, beckon, 'can I see it on Saturday?');

  expect(await context(beckon, id)).toMatchObject(HOLME);
  const [first, second] = await journal(beckon, id);
  expect([first?.event.kind, second?.event.kind]).toEqual(['metadata', 'message']);

  const row = agent.getByRole('link').filter({ hasText: 'can I see it on Saturday?' });
  await row.getByText('Holme').waitFor();
  await row.click();
  const card = agent.locator('[data-context-card]');
  for (const text of ['Holme', '€53,440', 'Glass roof', 'Bring it to my door', '#C6B189']) {
    await card.getByText(text).first().waitFor();
  }
  // The picture of the car comes from the shop and loads by itself.
  const picture = card.locator('[data-path="picture"] img');
  await picture.scrollIntoViewIfNeeded();
  await expect.poll(() => picture.evaluate((image) => (image as HTMLImageElement).naturalWidth)).toBeGreaterThan(0);

  await agent.getByRole('textbox', { name: /^Write to/ }).fill('Saturday at ten is free');
  await agent.keyboard.press('Enter');
  await chat(shop).getByRole('log').getByText('Saturday at ten is free').waitFor();

  // The visitor changes the car while they talk, and the agent sees that too.
  await shop.getByRole('group', { name: 'Model' }).locator('label').filter({ hasText: 'Skerry' }).click();
  await card.locator('[data-path="model"]').getByText('Skerry').waitFor();
});

test('Row 9: a returning visitor with an open and a solved conversation gets a new one with the car; the old ones learn of the car and of nothing else', async ({
  beckon,
  newVisitor,
  colleague,
}) => {
  const shop = await newVisitor();
  await shop.goto(`${beckon.demoOrigin}/demo/?model=strand&colour=basalt&wheels=fjell&delivery=dealer`);
  const solved = await contactUs(shop, beckon, 'the first time');
  await colleague.command(solved, 'solve');
  const open = await contactUs(shop, beckon, 'the second time');
  expect(open).not.toBe(solved);

  // Some days later: the same browser, another tab.
  const later = await shop.context().newPage();
  const car = async (id: string) => (await context(beckon, id)) as { model: string };
  await expect.poll(async () => (await car(open)).model).toBe('Strand');
  await shop.close();
  const before = {
    messages: [await messages(beckon, solved), await messages(beckon, open)],
  };
  await later.goto(`${beckon.demoOrigin}/demo`);
  await buildHolme(later);
  const fresh = await contactUs(later, beckon, 'and now the estate');

  expect([solved, open]).not.toContain(fresh);
  for (const id of [fresh, solved, open]) expect(await context(beckon, id)).toMatchObject(HOLME);
  expect({ messages: [await messages(beckon, solved), await messages(beckon, open)] }).toEqual(before);
  expect((await conversation(beckon, solved)).status).toBe('SOLVED');
  expect((await conversation(beckon, open)).status).toBe('OPEN');
});

test('Row 9: the car survives a look at the other models', async ({ beckon, newVisitor }) => {
  const shop = await newVisitor();
  await shop.goto(`${beckon.demoOrigin}/demo`);
  await buildHolme(shop);
  await shop.getByRole('link', { name: /^Compare/ }).click();
  await shop.waitForURL(/compare/);
  await shop.goBack();
  expect(await context(beckon, await contactUs(shop, beckon, 'still the same car'))).toMatchObject(HOLME);
});

test('Row 9: the single-thread shop keeps one conversation and changes the car in it', async ({
  beckon,
  newVisitor,
}) => {
  const shop = await newVisitor();
  await shop.goto(`${beckon.demoOrigin}/demo/?single`);
  await buildHolme(shop);
  const only = await contactUs(shop, beckon, 'single and curious');
  expect(await context(beckon, only)).toMatchObject(HOLME);
  const count = (await conversations(beckon)).length;
  await shop.getByRole('group', { name: 'Model' }).locator('label').filter({ hasText: 'Strand' }).click();
  expect(await contactUs(shop, beckon, 'I changed my mind')).toBe(only);
  expect(await context(beckon, only)).toMatchObject({ ...HOLME, model: 'Strand', price: { amount: 49640 } });
  expect((await conversations(beckon)).length).toBe(count);
});

test('Row 9: the drawer tells what the page sent and what came of it', async ({ beckon, newVisitor }) => {
  const shop = await newVisitor();
  await shop.goto(`${beckon.demoOrigin}/demo`);
  await shop.getByRole('button', { name: /code/ }).click();
  await buildHolme(shop);
  const calls = shop.getByRole('region', { name: 'Calls, newest first' });
  await calls.getByText('held until a conversation starts').first().waitFor();
  await shop.getByRole('button', { name: "metadata: 'red'" }).click();
  await calls.getByText(/^1202 /).waitFor();
  await shop.getByRole('button', { name: 'open', exact: true }).click();
  await shop.locator('#ib-iframe-messaging').waitFor({ state: 'visible' });
});

test('Row 9: the shop goes on when its widget is allowed on certain sites only', async ({ ownBeckon, newVisitor }) => {
  const beckon = await ownBeckon();
  await beckon.admin(['widget', 'allow-origin', await beckon.widgetId('multi'), 'https://shop.example']);
  const shop = await newVisitor();
  await shop.goto(`${beckon.demoOrigin}/demo`);
  await buildHolme(shop);
  expect(await context(beckon, await contactUs(shop, beckon, 'from your own shop'))).toMatchObject(HOLME);
});

test('Row 9: starting over makes a new visitor who has no history', async ({ beckon, newVisitor }) => {
  const shop = await newVisitor();
  await shop.goto(`${beckon.demoOrigin}/demo`);
  const visitorOf = async (id: string) => {
    type Rows = { rows: { conversation: string; visitor: { id: string } }[] };
    const { body } = await beckon.api<Rows>('/ccaas/1/inbox?view=all&limit=200');
    return body.rows.find((row) => row.conversation === id)?.visitor.id;
  };
  const one = await contactUs(shop, beckon, 'as one visitor');
  await closeChat(shop);
  await shop.getByRole('button', { name: /code/ }).click();
  const reloaded = shop.waitForEvent('load');
  await shop.getByRole('button', { name: 'Start over as a new visitor' }).click();
  await reloaded;
  const other = await contactUs(shop, beckon, 'as another visitor');
  expect(await chat(shop).getByText('as one visitor').count()).toBe(0);
  expect(await visitorOf(other)).not.toBe(await visitorOf(one));
});
