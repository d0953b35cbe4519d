import type { Page } from 'playwright-core';
import {
  type Beckon,
  context,
  contextText,
  conversations,
  conversationWith,
  expect,
  journal,
  liveChat,
  pageWithWidget,
  say,
  send,
  startThread,
  test,
  until,
} from '../src/harness';

/** Calls a site might make one after the other: removals, replacements, every strategy. */
const CALLS = [
  { metadata: { model: 'Strand', colour: 'sand', wheels: 'Fjell', draft: true }, multiThreadStrategy: 'ACTIVE' },
  { metadata: { colour: null, price: { amount: 46900, currency: 'EUR' } }, multiThreadStrategy: 'ALL' },
  { metadata: { model: 'Holme', extras: [1, 'two'], draft: null }, multiThreadStrategy: 'ALL_PLUS_NEW' },
  { metadata: { colour: 'red' } },
] as const;

/** Makes the calls; with `addresses` each from the next page of the site. */
async function makeCalls(page: Page, addresses: string[] = []): Promise<void> {
  for (const [index, call] of CALLS.entries()) {
    const address = addresses[index % addresses.length];
    if (address) await page.goto(address);
    expect((await liveChat(page, 'send_contextual_data', call)).error).toBeUndefined();
  }
}

/** Presses the button that sends what was typed, and meanwhile asks for the list until a new conversation stands in it. */
async function firstSight(beckon: Beckon, page: Page, text: string): Promise<string> {
  const before = new Set((await conversations(beckon)).map(({ id }) => id));
  const sent = say(page, text);
  const newcomer = async () => (await conversations(beckon)).find(({ id }) => !before.has(id))?.id;
  // Between two lists there is to be no room for a conversation without its data.
  const found = await until('a new conversation', newcomer, { pace: 0 });
  const seen = await contextText(beckon, found);
  await sent;
  return seen;
}

test('Row 3: what was sent before a conversation equals the same calls made while one is open', async ({
  beckon,
  site,
  newVisitor,
}) => {
  const address = site.put('/held.html', pageWithWidget(beckon.origin, await beckon.widgetId('multi')));

  const live = await newVisitor();
  await live.goto(address);
  const lively = await startThread(live, beckon, 'first me, then my data');
  await makeCalls(live);
  const expected = await contextText(beckon, lively);
  expect(JSON.parse(expected)).toEqual({
    model: 'Holme',
    wheels: 'Fjell',
    price: { amount: 46900, currency: 'EUR' },
    extras: [1, 'two'],
    colour: 'red',
  });

  const next = site.put('/held-next.html', pageWithWidget(beckon.origin, await beckon.widgetId('multi')));
  for (const addresses of [[], [next, address]]) {
    const early = await newVisitor();
    await early.goto(address);
    await makeCalls(early, addresses);
    const greeting = `first my data, then me, ${addresses.length} pages`;
    const patient = await startThread(early, beckon, greeting);
    // Text, not only values: the order of the keys is the site's.
    expect(await contextText(beckon, patient)).toBe(expected);
    // It came in one piece, before the message.
    const kinds = (await journal(beckon, patient)).map(({ event }) => event.kind);
    expect(kinds.slice(0, 2)).toEqual(['metadata', 'message']);
  }
});

test('Row 3: held data tells its caller that it is held, and nothing is stored before the first message', async ({
  beckon,
  site,
  newVisitor,
}) => {
  const visitor = await newVisitor();
  await visitor.goto(site.put('/pending.html', pageWithWidget(beckon.origin, await beckon.widgetId('multi'))));
  const before = await conversations(beckon);
  for (const strategy of [undefined, 'ACTIVE', 'ALL', 'ALL_PLUS_NEW'] as const) {
    expect(await send(visitor, { a: 1 }, strategy)).toEqual({ pending: true, conversations: [], ignored: [] });
  }
  await liveChat(visitor, 'open');
  await visitor.frameLocator('#ib-iframe-messaging').locator('.ib-widget-message-input').waitFor();
  // Opening the window begins no conversation.
  expect(await conversations(beckon)).toEqual(before);
});

