import type { Page } from 'playwright-core';
import {
  chat,
  context,
  expect,
  journal,
  liveChat,
  look,
  pageWithWidget,
  say,
  send,
  shown,
  startThread,
  test,
  watchable,
} from '../src/harness';

/** Another tab of this visitor's browser. */
async function tabOf(visitor: Page, address: string, hidden = false): Promise<Page> {
  const tab = await visitor.context().newPage();
  await watchable(tab, hidden);
  await tab.goto(address);
  return tab;
}

test('a call from a second tab reaches the agent at once, says that it is a guess, and open shows the conversation', async ({
  beckon,
  site,
  newVisitor,
}) => {
  const first = await newVisitor();
  const widget = await beckon.widgetId('multi');
  await first.goto(site.put('/a.html', pageWithWidget(beckon.origin, widget)));
  const id = await startThread(first, beckon, 'which size fits');
  const second = await tabOf(first, site.put('/b.html', pageWithWidget(beckon.origin, widget)));
  for (const strategy of [undefined, 'ACTIVE'] as const) {
    const answer = await send(second, { product: `second tab, ${strategy}` }, strategy);
    expect(answer).toMatchObject({ pending: false, conversations: [{ conversationId: id, guessed: true }] });
    expect(await context(beckon, id)).toEqual({ product: `second tab, ${strategy}` });
  }
  // The page may leave the strategy open in either way.
  const { error } = await liveChat(second, 'send_contextual_data', {
    metadata: { size: 42 },
    multiThreadStrategy: null,
  });
  expect(error).toBeUndefined();
  expect(await context(beckon, id)).toEqual({ product: 'second tab, ACTIVE', size: 42 });
  const told = (await journal(beckon, id)).filter(({ event }) => event.kind === 'metadata').at(-1)?.event;
  expect(told).toMatchObject({ guessed: true, made: [{ page: `${site.origin}/b.html` }] });

  await liveChat(second, 'open');
  await expect.poll(() => shown(second)).toContain('which size fits');
  // It is on screen now, so nothing is guessed, and the new conversation has the guesses as well.
  expect((await send(second, { size: 43 })).conversations).toEqual([
    { threadId: expect.any(String), conversationId: id, version: expect.any(Number) },
  ]);
  const fresh = await startThread(second, beckon, 'and in blue?');
  expect(await context(beckon, fresh)).toEqual({ product: 'second tab, ACTIVE', size: 43 });
});

test('a tab that was open before the visitor had a session knows of the conversation begun in another one', async ({
  beckon,
  site,
  newVisitor,
}) => {
  const first = await newVisitor();
  const widget = await beckon.widgetId('multi');
  await first.goto(site.put('/left.html', pageWithWidget(beckon.origin, widget)));
  const second = await tabOf(first, site.put('/right.html', pageWithWidget(beckon.origin, widget)));
  // Its chat is loaded, and the visitor has no session yet.
  expect(await send(second, { early: true })).toMatchObject({ pending: true });
  const id = await startThread(first, beckon, 'begun on the left');
  expect(await send(second, { product: 'on the right' })).toMatchObject({
    pending: false,
    conversations: [{ conversationId: id, guessed: true }],
  });
  expect(await context(beckon, id)).toEqual({ product: 'on the right' });
});

