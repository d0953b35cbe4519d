import {
  chat,
  conversations,
  expect,
  liveChat,
  messages,
  networkIsBack,
  numbered,
  pageWithWidget,
  say,
  shown,
  startThread,
  test,
  typeEach,
} from '../src/harness';

const OFFLINE = /net::ERR_|WebSocket connection|Failed to load/;
/** A guard: far more than delivery takes. */
const PATIENCE = { timeout: 40_000 };

test('five tabs offline with thirty messages each: all arrive once, each tab’s in its order', {
  timeout: 150_000,
}, async ({ cabledBeckon, site, newVisitor, watch }) => {
  watch.expect(OFFLINE);
  const fast = ['--visitor-sends', '500', '--visitor-sends-burst', '500', '--frames', '500'];
  const { beckon, cable } = await cabledBeckon({ args: fast });
  const address = site.put('/five.html', pageWithWidget(cable.origin, await beckon.widgetId('single')));
  const one = await newVisitor();
  await one.goto(address);
  const id = await startThread(one, beckon, 'before');
  const tabs = [one];
  for (let tab = 1; tab < 5; tab += 1) {
    const page = await one.context().newPage();
    await page.goto(address);
    await liveChat(page, 'open');
    await chat(page).getByText('before', { exact: true }).waitFor();
    tabs.push(page);
  }
  cable.pull();
  for (const [number, tab] of tabs.entries()) {
    await tab.bringToFront();
    await chat(tab).getByText('Reconnecting').waitFor();
    await typeEach(tab, numbered(`tab ${number}`, 30));
    await expect.poll(() => shown(tab)).toEqual(['before', ...numbered(`tab ${number}`, 30)]);
  }
  cable.plug();
  for (const tab of tabs) await networkIsBack(tab);
  await expect.poll(async () => (await messages(beckon, id)).length, PATIENCE).toBe(151);
  const all = await messages(beckon, id);
  for (const number of tabs.keys()) {
    expect(all.filter((text) => text.startsWith(`tab ${number} `))).toEqual(numbered(`tab ${number}`, 30));
  }
  for (const tab of tabs) await expect.poll(() => shown(tab), PATIENCE).toEqual(all);
  expect(await conversations(beckon)).toHaveLength(1);
});

test('thirty messages that wait meet the rate limit: it costs time and nothing else', { timeout: 120_000 }, async ({
  cabledBeckon,
  site,
  newVisitor,
  watch,
}) => {
  watch.expect(OFFLINE);
  // So low that a slow machine meets it, too.
  const { beckon, cable } = await cabledBeckon({ args: ['--visitor-sends', '2', '--visitor-sends-burst', '5'] });
  const visitor = await newVisitor();
  let refused = 0;
  visitor.on('websocket', (socket) => {
    socket.on('framereceived', ({ payload }) => {
      if (String(payload).includes('"rate_limited"')) refused += 1;
    });
  });
  await visitor.goto(site.put('/limit.html', pageWithWidget(cable.origin, await beckon.widgetId('multi'))));
  const id = await startThread(visitor, beckon, 'line 0');
  cable.pull();
  await chat(visitor).getByText('Reconnecting').waitFor();
  await typeEach(visitor, numbered('line', 30));
  const all = ['line 0', ...numbered('line', 30)];
  await expect.poll(() => shown(visitor)).toEqual(all);
  cable.plug();
  await networkIsBack(visitor);
  await expect.poll(() => messages(beckon, id), PATIENCE).toEqual(all);
  expect(refused).toBeGreaterThan(0);
  await chat(visitor)
    .getByText(/· Sent$/)
    .waitFor();
  expect(await shown(visitor)).toEqual(all);
  expect(await chat(visitor).getByText('Not sent').count()).toBe(0);
});

test('what a closed tab has left in the queue is sent by its neighbour', { timeout: 120_000 }, async ({
  cabledBeckon,
  site,
  newVisitor,
  watch,
}) => {
  watch.expect(OFFLINE);
  const { beckon, cable } = await cabledBeckon();
  const address = site.put('/heir.html', pageWithWidget(cable.origin, await beckon.widgetId('single')));
  const one = await newVisitor();
  await one.goto(address);
  const id = await startThread(one, beckon, 'hello');
  const other = await one.context().newPage();
  await other.goto(address);
  await liveChat(other, 'open');
  await chat(other).getByText('hello', { exact: true }).waitFor();
  cable.pull();
  await chat(one).getByText('Reconnecting').waitFor();
  await typeEach(one, ['my last words']);
  await expect.poll(() => shown(one)).toEqual(['hello', 'my last words']);
  await one.close();
  cable.plug();
  await networkIsBack(other);
  // On screen it may stand before it is sent.
  await expect.poll(() => shown(other), PATIENCE).toEqual(['hello', 'my last words']);
  await expect.poll(() => messages(beckon, id), PATIENCE).toEqual(['hello', 'my last words']);
});

test('a message that will not be taken says so, and can be tried again or deleted', async ({
  cabledBeckon,
  site,
  newVisitor,
  watch,
}) => {
  watch.expect(OFFLINE);
  const { beckon, cable } = await cabledBeckon();
  const visitor = await newVisitor();
  await visitor.goto(site.put('/late.html', pageWithWidget(cable.origin, await beckon.widgetId('multi'))));
  const id = await startThread(visitor, beckon, 'in time');
  cable.pull();
  await chat(visitor).getByText('Reconnecting').waitFor();
  await say(visitor, 'too late');
  await chat(visitor).getByRole('log').getByText('too late').waitFor();
  const closed = await beckon.api(`/ccaas/1/conversations/${id}`, { method: 'PATCH', body: { status: 'CLOSED' } });
  expect(closed.status).toBe(200);
  cable.plug();
  await networkIsBack(visitor);
  const failed = chat(visitor).getByRole('alert').filter({ hasText: 'Not sent' });
  await failed.waitFor();
  const again = chat(visitor).getByRole('button', { name: 'Try again' });
  await again.click();
  await failed.waitFor();
  await chat(visitor).getByRole('button', { name: 'Delete' }).click();
  await failed.waitFor({ state: 'detached' });
  await expect.poll(() => shown(visitor)).toEqual(['in time']);
  expect(await messages(beckon, id)).toEqual(['in time']);
});
