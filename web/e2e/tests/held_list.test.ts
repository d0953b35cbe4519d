import { expect, pageWithWidget, say, startThread, test } from '../src/harness';

test('the list does not move under the pointer: what is new waits above', async ({
  ownBeckon,
  site,
  newVisitor,
  newAgent,
}) => {
  const beckon = await ownBeckon();
  const widget = await beckon.widgetId('multi');
  const visitor = await newVisitor();
  await visitor.goto(site.put('/pill.html', pageWithWidget(beckon.origin, widget)));
  await startThread(visitor, beckon, 'the older one');
  const other = await newVisitor();
  await other.goto(site.put('/pill.html', pageWithWidget(beckon.origin, widget)));
  await startThread(other, beckon, 'the newer one');

  const agent = await newAgent({ beckon });
  const rows = () => agent.locator('a[data-conversation]').allInnerTexts();
  await expect.poll(async () => (await rows()).length).toBe(2);
  await agent.locator('a[data-conversation]').first().hover();
  await say(visitor, 'still waiting');
  const third = await newVisitor();
  await third.goto(site.put('/pill.html', pageWithWidget(beckon.origin, widget)));
  await startThread(third, beckon, 'a third one');
  const pill = agent.getByRole('button', { name: '2 new' });
  await pill.waitFor();
  const held = await rows();
  expect(held).toHaveLength(2);
  expect(held[0]).toContain('the newer one');
  expect(held[1]).toContain('still waiting');
  await pill.click();
  await expect
    .poll(async () => (await rows()).map((row) => row.match(/a third one|still waiting|the newer one/)?.[0]))
    .toEqual(['a third one', 'still waiting', 'the newer one']);
});
