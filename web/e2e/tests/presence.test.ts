import type { Page } from 'playwright-core';
import {
  type Beckon,
  chat,
  expect,
  liveChat,
  messages,
  OwnBrowser,
  pageWithWidget,
  SocketAgent,
  say,
  shown,
  startThread,
  test,
} from '../src/harness';

const header = (visitor: Page) => chat(visitor).locator('header');
const reconnecting = (visitor: Page) => chat(visitor).getByText('Reconnecting. You can go on writing');
const lost = (agent: Page) => agent.getByText('The connection is lost');

/** The console with an agent signed in, in a browser that keeps pages that were left. */
async function consoleIn(browser: OwnBrowser, beckon: Beckon): Promise<Page> {
  const [email, password] = ['gone@example.com', 'correct horse battery staple'];
  const names = ['--email', email, '--name', 'Gerda', '--role', 'agent', '--password-stdin'];
  await beckon.admin(['agent', 'create', ...names], `${password}\n`);
  const page = await browser.page();
  const answer = await page.context().request.post(`${beckon.origin}/console/1/session`, {
    data: { email, password },
    headers: { origin: beckon.origin },
  });
  expect(answer.status()).toBe(200);
  await page.goto(`${beckon.origin}/console/`);
  return page;
}

/** What a browser tells a page that somebody looks at it again. */
async function look(page: Page): Promise<void> {
  for (const frame of page.frames()) await frame.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
}

test('an agent whose tab went to another page is not online, and is again on the way back', async ({
  ownBeckon,
  site,
  newVisitor,
}) => {
  const beckon = await ownBeckon();
  const visitor = await newVisitor();
  await visitor.goto(site.put('/online.html', pageWithWidget(beckon.origin, await beckon.widgetId('multi'))));
  await liveChat(visitor, 'open');
  await header(visitor).getByText("We'll answer here").waitFor();
  const browser = await OwnBrowser.start(['--disable-background-timer-throttling']);
  try {
    const agent = await consoleIn(browser, beckon);
    await header(visitor).getByText('Online').waitFor();
    await agent.evaluate(() => Object.assign(window, { kept: true }));
    await agent.goto(site.put('/elsewhere.html', 'elsewhere'));
    await header(visitor).getByText("We'll answer here").waitFor();
    await agent.goBack({ waitUntil: 'commit' });
    await header(visitor).getByText('Online').waitFor();
    // It was the very page, from the browser's cache of pages that were left: a new one would prove nothing.
    expect(await agent.evaluate(() => 'kept' in window)).toBe(true);
  } finally {
    await browser.dispose();
  }
});

test('nothing says that somebody is online while there is no connection', async ({
  ownBeckon,
  site,
  newVisitor,
  newAgent,
  watch,
}) => {
  watch.expect(/net::ERR_|WebSocket connection|Failed to load/);
  const beckon = await ownBeckon();
  const agent = await newAgent({ beckon });
  await agent.goto(`${beckon.origin}/console/#/settings/people`);
  const dots = agent.locator('[data-here]');
  await expect.poll(() => dots.count()).toBe(1);
  const visitor = await newVisitor();
  await visitor.goto(site.put('/green.html', pageWithWidget(beckon.origin, await beckon.widgetId('multi'))));
  await liveChat(visitor, 'open');
  await header(visitor).getByText('Online').waitFor();
  await beckon.kill();
  await reconnecting(visitor).waitFor();
  expect(await header(visitor).getByText('Online').count()).toBe(0);
  await lost(agent).waitFor();
  expect(await dots.count()).toBe(0);
  await beckon.start();
  await look(visitor);
  await look(agent);
  await header(visitor).getByText('Online').waitFor({ timeout: 40_000 });
  await expect.poll(() => dots.count(), { timeout: 40_000 }).toBe(1);
});

test('a connection that died in the device’s sleep is noticed when somebody looks at the page', async ({
  cabledBeckon,
  site,
  newVisitor,
  newAgent,
  watch,
}) => {
  watch.expect(/net::ERR_|WebSocket connection/);
  const { beckon, cable } = await cabledBeckon();
  const visitor = await newVisitor();
  await visitor.goto(site.put('/sleep.html', pageWithWidget(cable.origin, await beckon.widgetId('multi'))));
  const id = await startThread(visitor, beckon, 'before the nap');
  const agent = await newAgent({ beckon });
  await agent.goto(`${cable.origin}/console/#/c/${id}`);
  await agent.getByRole('log').getByText('before the nap').waitFor();
  const colleague = await SocketAgent.signIn(beckon);
  // Nobody is told, as when a laptop was shut: only what asks for an answer finds out.
  cable.deaden();
  await colleague.say(id, 'meanwhile');
  await look(visitor);
  await expect.poll(() => shown(visitor)).toEqual(['before the nap', 'meanwhile']);
  await look(agent);
  await agent.getByRole('log').getByText('meanwhile').waitFor();
  colleague.leave();
});

test('after a restart what both sides wrote leaves as soon as somebody looks', async ({
  ownBeckon,
  site,
  newVisitor,
  newAgent,
  watch,
}) => {
  watch.expect(/net::ERR_|WebSocket connection|Failed to load/);
  const beckon = await ownBeckon();
  const visitor = await newVisitor();
  await visitor.goto(site.put('/restart.html', pageWithWidget(beckon.origin, await beckon.widgetId('multi'))));
  const id = await startThread(visitor, beckon, 'hello');
  const agent = await newAgent({ beckon });
  await agent.goto(`${beckon.origin}/console/#/c/${id}`);
  const field = agent.locator('[data-composer]');
  await field.waitFor();
  await beckon.kill();
  await reconnecting(visitor).waitFor();
  await lost(agent).waitFor();
  await say(visitor, 'from the visitor');
  await field.fill('from the agent');
  await field.press('Enter');
  await beckon.start();
  await look(visitor);
  await look(agent);
  await expect
    .poll(async () => (await messages(beckon, id)).sort())
    .toEqual(['from the agent', 'from the visitor', 'hello']);
});
