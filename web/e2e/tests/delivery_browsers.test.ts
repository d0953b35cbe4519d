import {
  type Beckon,
  Cable,
  chat,
  conversations,
  conversationWith,
  expect,
  liveChat,
  messages,
  networkIsBack,
  numbered,
  OwnBrowser,
  pageWithWidget,
  say,
  shown,
  test,
  typeEach,
} from '../src/harness';

const OFFLINE = /net::ERR_|WebSocket connection|Failed to load/;
/** A guard: far more than delivery takes. */
const PATIENCE = { timeout: 40_000 };

/** How often a text stands in any conversation. */
async function stored(beckon: Beckon, text: string): Promise<number> {
  const all = await Promise.all((await conversations(beckon)).map(({ id }) => messages(beckon, id)));
  return all.flat().filter((one) => one === text).length;
}

test('a browser that is killed after Enter sends the message at the next page, once', {
  timeout: 150_000,
}, async ({ cabledBeckon, site }) => {
  const { beckon, cable } = await cabledBeckon();
  const address = site.put('/killed.html', pageWithWidget(cable.origin, await beckon.widgetId('multi')));
  const browser = await OwnBrowser.start();
  const next = async () => {
    const page = await browser.page();
    await page.goto(address);
    return page;
  };
  try {
    // On the wire or not, stored or not: nobody knows.
    let page = await next();
    await liveChat(page, 'open');
    // Of a page's own storage browsers keep the last seconds in memory. A visitor takes as long to write.
    await browser.hasWrittenDown('"open":true');
    await typeEach(page, ['at once']);
    await chat(page).getByRole('log').getByText('at once').waitFor();
    await browser.kill();
    await browser.start();
    page = await next();
    const id = await conversationWith(beckon, 'at once');
    // Without a network it was certainly not.
    await liveChat(page, 'open');
    await chat(page).getByText('at once').first().click();
    await expect.poll(() => shown(page)).toEqual(['at once']);
    cable.pull();
    await chat(page).getByText('Reconnecting').waitFor();
    await typeEach(page, ['offline, one', 'offline, two']);
    await expect.poll(() => shown(page)).toEqual(['at once', 'offline, one', 'offline, two']);
    await browser.kill();
    cable.plug();
    await browser.start();
    // Nobody opens the chat.
    await next();
    await expect.poll(() => messages(beckon, id), PATIENCE).toEqual(['at once', 'offline, one', 'offline, two']);
    for (const text of ['at once', 'offline, one', 'offline, two']) expect(await stored(beckon, text)).toBe(1);
  } finally {
    await browser.dispose();
  }
});

test('a first message that could not be sent leaves with the next page, and nobody opens the chat', async ({
  cabledBeckon,
  site,
  newVisitor,
  watch,
}) => {
  watch.expect(OFFLINE);
  const { beckon, cable } = await cabledBeckon();
  const address = site.put('/first.html', pageWithWidget(cable.origin, await beckon.widgetId('single')));
  const visitor = await newVisitor();
  await visitor.goto(address);
  await liveChat(visitor, 'open');
  await chat(visitor).locator('.ib-widget-message-input').waitFor();
  cable.pull();
  await typeEach(visitor, ['written offline']);
  await expect.poll(() => shown(visitor)).toEqual(['written offline']);
  cable.plug();
  await visitor.goto(address);
  await conversationWith(beckon, 'written offline');
  expect(await stored(beckon, 'written offline')).toBe(1);
});

test('plain http on an office network, without locks and randomUUID: everything arrives once', {
  timeout: 150_000,
}, async ({ ownBeckon, site }) => {
  const cable = await Cable.lay();
  const beckon = await ownBeckon({ args: ['--public-url', cable.origin.replace('localhost', 'chat.lan')] });
  cable.leadTo(beckon.port);
  const lan = cable.origin.replace('localhost', 'chat.lan');
  const browser = await OwnBrowser.start(['--host-resolver-rules=MAP *.lan 127.0.0.1']);
  try {
    site.put('/office.html', pageWithWidget(lan, await beckon.widgetId('single')));
    const address = `${site.origin.replace('127.0.0.1', 'shop.lan')}/office.html`;
    const open = async () => {
      const page = await browser.page();
      await page.goto(address);
      await liveChat(page, 'open');
      return page;
    };
    const one = await open();
    await say(one, 'hello');
    const id = await conversationWith(beckon, 'hello');
    const input = chat(one).locator('.ib-widget-message-input');
    const missing = await input.evaluate(() => [isSecureContext, 'locks' in navigator, 'randomUUID' in crypto]);
    expect(missing).toEqual([false, false, false]);
    const two = await open();
    await chat(two).getByText('hello', { exact: true }).waitFor();
    cable.pull();
    for (const [number, tab] of [one, two].entries()) {
      await chat(tab).getByText('Reconnecting').waitFor();
      await typeEach(tab, numbered(`tab ${number}`, 3));
      await expect.poll(() => shown(tab)).toEqual(['hello', ...numbered(`tab ${number}`, 3)]);
    }
    cable.plug();
    // A third page takes everything that waits, also what living tabs are about to send.
    const three = await open();
    for (const tab of [one, two]) await networkIsBack(tab);
    await expect.poll(async () => (await messages(beckon, id)).length, PATIENCE).toBe(7);
    const all = await messages(beckon, id);
    for (const number of [0, 1]) {
      expect(all.filter((text) => text.startsWith(`tab ${number} `))).toEqual(numbered(`tab ${number}`, 3));
    }
    for (const tab of [one, two, three]) await expect.poll(() => shown(tab), PATIENCE).toEqual(all);
  } finally {
    await browser.dispose();
    await cable.dispose();
  }
});