test('Row 3: held data survives a page change, also one in the middle of the call', async ({
  beckon,
  site,
  newVisitor,
}) => {
  const id = await beckon.widgetId('multi');
  const visitor = await newVisitor();
  const second = site.put('/second.html', pageWithWidget(beckon.origin, id));
  const first = site.put('/first.html', pageWithWidget(beckon.origin, id));
  await visitor.goto(first);
  await send(visitor, { seen: ['first'], colour: 'sand' });
  await visitor.goto(second);
  await send(visitor, { colour: 'red' });
  // The site calls and leaves at once: nobody waits for the callback.
  await visitor.evaluate((address) => {
    const call = (window as unknown as { liveChat: (...values: unknown[]) => void }).liveChat;
    call('send_contextual_data', { metadata: { leftFrom: 'second' } });
    window.location.href = address;
  }, first);
  await visitor.waitForURL(first);
  await visitor.waitForFunction(() => 'beckon' in (window as unknown as { liveChat: object }).liveChat);
  const conversation = await startThread(visitor, beckon, 'three pages later');
  expect(await context(beckon, conversation)).toEqual({ seen: ['first'], colour: 'red', leftFrom: 'second' });
});

test('Row 3: held ALL goes to the first new conversation only, ALL_PLUS_NEW to every later one', async ({
  beckon,
  site,
  newVisitor,
}) => {
  const address = site.put('/first-only.html', pageWithWidget(beckon.origin, await beckon.widgetId('multi')));

  const once = await newVisitor();
  await once.goto(address);
  await send(once, { car: 'Strand' }, 'ALL');
  expect(await context(beckon, await startThread(once, beckon, 'ALL, first'))).toEqual({ car: 'Strand' });
  expect(await context(beckon, await startThread(once, beckon, 'ALL, second'))).toEqual({});

  const always = await newVisitor();
  await always.goto(address);
  await send(always, { car: 'Holme' }, 'ALL_PLUS_NEW');
  expect(await context(beckon, await startThread(always, beckon, 'PLUS, first'))).toEqual({ car: 'Holme' });
  expect(await context(beckon, await startThread(always, beckon, 'PLUS, second'))).toEqual({ car: 'Holme' });
  // The other tabs of this visitor obey too.
  const tab = await always.context().newPage();
  await tab.goto(address);
  expect(await context(beckon, await startThread(tab, beckon, 'PLUS, other tab'))).toEqual({ car: 'Holme' });
});

test('Row 3: held data that is too much together fails at the call, and what was held before stays', async ({
  beckon,
  site,
  newVisitor,
}) => {
  const visitor = await newVisitor();
  await visitor.goto(site.put('/too-much.html', pageWithWidget(beckon.origin, await beckon.widgetId('multi'))));
  const block = (keys: string[]) => Object.fromEntries(keys.map((key) => [key, 'x'.repeat(8000)]));
  const kept = block(['a', 'b', 'c', 'd', 'e']);
  await send(visitor, kept);
  const { error, result } = await liveChat(visitor, 'send_contextual_data', {
    metadata: block(['f', 'g', 'h', 'i', 'j']),
  });
  expect(result).toBeUndefined();
  expect(error?.code).toBe(1203);
  expect(error?.message).toContain('65,536');
  const conversation = await startThread(visitor, beckon, 'as much as fits');
  expect(await context(beckon, conversation)).toEqual(kept);
});

test('Row 3: the first list that shows the new conversation finds its data already there', async ({
  ownBeckon,
  site,
  newVisitor,
}) => {
  // It is asked for its list without a pause, on any machine.
  const beckon = await ownBeckon({ args: ['--key-requests', '1000000'] });
  const visitor = await newVisitor();
  await visitor.goto(site.put('/at-once.html', pageWithWidget(beckon.origin, await beckon.widgetId('multi'))));
  for (const round of [1, 2, 3]) {
    await liveChat(visitor, 'open_new_thread');
    await send(visitor, { round });
    await liveChat(visitor, 'open');
    expect(JSON.parse(await firstSight(beckon, visitor, `round ${round}`))).toEqual({ round });
  }
});

test('Row 3: a conversation begun by the API is another visitor’s business', async ({ beckon, site, newVisitor }) => {
  const visitor = await newVisitor();
  await visitor.goto(site.put('/other.html', pageWithWidget(beckon.origin, await beckon.widgetId('multi'))));
  await send(visitor, { mine: true });
  const answer = await beckon.api<{ id: string }>('/ccaas/1/conversations', { method: 'POST', body: {} });
  expect(answer.status).toBe(200);
  await liveChat(visitor, 'open');
  await say(visitor, 'this one is mine');
  expect(await context(beckon, await conversationWith(beckon, 'this one is mine'))).toEqual({ mine: true });
  expect(await context(beckon, answer.body.id)).toEqual({});
});
