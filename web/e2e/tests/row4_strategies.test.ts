import type { Page } from 'playwright-core';
import {
  chat,
  context,
  conversation,
  conversationWith,
  expect,
  journal,
  liveChat,
  pageWithWidget,
  say,
  send,
  startThread,
  test,
} from '../src/harness';

/** Opens an existing conversation from the list, as a visitor does. */
async function showThread(page: Page, preview: string): Promise<void> {
  await liveChat(page, 'open');
  await liveChat(page, 'show_thread_list');
  await chat(page).getByRole('link').or(chat(page).getByRole('button')).filter({ hasText: preview }).click();
  await chat(page).getByRole('log').getByText(preview).waitFor();
}

test('Row 4: ACTIVE goes to the thread on screen, and at a guess to the one used last when the window is closed', async ({
  beckon,
  site,
  newVisitor,
}) => {
  const visitor = await newVisitor();
  await visitor.goto(site.put('/active.html', pageWithWidget(beckon.origin, await beckon.widgetId('multi'))));
  const tyres = await startThread(visitor, beckon, 'about my tyres');
  const seats = await startThread(visitor, beckon, 'about my seats');

  const onSeats = await send(visitor, { shown: 'seats' }, 'ACTIVE');
  expect(onSeats.conversations.map(({ conversationId }) => conversationId)).toEqual([seats]);
  expect(onSeats.conversations[0]?.version).toBe(1);

  await showThread(visitor, 'about my tyres');
  expect((await send(visitor, { shown: 'tyres' })).conversations[0]?.conversationId).toBe(tyres);

  await liveChat(visitor, 'close');
  const guess = { conversationId: tyres, guessed: true };
  expect((await send(visitor, { closedOn: 'tyres' }, 'ACTIVE')).conversations).toMatchObject([guess]);

  // Used last in this browser also means: on an earlier page of it.
  await visitor.reload();
  expect((await send(visitor, { afterReload: true }, 'ACTIVE')).conversations).toMatchObject([guess]);

  expect(await context(beckon, tyres)).toEqual({ shown: 'tyres', closedOn: 'tyres', afterReload: true });
  expect(await context(beckon, seats)).toEqual({ shown: 'seats' });
});

test('Row 4: ACTIVE with the list on screen is a guess, and held for the next conversation as well', async ({
  beckon,
  site,
  newVisitor,
}) => {
  const visitor = await newVisitor();
  await visitor.goto(site.put('/list.html', pageWithWidget(beckon.origin, await beckon.widgetId('multi'))));
  const old = await startThread(visitor, beckon, 'before the list');
  await liveChat(visitor, 'show_thread_list');
  await chat(visitor).getByRole('log').waitFor({ state: 'detached' });
  expect(await send(visitor, { from: 'list' }, 'ACTIVE')).toMatchObject({
    pending: false,
    conversations: [{ conversationId: old, guessed: true }],
  });
  const fresh = await startThread(visitor, beckon, 'after the list');
  expect(await context(beckon, fresh)).toEqual({ from: 'list' });
  expect(await context(beckon, old)).toEqual({ from: 'list' });
});

test('Row 4: ACTIVE with an empty new conversation on screen belongs to that one', async ({
  beckon,
  site,
  newVisitor,
}) => {
  const visitor = await newVisitor();
  await visitor.goto(site.put('/empty.html', pageWithWidget(beckon.origin, await beckon.widgetId('multi'))));
  const old = await startThread(visitor, beckon, 'the old one');
  await liveChat(visitor, 'open_new_thread');
  expect(await send(visitor, { for: 'the new one' }, 'ACTIVE')).toMatchObject({ pending: true, conversations: [] });
  await say(visitor, 'the new one');
  const fresh = await conversationWith(beckon, 'the new one');
  expect(fresh).not.toBe(old);
  expect(await context(beckon, fresh)).toEqual({ for: 'the new one' });
  expect(await context(beckon, old)).toEqual({});
});

