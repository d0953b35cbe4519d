import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import {
  chat,
  chatFrame,
  context,
  conversationWith,
  expect,
  liveChat,
  messages,
  networkIsBack,
  OwnBrowser,
  pageWithWidget,
  SocketAgent,
  say,
  send,
  shown,
  startThread,
  test,
} from '../src/harness';

/** The token of the visitor's session, as the frame keeps it. */
async function tokenOf(page: Page, widget: string): Promise<string> {
  const frame = await chatFrame(page);
  return frame.evaluate((name) => JSON.parse(localStorage.getItem(name) ?? '{}').token, `beckon:${widget}`);
}

/** What the site's own storage keeps for the widget. */
function siteKeeps(page: Page, widget: string): Promise<{ handles?: { handle: string }[]; known?: boolean }> {
  return page.evaluate((name) => JSON.parse(localStorage.getItem(name) ?? '{}'), `beckon:${widget}`);
}

const main = (page: Page) => chat(page).locator('main').innerText();

test('logout ends the session in all tabs, and the next person finds nothing', async ({ beckon, site, newVisitor }) => {
  const widget = await beckon.widgetId('multi');
  const url = site.put('/shared-computer.html', pageWithWidget(beckon.origin, widget));
  const first = await newVisitor();
  await first.goto(url);
  const second = await first.context().newPage();
  await second.goto(url);
  // Nobody has a session yet.
  expect((await liveChat(second, 'logout')).error).toBeUndefined();
  await send(first, { user: 'the one before' }, 'ALL_PLUS_NEW');
  await startThread(first, beckon, 'secret of the one before');
  await liveChat(second, 'open');
  await chat(second).getByText('secret of the one before').first().waitFor();
  const token = await tokenOf(first, widget);

  expect(await liveChat(first, 'logout')).toEqual({ result: {} });
  for (const page of [first, second]) {
    await expect.poll(() => main(page)).not.toContain('the one before');
    await expect.poll(() => tokenOf(page, widget)).toBeUndefined();
  }
  const asks = () => fetch(`${beckon.origin}/livechat/1/threads`, { headers: { authorization: `Bearer ${token}` } });
  await expect.poll(async () => (await asks()).status).toBe(401);
  expect((await siteKeeps(first, widget)).known).toBeUndefined();
  expect(await liveChat(first, 'logout')).toEqual({ result: {} });

  await second.reload();
  const id = await startThread(second, beckon, 'question of the next one');
  expect(await context(beckon, id)).toEqual({});
  expect(await shown(second)).toEqual(['question of the next one']);
});

test('logout without a connection: calls that wait are answered 1205 and never stored, and the server hears of it later', async ({
  cabledBeckon,
  site,
  newVisitor,
  watch,
}) => {
  watch.expect(/net::ERR_|WebSocket connection/);
  const { beckon, cable } = await cabledBeckon();
  const widget = await beckon.widgetId('multi');
  const visitor = await newVisitor();
  await visitor.goto(site.put('/cut-off.html', pageWithWidget(cable.origin, widget)));
  const id = await startThread(visitor, beckon, 'before the tunnel');
  const token = await tokenOf(visitor, widget);
  cable.pull();
  const waits = liveChat(visitor, 'send_contextual_data', { metadata: { late: 1 }, multiThreadStrategy: 'ALL' });
  await say(visitor, 'never sent');
  await chat(visitor).getByText('never sent').waitFor();
  expect(await liveChat(visitor, 'logout')).toEqual({ result: {} });
  expect((await waits).error?.code).toBe(1205);
  await expect.poll(() => main(visitor)).not.toContain('the tunnel');
  // The next page, too, knows what is to be told.
  cable.plug();
  await visitor.reload();
  await liveChat(visitor, 'open');
  const asks = () => fetch(`${beckon.origin}/livechat/1/threads`, { headers: { authorization: `Bearer ${token}` } });
  await expect.poll(async () => (await asks()).status, { timeout: 40_000 }).toBe(401);
  expect(await context(beckon, id)).toEqual({});
  expect(await messages(beckon, id)).toEqual(['before the tunnel']);
});