test('of two tabs that push without pause only the visible one reaches the agent', async ({
  beckon,
  site,
  newVisitor,
}) => {
  const first = await newVisitor();
  await watchable(first);
  const widget = await beckon.widgetId('multi');
  await first.goto(site.put('/one.html', pageWithWidget(beckon.origin, widget)));
  const id = await startThread(first, beckon, 'two tabs');
  const second = await tabOf(first, site.put('/two.html', pageWithWidget(beckon.origin, widget)), true);
  // So that its chat is loaded.
  expect((await send(second, { all: true }, 'ALL')).conversations).toHaveLength(1);

  const push = (page: Page, from: string) =>
    page.evaluate((name) => {
      const { liveChat: call } = window as unknown as { liveChat: (...given: unknown[]) => void };
      let n = 0;
      const counts = window as unknown as { answered: number; timer: number };
      counts.answered = 0;
      counts.timer = window.setInterval(() => {
        n += 1;
        call('send_contextual_data', { metadata: { from: name, n, [name]: n } }, () => {
          counts.answered += 1;
        });
      }, 200);
    }, from);
  const answered = (page: Page) => page.evaluate('window.answered');
  await push(first, 'one');
  await push(second, 'two');
  await expect.poll(() => answered(first), { timeout: 60_000 }).toBeGreaterThan(15);
  expect(await answered(second)).toBe(0);
  const values = async () =>
    (await journal(beckon, id)).flatMap(({ event }) => event.changes?.filter(({ key }) => key === 'from') ?? []);
  expect(new Set((await values()).map(({ to }) => to))).toEqual(new Set(['"one"']));
  expect(await context(beckon, id)).not.toHaveProperty('two');

  // The customer turns to the other tab: what waited there is written, and what comes after it.
  await look(first, false);
  await look(second, true);
  await expect.poll(() => answered(second), { timeout: 60_000 }).toBeGreaterThan(0);
  await expect
    .poll(async () => (await context(beckon, id)) as object, { timeout: 60_000 })
    .toMatchObject({ from: 'two' });
  for (const page of [first, second]) await page.evaluate('clearInterval(window.timer)');
});

test('a call in a hidden tab is written when no other tab is visible', async ({ beckon, site, newVisitor }) => {
  const first = await newVisitor();
  await watchable(first);
  const widget = await beckon.widgetId('multi');
  await first.goto(site.put('/alone.html', pageWithWidget(beckon.origin, widget)));
  const id = await startThread(first, beckon, 'soon alone');
  const second = await tabOf(first, site.put('/waiting.html', pageWithWidget(beckon.origin, widget)), true);
  await send(second, { all: true }, 'ALL');
  const waiting = send(second, { waited: true });
  // What comes after it in the visible tab is answered before it.
  await send(first, { visible: true });
  expect(await context(beckon, id)).toEqual({ all: true, visible: true });
  await first.close();
  expect(await waiting).toMatchObject({ pending: false, conversations: [{ conversationId: id, guessed: true }] });
  expect(await context(beckon, id)).toEqual({ all: true, visible: true, waited: true });
});

test('a conversation that an agent starts gets what the tab looked at last holds, and no other', async ({
  beckon,
  site,
  newVisitor,
  colleague,
}) => {
  const first = await newVisitor();
  await watchable(first);
  const widget = await beckon.widgetId('multi');
  await first.goto(site.put('/shelf.html', pageWithWidget(beckon.origin, widget)));
  const closed = await startThread(first, beckon, 'to be closed soon');
  await colleague.command(closed, 'close');
  await chat(first).getByText('closed this conversation').first().waitFor();
  expect(await send(first, { car: 'Fjord' })).toMatchObject({ pending: true });
  const second = await tabOf(first, site.put('/other.html', pageWithWidget(beckon.origin, widget)));
  await look(first, false);
  expect(await send(second, { car: 'Lagoon' })).toMatchObject({ pending: true });
  type Rows = { rows: { conversation: string; visitor: { id: string } }[] };
  const { body } = await beckon.api<Rows>('/ccaas/1/inbox?view=all&limit=200');
  const visitorId = body.rows.find((row) => row.conversation === closed)?.visitor.id;
  const made = await beckon.api<{ id: string }>('/ccaas/1/conversations', {
    method: 'POST',
    body: { visitorId, topic: 'a word about your order' },
  });
  expect(made.status).toBe(200);
  await expect.poll(() => context(beckon, made.body.id)).toEqual({ car: 'Lagoon' });
  // It stays held where it was.
  await look(first, true);
  await liveChat(first, 'open_new_thread');
  await say(first, 'mine');
  await expect.poll(async () => (await journal(beckon, made.body.id)).length).toBeGreaterThan(0);
});
