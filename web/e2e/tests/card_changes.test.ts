import type { Locator, Page } from 'playwright-core';
import {
  type Beckon,
  contextText,
  expect,
  liveChat,
  pageWithWidget,
  type Site,
  say,
  send,
  startThread,
  test,
} from '../src/harness';

const CAR = {
  model: 'Strand',
  colour: 'Sand',
  wheels: 'Fjell',
  price: { amount: 46900, currency: 'EUR' },
  extras: [
    { name: 'Roof box', quantity: 1 },
    { name: 'Tow bar', quantity: 1 },
  ],
  dealer: { name: 'Fjord & Sons', address: { city: 'Split', zip: '21000' } },
};

function card(agent: Page): Locator {
  return agent.locator('[data-context-card]');
}
function row(agent: Page, path: string): Locator {
  return card(agent).locator(`[data-row][data-path="${path}"]`).first();
}
function ghost(agent: Page, path: string): Locator {
  return card(agent).locator(`[data-ghost="${path}"]`);
}
function band(agent: Page): Locator {
  return card(agent).locator('[data-changes-band]');
}
function button(agent: Page, name: string): Locator {
  return card(agent).getByRole('button', { name, exact: true });
}
async function open(agent: Page, preview: string): Promise<void> {
  await agent.getByRole('region', { name: 'Conversations' }).getByRole('link').filter({ hasText: preview }).click();
  await card(agent).getByRole('heading', { name: 'Context', exact: true }).waitFor();
}
async function reply(agent: Page, text: string): Promise<void> {
  await agent.getByRole('textbox', { name: /^Write to/ }).fill(text);
  await agent.keyboard.press('Enter');
  await agent.getByRole('log').getByText(text).waitFor();
}

/** A visitor who sent the car and wrote `text`, on a page of its own. */
async function visitorWithCar(beckon: Beckon, site: Site, newVisitor: () => Promise<Page>, text: string) {
  const visitor = await newVisitor();
  await visitor.goto(
    site.put(`/${text.replaceAll(' ', '-')}.html`, pageWithWidget(beckon.origin, await beckon.widgetId('multi'))),
  );
  await send(visitor, CAR);
  return { visitor, conversation: await startThread(visitor, beckon, text) };
}

test('marks: none at first sight, then change, addition, removal, table line and folded section; a reload keeps them, Seen and a reply end them', async ({
  beckon,
  site,
  newVisitor,
  newAgent,
}) => {
  const agent = await newAgent();
  const { visitor } = await visitorWithCar(beckon, site, newVisitor, 'mark my car');
  await open(agent, 'mark my car');
  await row(agent, 'colour').getByText('Sand').waitFor();
  expect(await card(agent).locator('[data-changed]').count()).toBe(0);
  expect(await band(agent).count()).toBe(0);

  await send(visitor, {
    colour: 'Red',
    wheels: null,
    roof: 'Glass',
    extras: [
      { name: 'Tow bar', quantity: 2 },
      { name: 'Mats', quantity: 1 },
    ],
    dealer: { name: 'Fjord & Sons', address: { city: 'Zagreb', zip: '10000' } },
  });
  const marked = async () => {
    await band(agent).getByText('8 changes since your reply').waitFor();
    await row(agent, 'colour').getByText('was Sand').waitFor();
    expect(await row(agent, 'colour').locator('s').textContent()).toBe('Sand');
    await row(agent, 'roof').getByText('new', { exact: true }).waitFor();
    await ghost(agent, 'wheels').getByText('Fjell').waitFor();
    await row(agent, 'extras[0]').getByText('was 1').waitFor();
    await row(agent, 'extras[1]').getByText('new', { exact: true }).waitFor();
    await ghost(agent, 'extras[0]').getByText('Roof box').waitFor();
    await row(agent, 'dealer.address').getByText('2 changes inside').waitFor({ state: 'attached' });
    expect(await row(agent, 'model').locator('[data-changed]').count()).toBe(0);
  };
  await marked();
  await agent.reload();
  await marked();

  await button(agent, 'Only these').click();
  await row(agent, 'model').waitFor({ state: 'detached' });
  await row(agent, 'dealer.address.city').getByText('was Split').waitFor();
  await button(agent, 'Seen').click();
  await band(agent).waitFor({ state: 'detached' });
  await ghost(agent, 'wheels').waitFor({ state: 'detached' });
  await agent.reload();
  await row(agent, 'colour').getByText('Red').waitFor();
  expect(await band(agent).count()).toBe(0);

  await send(visitor, { colour: 'Blue' });
  await row(agent, 'colour').getByText('was Red').waitFor();
  await reply(agent, 'I see it is blue now');
  await band(agent).waitFor({ state: 'detached' });
  await send(visitor, { colour: 'White' });
  await row(agent, 'colour').getByText('was Blue').waitFor();
});