test('another database answers for a while, and visitor and agent are who they were', { timeout: 240_000 }, async ({
  cabledBeckon,
  ownBeckon,
  site,
  newVisitor,
  newAgent,
  watch,
}) => {
  watch.expect(/net::ERR_|WebSocket connection|status of 401|status of 404/);
  const { beckon, cable } = await cabledBeckon();
  const widget = await beckon.widgetId('multi');
  // One that knows the widget, as an old copy does, and one that knows nothing.
  await beckon.stop();
  const copy = await mkdtemp(join(tmpdir(), 'beckon-e2e-copy-'));
  await cp(beckon.data, copy, { recursive: true });
  await beckon.start();
  cable.leadTo(beckon.port);
  const args = ['--public-url', cable.origin];
  const stranger = await ownBeckon({ args });
  const old = await ownBeckon({ args, data: copy });
  const visitor = await newVisitor();
  await visitor.goto(site.put('/wrong.html', pageWithWidget(cable.origin, widget)));
  const id = await startThread(visitor, beckon, 'before the accident');
  const token = await tokenOf(visitor, widget);
  const desk = await newAgent({ beckon });
  await desk.getByText('before the accident').first().waitFor();

  // What is written while nobody knows the widget waits.
  cable.leadTo(stranger.port);
  cable.cut();
  await say(visitor, 'is anybody there');
  await chat(visitor).getByText('is anybody there').waitFor();
  await networkIsBack(visitor);
  // Where the widget is known, a substitute is made with it.
  cable.leadTo(old.port);
  cable.cut();
  await networkIsBack(visitor);
  const there = await conversationWith(old, 'is anybody there');
  expect(await messages(old, there)).toContain('is anybody there');
  expect(await tokenOf(visitor, widget)).not.toBe(token);

  cable.leadTo(beckon.port);
  cable.cut();
  await networkIsBack(visitor);
  await expect
    .poll(() => messages(beckon, id), { timeout: 60_000 })
    .toEqual(['before the accident', 'is anybody there']);
  expect(await tokenOf(visitor, widget)).toBe(token);
  await expect.poll(() => shown(visitor), { timeout: 40_000 }).toEqual(['before the accident', 'is anybody there']);
  const colleague = await SocketAgent.signIn(beckon);
  await colleague.say(id, 'here we are again');
  await chat(visitor).getByText('here we are again').waitFor({ timeout: 40_000 });
  await networkIsBack(desk);
  await desk.getByText('here we are again').first().waitFor({ timeout: 40_000 });
  colleague.leave();
  await rm(copy, { recursive: true, force: true });
});

test('a browser that gives the frame no storage keeps its visitor by a handle, unless the widget keeps none', {
  timeout: 120_000,
}, async ({ beckon, site }) => {
  const widget = await beckon.widgetId('multi');
  const url = site.put('/no-storage.html', pageWithWidget(beckon.origin, widget));
  // What test tools switch off.
  const own = await OwnBrowser.start(['--disable-features=ThirdPartyStoragePartitioning,HttpsUpgrades']);
  try {
    const visitor = await own.page();
    const lines: string[] = [];
    visitor.on('console', (message) => lines.push(message.text()));
    await visitor.goto(url);
    const id = await startThread(visitor, beckon, 'nothing is kept here');
    await expect.poll(async () => (await siteKeeps(visitor, widget)).handles?.length).toBe(1);
    let before = (await siteKeeps(visitor, widget)).handles?.[0]?.handle;
    for (const round of [1, 2]) {
      lines.length = 0;
      await visitor.reload();
      await liveChat(visitor, 'open');
      await expect.poll(() => main(visitor), { timeout: 40_000 }).toContain('nothing is kept here');
      const now = (await siteKeeps(visitor, widget)).handles?.map(({ handle }) => handle);
      expect(now, `round ${round}`).toHaveLength(1);
      expect(now?.[0]).not.toBe(before);
      before = now?.[0];
      expect(lines.filter((line) => line.includes('keeps no storage'))).toHaveLength(1);
    }
    // It ends with the session, and nobody comes back by it.
    expect((await liveChat(visitor, 'logout')).error).toBeUndefined();
    await expect.poll(() => siteKeeps(visitor, widget)).toEqual({ era: expect.any(String) });
    await visitor.reload();
    await liveChat(visitor, 'open');
    await chat(visitor).locator('.ib-widget-message-input').waitFor();
    expect(await main(visitor)).not.toContain('nothing is kept here');
    expect(await messages(beckon, id)).toEqual(['nothing is kept here']);
  } finally {
    await own.dispose();
  }
});

test('a frame whose storage is forgotten is found out once, and comes back from then on', async ({
  beckon,
  site,
  newVisitor,
}) => {
  const widget = await beckon.widgetId('multi');
  const url = site.put('/forgetful.html', pageWithWidget(beckon.origin, widget));
  const visitor = await newVisitor();
  const forget = async () => {
    await (await chatFrame(visitor)).evaluate(async () => {
      localStorage.clear();
      sessionStorage.clear();
      for (const { name } of await indexedDB.databases()) if (name) indexedDB.deleteDatabase(name);
    });
  };
  await visitor.goto(url);
  await startThread(visitor, beckon, 'the first time');
  expect((await siteKeeps(visitor, widget)).handles, 'where frames keep what they store').toBeUndefined();
  await forget();
  await visitor.reload();
  await startThread(visitor, beckon, 'the second time');
  await expect.poll(async () => (await siteKeeps(visitor, widget)).handles?.length).toBe(1);
  await forget();
  await visitor.reload();
  await liveChat(visitor, 'open');
  await expect.poll(() => main(visitor), { timeout: 40_000 }).toContain('the second time');
});
