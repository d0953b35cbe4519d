import type { Page } from 'playwright-core';
import { chat, expect, journal, liveChat, pageWithWidget, say, startThread, test } from '../src/harness';

const launcher = (page: Page) => page.locator('#ib-button-messaging');
const bubble = (page: Page) => page.getByRole('group', { name: 'New message' });

test('a message with the window closed shows beside the launcher, and the dot counts what is unread', async ({
  beckon,
  site,
  newVisitor,
  colleague,
}) => {
  const visitor = await newVisitor();
  await visitor.goto(site.put('/bubble.html', pageWithWidget(beckon.origin, await beckon.widgetId('multi'))));
  const first = await startThread(visitor, beckon, 'first thread');
  const second = await startThread(visitor, beckon, 'second thread');
  await colleague.say(second, 'read while it is open');
  await chat(visitor).getByRole('log').getByText('read while it is open').waitFor();
  expect(await bubble(visitor).count()).toBe(0);
  await liveChat(visitor, 'close');

  await colleague.say(first, 'to the first');
  await bubble(visitor).getByText('to the first').waitFor();
  await expect.poll(() => launcher(visitor).getAttribute('aria-label')).toBe('Open chat, 1 unread');
  await colleague.say(second, 'to the second');
  await bubble(visitor).getByText('to the second').waitFor();
  expect(await bubble(visitor).count()).toBe(1);
  expect(await bubble(visitor).innerText()).toContain(colleague.name);
  await expect.poll(() => launcher(visitor).innerText()).toBe('2');
  await bubble(visitor).hover();
  await bubble(visitor).getByRole('button', { name: 'Dismiss message' }).click();
  expect(await bubble(visitor).count()).toBe(0);
  await colleague.say(first, 'and once more');
  await bubble(visitor)
    .getByRole('button', { name: /and once more/ })
    .click();
  await chat(visitor).getByRole('log').getByText('and once more').waitFor();
  await chat(visitor).getByRole('log').getByText('to the first').waitFor();
  expect(await bubble(visitor).count()).toBe(0);
  await expect.poll(() => launcher(visitor).getAttribute('aria-label')).toBe('Close chat');

  await liveChat(visitor, 'hide');
  await colleague.say(first, 'nobody sees this');
  // Counted in silence: it has come.
  await expect.poll(() => launcher(visitor).getAttribute('aria-label')).toBe('Open chat, 2 unread');
  await liveChat(visitor, 'show');
  await expect.poll(() => launcher(visitor).getAttribute('aria-label')).toBe('Open chat, 2 unread');
  expect(await visitor.getByText('nobody sees this').count()).toBe(0);
});

test('writing shows on both sides, and stops showing', async ({ beckon, site, newVisitor, colleague }) => {
  const visitor = await newVisitor();
  await visitor.goto(site.put('/writing.html', pageWithWidget(beckon.origin, await beckon.widgetId('multi'))));
  const id = await startThread(visitor, beckon, 'let us write');
  colleague.follow(id);
  const input = chat(visitor).locator('.ib-widget-message-input');
  await expect.poll(() => colleague.heard.some(({ conversation }) => conversation === id)).toBe(true);
  await input.pressSequentially('half a sentence');
  await expect.poll(() => colleague.hearsTyping(id)).toBe(true);
  await input.fill('');
  await expect.poll(() => colleague.hearsTyping(id)).toBe(false);
  await input.pressSequentially('a whole one');
  await expect.poll(() => colleague.hearsTyping(id)).toBe(true);
  await input.press('Enter');
  await expect.poll(() => colleague.hearsTyping(id)).toBe(false);

  const writing = chat(visitor).getByText(`${colleague.name} is writing`);
  colleague.typing(id, true);
  await writing.waitFor();
  colleague.typing(id, false);
  await writing.waitFor({ state: 'detached' });
  colleague.typing(id, true);
  await writing.waitFor();
  await colleague.say(id, 'my answer');
  await chat(visitor).getByRole('log').getByText('my answer').waitFor();
  await writing.waitFor({ state: 'detached' });
});