test('a program’s value has a sign, a locked key has a lock, and the thread says what was kept', async ({
  beckon,
  site,
  newVisitor,
  newAgent,
}) => {
  const agent = await newAgent();
  const { visitor, conversation } = await visitorWithCar(beckon, site, newVisitor, 'who set this');
  await open(agent, 'who set this');
  expect(await row(agent, 'colour').locator('[data-source]').count()).toBe(0);
  const path = `/ccaas/1/conversations/${conversation}/metadata`;
  await beckon.api(path, { method: 'PATCH', body: { tier: 'gold' } });
  await row(agent, 'tier').locator('[data-source="api"]').waitFor();
  expect(await row(agent, 'tier').locator('[data-locked]').count()).toBe(0);
  await beckon.api(`${path}?lock=true`, { method: 'PATCH', body: { colour: 'Black' } });
  await row(agent, 'colour').locator('[data-source="api"][data-locked]').waitFor();
  const { ignored } = await send(visitor, { colour: 'Pink', wheels: 'Vidde' });
  expect(ignored).toEqual([{ key: 'colour', reason: 'locked' }]);
  await row(agent, 'wheels').getByText('Vidde').waitFor();
  await agent.getByRole('log').getByText('Colour kept: locked').first().waitFor();

  // Details: who, when, which version, and what stood there before.
  await row(agent, 'colour').locator('[data-stop]').click();
  const details = card(agent).locator('[data-details="colour"]');
  await details.getByText('A program').waitFor();
  await details.locator('[data-last-values] li').nth(1).waitFor();
  expect(await details.locator('[data-last-values] li > :last-child').allTextContents()).toEqual(['Black', 'Sand']);
  await agent.reload();
  await row(agent, 'colour').locator('[data-source="api"][data-locked]').waitFor();
});

test('the history turns the card to each version as it was, and a message to what was known then', async ({
  beckon,
  site,
  newVisitor,
  newAgent,
}) => {
  const agent = await newAgent();
  const { visitor, conversation } = await visitorWithCar(beckon, site, newVisitor, 'take me back');
  await open(agent, 'take me back');
  const then: string[] = [await contextText(beckon, conversation)];
  for (const colour of ['Red', 'Blue', 'Green']) {
    await send(visitor, { colour, [`since${colour}`]: true });
    then.push(await contextText(beckon, conversation));
    await say(visitor, `now it is ${colour}`);
    await agent.getByRole('log').getByText(`now it is ${colour}`).waitFor();
  }
  await row(agent, 'colour').getByText('Green').waitFor();
  await button(agent, 'History').click();
  const versions = card(agent).locator('[data-version]');
  await versions.nth(3).waitFor();
  expect(await versions.count()).toBe(4);
  expect(await versions.first().textContent()).toMatch(/^\d\d:\d\d · page \/take-me-back\.html · Colour, Since green$/);
  const menu = card(agent).getByRole('button', { name: 'More', exact: true });
  const json = async () => {
    await menu.click();
    await card(agent).getByRole('menuitem', { name: 'Raw JSON' }).click();
    const text = (await card(agent).locator('pre').textContent()) ?? '';
    await menu.click();
    await card(agent).getByRole('menuitem', { name: 'Show as card' }).click();
    return JSON.stringify(JSON.parse(text));
  };
  for (let back = 0; back < 4; back += 1) {
    if (back > 0) await button(agent, 'History').click();
    await versions.nth(back).click();
    const text = back === 0 ? 'nothing newer' : `${back} newer change${back === 1 ? '' : 's'}`;
    await card(agent).locator('[data-moment-band]').getByText(text).waitFor();
    expect(await json()).toBe(then[3 - back]);
  }
  // Whatever comes meanwhile, the card stays where it is.
  await send(visitor, { colour: 'White' });
  await card(agent).locator('[data-moment-band]').getByText('4 newer changes').waitFor();
  await row(agent, 'colour').getByText('Sand').waitFor();
  await button(agent, 'Back to now').click();
  await row(agent, 'colour').getByText('White').waitFor();

  const group = agent.getByRole('log').locator('div', { hasText: 'now it is Red' }).last().locator('..');
  await group.hover();
  await group.getByRole('button', { name: 'Context then' }).click();
  await card(agent).locator('[data-moment-band]').getByText('3 newer changes').waitFor();
  await row(agent, 'colour').getByText('Red').waitFor();
  await row(agent, 'colour').locator('[data-stop]').focus();
  await agent.keyboard.press('Escape');
  await row(agent, 'colour').getByText('White').waitFor();
});

