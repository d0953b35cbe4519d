import { expect, liveChat, pageWithWidget, send, startThread, test } from '../src/harness';

/** The band of the card, once it says how much has changed. */
const BAND = '[data-changes-band]';

test('the card marks what changed since the own reply, over a reload, until it was answered or seen', async ({
  beckon,
  site,
  newVisitor,
  newAgent,
}) => {
  const agent = await newAgent();
  const visitor = await newVisitor();
  await visitor.goto(site.put('/changes.html', pageWithWidget(beckon.origin, await beckon.widgetId('multi'))));
  const cart = [
    { name: 'Glass roof', quantity: 1 },
    { name: 'Tow bar', quantity: 1 },
  ];
  await send(visitor, { colour: 'Sand', wheels: 'Fjell', cart, same: 1 });
  await startThread(visitor, beckon, 'watch my car');
  await agent.getByRole('link').filter({ hasText: 'watch my car' }).click();
  const card = agent.locator('[data-context-card]');
  const row = (path: string) => card.locator(`[data-row][data-path="${path}"]`);
  await row('colour').getByText('Sand').waitFor();
  // A first view has no marks.
  expect(await card.locator(`${BAND}, [data-changed], [data-ghost]`).count()).toBe(0);

  const changed = [{ ...cart[0], quantity: 2 }, cart[1]];
  await send(visitor, { colour: 'Red', wheels: null, cart: changed, extra: true });
  await card.locator(BAND).getByText('4 changes').waitFor();
  await row('colour').getByText('Red').waitFor();
  expect(await row('colour').textContent()).toContain('was Sand');
  expect(await row('extra').textContent()).toContain('new');
  expect(await card.locator('[data-ghost="wheels"]').textContent()).toContain('Fjell');
  expect(await row('same').locator('[data-changed]').count()).toBe(0);

  // Right after a reload the same stands there.
  await agent.reload();
  await card.locator(BAND).getByText('4 changes').waitFor();
  expect(await row('colour').textContent()).toContain('was Sand');

  await card.getByRole('button', { name: 'Seen' }).click();
  await card.locator(BAND).waitFor({ state: 'detached' });
  await agent.reload();
  await row('colour').getByText('Red').waitFor();
  expect(await card.locator(BAND).count()).toBe(0);

  // An own reply is a look, too.
  await send(visitor, { colour: 'Basalt' });
  await card.locator(BAND).getByText('1 change').waitFor();
  await agent.locator('textarea').fill('I see it.');
  await agent.keyboard.press('Enter');
  await card.locator(BAND).waitFor({ state: 'detached' });
  await send(visitor, { colour: 'Pearl white' });
  await card.locator(BAND).getByText('1 change').waitFor();
  expect(await row('colour').textContent()).toContain('was Basalt');
});

test('the history is what the card was, and a locked key stays with its lock', async ({
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