test('the last own message says that it was delivered and seen, and that somebody joined', async ({
  beckon,
  site,
  newVisitor,
  colleague,
}) => {
  const visitor = await newVisitor();
  await visitor.goto(site.put('/seen.html', pageWithWidget(beckon.origin, await beckon.widgetId('multi'))));
  const id = await startThread(visitor, beckon, 'does anybody see this?');
  const log = chat(visitor).getByRole('log');
  await log.getByText(/· (Sent|Delivered)$/).waitFor();
  const head = (await journal(beckon, id)).at(-1)?.position ?? 0;
  colleague.cursor(id, head, 'delivered');
  await log.getByText(/· Delivered$/).waitFor();
  colleague.cursor(id, head, 'read');
  await log.getByText(/· Seen$/).waitFor();
  await colleague.command(id, 'take');
  await log.getByText(`${colleague.name} joined`).waitFor();
  await say(visitor, 'and this?');
  await log.getByText(/· Sent$/).waitFor();
  expect(await log.getByText(/· Seen$/).count()).toBe(0);
  // A page later the server still knows.
  colleague.cursor(id, (await journal(beckon, id)).at(-1)?.position ?? 0, 'read');
  await log.getByText(/· Seen$/).waitFor();
  await visitor.reload();
  await liveChat(visitor, 'open');
  await log.getByText(/· Seen$/).waitFor();
});

test('a message is delivered once it stands in the list of an agent who has not opened it', async ({
  ownBeckon,
  site,
  newVisitor,
  newAgent,
}) => {
  const beckon = await ownBeckon();
  const visitor = await newVisitor();
  await visitor.goto(site.put('/listed.html', pageWithWidget(beckon.origin, await beckon.widgetId('multi'))));
  await startThread(visitor, beckon, 'nobody is here yet');
  const log = chat(visitor).getByRole('log');
  await log.getByText(/· Sent$/).waitFor();
  // Read with the page of the list.
  const agent = await newAgent({ beckon });
  await agent.getByRole('link').filter({ hasText: 'nobody is here yet' }).waitFor();
  await log.getByText(/· Delivered$/).waitFor();
  // Come as a row, while a list on screen knows nothing of it.
  await say(visitor, 'and now?');
  await agent.getByRole('link').filter({ hasText: 'and now?' }).waitFor();
  await log.getByText(/· Delivered$/).waitFor();
  expect(await log.getByText(/· (Sent|Seen)$/).count()).toBe(0);
});

test('a new day has its line', async ({ beckon, site, newVisitor, colleague }) => {
  const visitor = await newVisitor();
  await visitor.goto(site.put('/day.html', pageWithWidget(beckon.origin, await beckon.widgetId('multi'))));
  const id = await startThread(visitor, beckon, 'before midnight');
  const log = chat(visitor).getByRole('log');
  await log.getByText('before midnight').waitFor();
  expect(await log.getByRole('heading').count()).toBe(0);
  // The visitor comes back when the day has passed.
  await visitor.clock.install({ time: Date.now() + 24 * 60 * 60 * 1000 });
  await visitor.reload();
  await liveChat(visitor, 'open');
  await log.getByRole('heading', { name: 'Yesterday' }).waitFor();
  await colleague.say(id, 'still the same day on the server');
  await log.getByText('still the same day on the server').waitFor();
  expect(await log.getByRole('heading').allTextContents()).toEqual(['Yesterday']);
});

test('the title counts what is unread when that is asked for, and comes back as it was', async ({
  beckon,
  site,
  newVisitor,
  newAgent,
  colleague,
}) => {
  const widget = await beckon.widgetId('multi');
  const admin = await newAgent();
  const answer = await admin.context().request.patch(`${beckon.origin}/console/1/widgets/${widget}`, {
    data: { title_unread: true, team_name: 'The Norrvik team' },
    headers: { origin: beckon.origin },
  });
  expect(answer.status(), await answer.text()).toBe(200);
  const visitor = await newVisitor();
  await visitor.goto(site.put('/title.html', pageWithWidget(beckon.origin, widget)));
  const id = await startThread(visitor, beckon, 'what is your title?');
  await chat(visitor).getByRole('heading', { name: 'The Norrvik team' }).waitFor();
  await liveChat(visitor, 'close');
  expect(await visitor.title()).toBe('A shop');
  await colleague.say(id, 'one');
  await expect.poll(() => visitor.title()).toBe('(1) A shop');
  await colleague.say(id, 'two');
  await expect.poll(() => visitor.title()).toBe('(2) A shop');
  await visitor.evaluate(() => {
    document.title = 'Another page of the shop';
  });
  await expect.poll(() => visitor.title()).toBe('(2) Another page of the shop');
  await liveChat(visitor, 'open');
  await expect.poll(() => visitor.title()).toBe('Another page of the shop');
});