test('Row 4: ACTIVE with a closed conversation on screen is held', async ({ beckon, site, newVisitor, colleague }) => {
  const visitor = await newVisitor();
  await visitor.goto(site.put('/closed.html', pageWithWidget(beckon.origin, await beckon.widgetId('multi'))));
  const closed = await startThread(visitor, beckon, 'soon closed');
  await colleague.command(closed, 'close');
  await chat(visitor).getByRole('button', { name: 'New conversation' }).waitFor();
  expect(await send(visitor, { after: 'closing' }, 'ACTIVE')).toMatchObject({ pending: true, conversations: [] });
  expect(await context(beckon, closed)).toEqual({});
  const fresh = await startThread(visitor, beckon, 'a fresh one');
  expect(await context(beckon, fresh)).toEqual({ after: 'closing' });
});

test('Row 4: ALL reaches open and solved conversations, skips closed ones and changes no status', async ({
  beckon,
  site,
  newVisitor,
  colleague,
}) => {
  const visitor = await newVisitor();
  await visitor.goto(site.put('/all.html', pageWithWidget(beckon.origin, await beckon.widgetId('multi'))));
  const closed = await startThread(visitor, beckon, 'to be closed');
  const solved = await startThread(visitor, beckon, 'to be solved');
  const open = await startThread(visitor, beckon, 'to stay open');
  await colleague.command(closed, 'close');
  await colleague.command(solved, 'solve');

  const reached = await send(visitor, { basket: 3 }, 'ALL');
  expect(reached.pending).toBe(false);
  expect(reached.conversations.map(({ conversationId }) => conversationId).sort()).toEqual([open, solved].sort());
  expect(await context(beckon, open)).toEqual({ basket: 3 });
  expect(await context(beckon, solved)).toEqual({ basket: 3 });
  expect(await context(beckon, closed)).toEqual({});
  expect((await conversation(beckon, solved)).status).toBe('SOLVED');
  expect((await conversation(beckon, closed)).status).toBe('CLOSED');
  expect((await conversation(beckon, open)).status).toBe('OPEN');

  // Reached ones had it: nothing is held for the next conversation.
  expect(await context(beckon, await startThread(visitor, beckon, 'later than ALL'))).toEqual({});
});

test('Row 4: ALL_PLUS_NEW reaches what is open and everything that comes', async ({ beckon, site, newVisitor }) => {
  const visitor = await newVisitor();
  await visitor.goto(site.put('/plus.html', pageWithWidget(beckon.origin, await beckon.widgetId('multi'))));
  const one = await startThread(visitor, beckon, 'plus one');
  const two = await startThread(visitor, beckon, 'plus two');
  expect((await send(visitor, { tier: 'gold' }, 'ALL_PLUS_NEW')).conversations).toHaveLength(2);
  const three = await startThread(visitor, beckon, 'plus three');
  for (const id of [one, two, three]) expect(await context(beckon, id)).toEqual({ tier: 'gold' });
});

test('Row 4: a single-thread widget ignores the strategy; with the conversation closed the data waits for the next', async ({
  beckon,
  site,
  newVisitor,
  colleague,
}) => {
  const visitor = await newVisitor();
  await visitor.goto(site.put('/single-thread.html', pageWithWidget(beckon.origin, await beckon.widgetId('single'))));
  await liveChat(visitor, 'open');
  await say(visitor, 'the only one');
  const only = await conversationWith(beckon, 'the only one');
  await liveChat(visitor, 'close');
  let version = 0;
  for (const strategy of [undefined, 'ACTIVE', 'ALL', 'ALL_PLUS_NEW'] as const) {
    version += 1;
    expect((await send(visitor, { version }, strategy)).conversations).toEqual([
      { threadId: expect.any(String), conversationId: only, version },
    ]);
  }
  await colleague.command(only, 'solve');
  expect((await send(visitor, { solved: true })).conversations[0]?.conversationId).toBe(only);
  expect((await conversation(beckon, only)).status).toBe('SOLVED');

  await colleague.command(only, 'close');
  await liveChat(visitor, 'open');
  const again = chat(visitor).getByRole('button', { name: 'New conversation' });
  await again.waitFor();
  expect(await send(visitor, { closed: true }, 'ALL')).toMatchObject({ pending: true, conversations: [] });
  await again.click();
  await say(visitor, 'the next one');
  // ALL_PLUS_NEW means nothing here: what was held arrives, with what this page view had sent.
  const next = { version: 4, solved: true, closed: true };
  expect(await context(beckon, await conversationWith(beckon, 'the next one'))).toEqual(next);
  expect(await context(beckon, only)).toEqual({ version: 4, solved: true });
});

