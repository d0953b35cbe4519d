import {
  chat,
  conversationWith,
  expect,
  journal,
  liveChat,
  messages,
  networkIsBack,
  pageWithWidget,
  SocketAgent,
  say,
  send,
  shown,
  startThread,
  test,
} from '../src/harness';

/** A small generator of pseudo-random numbers in [0, 1): the same for the same seed, so a failure can be repeated. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

test('cut ten times while both sides write, both logs end equal and nothing is doubled', { timeout: 240_000 }, async ({
  cabledBeckon,
  site,
  newVisitor,
  watch,
}) => {
  watch.expect(/net::ERR_|WebSocket connection/);
  const { beckon, cable } = await cabledBeckon({ args: ['--visitor-sends', '50', '--visitor-sends-burst', '100'] });
  const visitor = await newVisitor();
  await visitor.goto(site.put('/cuts.html', pageWithWidget(cable.origin, await beckon.widgetId('multi'))));
  const id = await startThread(visitor, beckon, 'visitor 0');
  const colleague = await SocketAgent.signIn(beckon);
  colleague.follow(id);

  const chance = random(20_261_123);
  const written = { visitor: ['visitor 0'], agent: [] as string[] };
  let cuts = 0;
  for (let round = 1; cuts < 10; round += 1) {
    written.visitor.push(`visitor ${round}`);
    await say(visitor, `visitor ${round}`);
    if (chance() < 0.4) {
      cable.cut();
      cuts += 1;
    }
    written.agent.push(`agent ${round}`);
    await colleague.say(id, `agent ${round}`);
    if (chance() < 0.2 && cuts < 10) {
      cable.cut();
      cuts += 1;
    }
    // Now and then both sides meet again before the next cut.
    if (chance() < 0.3) {
      await networkIsBack(visitor);
      await expect.poll(() => shown(visitor), { timeout: 40_000 }).toContain(`agent ${round}`);
    }
  }
  await networkIsBack(visitor);
  const all = written.visitor.length + written.agent.length;
  await expect.poll(async () => (await messages(beckon, id)).length, { timeout: 40_000 }).toBe(all);
  const stored = await messages(beckon, id);
  // Each sender's own order is kept, and nothing is there twice.
  expect(stored.filter((text) => text.startsWith('visitor'))).toEqual(written.visitor);
  expect(stored.filter((text) => text.startsWith('agent'))).toEqual(written.agent);
  await expect.poll(() => shown(visitor), { timeout: 40_000 }).toEqual(stored);
  const heard = () => colleague.heard.flatMap(({ event }) => (event.message ? [event.message.text] : []));
  await expect.poll(heard).toEqual(stored);
  const positions = colleague.heard.map(({ position }) => position);
  expect(positions).toEqual(positions.map((_, at) => at + 1));
  colleague.leave();
});

test('with Beckon away the composer takes messages and says so; back again, each is sent once', {
  timeout: 150_000,
}, async ({ ownBeckon, site, newVisitor, watch }) => {
  watch.expect(/net::ERR_|WebSocket connection/);
  const beckon = await ownBeckon();
  const visitor = await newVisitor();
  await visitor.goto(site.put('/away.html', pageWithWidget(beckon.origin, await beckon.widgetId('multi'))));
  const id = await startThread(visitor, beckon, 'before the break');
  await beckon.kill();
  const notice = chat(visitor).getByText('Reconnecting. You can go on writing');
  await notice.waitFor();
  await say(visitor, 'during the break, one');
  await say(visitor, 'during the break, two');
  await chat(visitor)
    .getByText(/Waiting for a connection|Sending/)
    .waitFor();
  // A message is on screen once the browser has stored it.
  await expect
    .poll(() => shown(visitor))
    .toEqual(['before the break', 'during the break, one', 'during the break, two']);
  await beckon.start();
  await notice.waitFor({ state: 'detached', timeout: 60_000 });
  await expect
    .poll(() => messages(beckon, id), { timeout: 60_000 })
    .toEqual(['before the break', 'during the break, one', 'during the break, two']);
  await chat(visitor)
    .getByText(/· Sent$/)
    .waitFor();
  expect(await shown(visitor)).toEqual(['before the break', 'during the break, one', 'during the break, two']);
});

test('a page that is left while Beckon is away sends what was written from the next page', async ({
  ownBeckon,
  site,
  newVisitor,
  watch,
}) => {
  watch.expect(/net::ERR_|WebSocket connection/);
  const beckon = await ownBeckon();
  const visitor = await newVisitor();
  const address = site.put('/left.html', pageWithWidget(beckon.origin, await beckon.widgetId('multi')));
  await visitor.goto(address);
  const id = await startThread(visitor, beckon, 'still here');
  // This time it goes in order: it says goodbye to open chats and ends.
  expect(await beckon.stop()).toBe(0);
  await chat(visitor).getByText('Reconnecting').waitFor();
  await say(visitor, 'gone already');
  await chat(visitor).getByRole('log').getByText('gone already').waitFor();
  await visitor.goto('about:blank');
  await beckon.start();
  await visitor.goto(address);
  await expect.poll(() => messages(beckon, id), { timeout: 40_000 }).toEqual(['still here', 'gone already']);
});

test('data and a first message written while Beckon is away start one conversation, the data first', async ({
  cabledBeckon,
  site,
  newVisitor,
  watch,
}) => {
  watch.expect(/net::ERR_|WebSocket connection|Failed to load/);
  const { beckon, cable } = await cabledBeckon();
  const visitor = await newVisitor();
  await visitor.goto(site.put('/offline.html', pageWithWidget(cable.origin, await beckon.widgetId('multi'))));
  await liveChat(visitor, 'open');
  await chat(visitor).locator('.ib-widget-message-input').waitFor();
  cable.pull();
  // Nobody waits for the callback: it comes when it is known what became of the call.
  await visitor.evaluate(() => {
    const call = (window as unknown as { liveChat: (...values: unknown[]) => void }).liveChat;
    call('send_contextual_data', { metadata: { basket: 3 } });
  });
  await say(visitor, 'into the dark');
  await chat(visitor).getByRole('log').getByText('into the dark').waitFor();
  cable.plug();
  await networkIsBack(visitor);
  const id = await conversationWith(beckon, 'into the dark');
  expect((await journal(beckon, id)).map(({ event }) => event.kind)).toEqual(['metadata', 'message']);
});

test('an acknowledged message and its data survive a crash of the server', async ({
  ownBeckon,
  site,
  newVisitor,
  watch,
}) => {
  watch.expect(/net::ERR_|WebSocket connection/);
  const beckon = await ownBeckon();
  const visitor = await newVisitor();
  await visitor.goto(site.put('/crash.html', pageWithWidget(beckon.origin, await beckon.widgetId('multi'))));
  await send(visitor, { colour: 'red' });
  await liveChat(visitor, 'open');
  await say(visitor, 'keep this');
  await chat(visitor)
    .getByText(/· Sent$/)
    .waitFor();
  await beckon.kill();
  await beckon.start();
  const id = await conversationWith(beckon, 'keep this');
  expect((await beckon.api(`/ccaas/1/conversations/${id}/metadata`)).text).toBe('{"colour":"red"}');
});

test('two tabs of one visitor show the same conversation, each message once', async ({
  ownBeckon,
  site,
  newVisitor,
}) => {
  const beckon = await ownBeckon();
  const address = site.put('/tabs.html', pageWithWidget(beckon.origin, await beckon.widgetId('multi')));
  const one = await newVisitor();
  await one.goto(address);
  const id = await startThread(one, beckon, 'in the first tab');
  const other = await one.context().newPage();
  await other.goto(address);
  await liveChat(other, 'open');
  await chat(other).getByText('in the first tab').click();
  await expect.poll(() => shown(other)).toEqual(['in the first tab']);
  await say(other, 'in the second tab');
  const both = ['in the first tab', 'in the second tab'];
  await expect.poll(() => shown(one)).toEqual(both);
  await expect.poll(() => shown(other)).toEqual(both);
  expect(await messages(beckon, id)).toEqual(both);
});