test('the thread tells writes as one line of net change, open to one line a path', async ({
  beckon,
  site,
  newVisitor,
  newAgent,
}) => {
  const agent = await newAgent();
  const { visitor } = await visitorWithCar(beckon, site, newVisitor, 'tell my changes');
  await open(agent, 'tell my changes');
  const lines = agent.locator('[data-context-row]');
  await lines.first().waitFor();
  await expect.poll(() => lines.count()).toBe(1);
  await send(visitor, { colour: 'Red', token: 'abc-123' });
  await send(visitor, { colour: 'Blue', price: { amount: 48350, currency: 'EUR' } });
  await lines
    .nth(1)
    .getByText(/page \/tell-my-changes\.html · Colour Sand → Blue, \+ Token ••••, 1 more/)
    .waitFor();
  await lines.nth(1).getByRole('button').first().click();
  await lines.nth(1).getByText('€46,900').waitFor();
  expect(await agent.content()).not.toContain('abc-123');
  await lines.nth(1).getByRole('button', { name: 'Reveal: Token' }).click();
  await lines.nth(1).getByText('abc-123', { exact: true }).waitFor();
  // Back to what it was: the line is gone.
  await send(visitor, { colour: 'Sand', token: null, price: CAR.price });
  await expect.poll(() => lines.count()).toBe(1);
});

test('pins stand first for every agent of the widget, and secrets stay hidden until asked for', async ({
  ownBeckon,
  site,
  newVisitor,
  newAgent,
}) => {
  const beckon = await ownBeckon();
  const visitor = await newVisitor();
  await visitor.goto(site.put('/pins.html', pageWithWidget(beckon.origin, await beckon.widgetId('multi'))));
  await send(visitor, { ...CAR, password: 'hunter2' });
  await startThread(visitor, beckon, 'pin this');
  const [agent, other] = [await newAgent({ beckon }), await newAgent({ beckon, role: 'agent' })];
  await open(agent, 'pin this');
  await row(agent, 'dealer.name').locator('[data-stop]').focus();
  await agent.keyboard.press('p');
  await card(agent).locator('[data-pins]').getByText('Dealer › Name').waitFor();
  await card(agent).getByText('Pinned for all agents').first().waitFor();
  await other.reload();
  await open(other, 'pin this');
  await card(other).locator('[data-pins]').getByText('Fjord & Sons').waitFor();
  expect(await other.content()).not.toContain('hunter2');
  await button(other, 'Reveal: Password').click();
  await row(other, 'password').getByText('hunter2').waitFor();
  await other.reload();
  await row(other, 'password').getByText('••••').waitFor();
  expect(await other.content()).not.toContain('hunter2');
});

test('the API tells the history as the card does, and a locked key stays with its lock', async ({
  beckon,
  site,
  newVisitor,
  newAgent,
}) => {
  const agent = await newAgent();
  const visitor = await newVisitor();
  await visitor.goto(site.put('/history.html', pageWithWidget(beckon.origin, await beckon.widgetId('multi'))));
  await send(visitor, { colour: 'Sand' });
  const id = await startThread(visitor, beckon, 'and before that?');
  const path = `/ccaas/1/conversations/${id}/metadata`;
  expect((await beckon.api(`${path}?lock=true`, { method: 'PATCH', body: { tier: 'gold' } })).status).toBe(200);
  const { result } = await liveChat(visitor, 'send_contextual_data', { metadata: { colour: 'Red', tier: 'none' } });
  expect(result?.ignored).toEqual([{ key: 'tier', reason: 'locked' }]);
  expect((await beckon.api(path)).text).toBe('{"colour":"Red","tier":"gold"}');

  const history = (await beckon.api(`${path}/history`)).body as {
    versions: { version: number; position: number }[];
  };
  expect(history.versions.map(({ version }) => version)).toEqual([3, 2, 1]);
  const texts = await Promise.all(
    history.versions.map(async ({ position }) => (await beckon.api(`${path}?at=${position}`)).text),
  );
  expect(texts).toEqual(['{"colour":"Red","tier":"gold"}', '{"colour":"Sand","tier":"gold"}', '{"colour":"Sand"}']);

  await agent.getByRole('link').filter({ hasText: 'and before that?' }).click();
  const card = agent.locator('[data-context-card]');
  await card.locator('[data-path="tier"]').getByText('gold').waitFor();
  await card.locator('[data-path="tier"] [data-source=api][data-locked]').waitFor();
  // The card as it was when the visitor wrote.
  await agent
    .getByRole('button', { name: /^Context then/ })
    .first()
    .click();
  await card.getByText(/^As of/).waitFor();
  await card.locator('[data-path="colour"]').getByText('Sand').waitFor();
  expect(await card.locator('[data-path="tier"]').count()).toBe(0);
  await card.getByRole('button', { name: 'Back to now' }).click();
  await card.locator('[data-path="colour"]').getByText('Red').waitFor();
});