test('Row 4: opening an older conversation gives it a copy, and the data still waits for the new one', async ({
  beckon,
  site,
  newVisitor,
  colleague,
}) => {
  const id = await beckon.widgetId('multi');
  const visitor = await newVisitor();
  const address = site.put('/copy.html', pageWithWidget(beckon.origin, id));
  await visitor.goto(address);
  const old = await startThread(visitor, beckon, 'last week');
  await colleague.command(old, 'solve');
  // A new tab: nothing has been on screen in it, and nothing that is solved is guessed.
  const tab = await visitor.context().newPage();
  await visitor.close();
  await tab.goto(address);
  expect(await send(tab, { car: 'Skerry' }, 'ACTIVE')).toMatchObject({ pending: true });
  await showThread(tab, 'last week');
  await expect.poll(() => context(beckon, old)).toEqual({ car: 'Skerry' });
  expect(await context(beckon, await startThread(tab, beckon, 'this week'))).toEqual({ car: 'Skerry' });
});

test('Row 4: data sent just before a message is stored before it', async ({ beckon, site, newVisitor }) => {
  const visitor = await newVisitor();
  await visitor.goto(site.put('/just-before.html', pageWithWidget(beckon.origin, await beckon.widgetId('multi'))));
  const id = await startThread(visitor, beckon, 'message 0');
  for (const round of [1, 2, 3, 4]) {
    await chat(visitor).locator('.ib-widget-message-input').fill(`message ${round}`);
    // The call and the click follow each other without waiting for anything.
    await visitor.evaluate((value) => {
      const call = (window as unknown as { liveChat: (...values: unknown[]) => void }).liveChat;
      call('send_contextual_data', { metadata: { round: value }, multiThreadStrategy: value % 2 ? 'ACTIVE' : 'ALL' });
    }, round);
    await chat(visitor).locator('[data-testid="input-submit"]').click();
    await chat(visitor).getByRole('log').getByText(`message ${round}`).waitFor();
  }
  const told = async () =>
    (await journal(beckon, id)).flatMap(({ event }) =>
      event.kind === 'metadata' ? [`data ${event.changes?.[0]?.to}`] : event.message ? [event.message.text] : [],
    );
  const rounds = [1, 2, 3, 4].flatMap((round) => [`data ${round}`, `message ${round}`]);
  await expect.poll(told).toEqual(['message 0', ...rounds]);
});

test('Row 4: data sent just after the first message still reaches the conversation that it begins', async ({
  beckon,
  site,
  newVisitor,
}) => {
  const visitor = await newVisitor();
  await visitor.goto(site.put('/just-after.html', pageWithWidget(beckon.origin, await beckon.widgetId('multi'))));
  for (const round of [1, 2, 3]) {
    await liveChat(visitor, 'open_new_thread');
    await liveChat(visitor, 'open');
    await say(visitor, `begins ${round}`);
    // Whether the first message has arrived by now is a matter of luck, and must not matter.
    const { error, result } = await liveChat(visitor, 'send_contextual_data', { metadata: { round } });
    expect(error).toBeUndefined();
    const id = await conversationWith(beckon, `begins ${round}`);
    expect(result?.conversations.map(({ conversationId }) => conversationId)).toEqual([id]);
    expect(await context(beckon, id)).toEqual({ round });
  }
});
