import {
  accessibilityFaults,
  Cable,
  chat,
  chatFrame,
  expect,
  liveChat,
  pageWithWidget,
  startThread,
  test,
} from '../src/harness';

const told = /liveChat: .*public address is/;

test('a Beckon that does not know its address says so to whoever set it up, before a visitor can write', async ({
  ownBeckon,
  site,
  newVisitor,
  watch,
}) => {
  watch.expect(/liveChat:|status of 4/);
  const cable = await Cable.lay();
  try {
    // The flag was forgotten.
    const beckon = await ownBeckon();
    cable.leadTo(beckon.port);
    const visitor = await newVisitor();
    const said: string[] = [];
    visitor.on('console', (message) => said.push(message.text()));
    await visitor.goto(site.put('/forgotten.html', pageWithWidget(cable.origin, await beckon.widgetId('multi'))));
    const { error } = await liveChat(visitor, 'open');
    expect(error).toMatchObject({ code: 1211, name: 'Public address' });
    for (const part of [cable.origin, beckon.origin, '--public-url']) expect(error?.message).toContain(part);
    expect(said.filter((text) => told.test(text))).toHaveLength(1);
    expect(await visitor.locator('#ib-button-messaging').count()).toBe(0);
    const logged = () => beckon.output.split('\n').filter((line) => line.includes('--public-url'));
    await expect.poll(logged).toHaveLength(1);
    expect(logged()[0]).toContain(cable.origin);
    expect(logged()[0]).toContain(beckon.origin);

    const agent = await newVisitor();
    await agent.goto(`${cable.origin}/console/`);
    await agent.getByRole('main').or(agent.locator('body')).first().waitFor();
    const answer = await agent.evaluate(async () => {
      const request = {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{"email":"a@b.c","password":"x"}',
      };
      return (await fetch('/console/1/session', request)).text();
    });
    for (const part of [cable.origin, beckon.origin, '--public-url']) expect(answer).toContain(part);
  } finally {
    await cable.dispose();
  }
});

test('a chat that is open when the address turns out wrong takes no text into nothing', { timeout: 240_000 }, async ({
  cabledBeckon,
  ownBeckon,
  site,
  newVisitor,
  newAgent,
  watch,
}) => {
  watch.expect(/liveChat:|net::ERR_|WebSocket connection|status of 4|Failed to load/);
  const { beckon, cable } = await cabledBeckon();
  const address = site.put('/moved.html', pageWithWidget(cable.origin, await beckon.widgetId('multi')));
  const known = await newVisitor();
  await known.goto(address);
  await startThread(known, beckon, 'hello');
  const unknown = await newVisitor();
  await unknown.goto(address);
  await unknown.locator('#ib-button-messaging').waitFor();
  const agent = await newAgent({ beckon });
  await agent.goto(`${cable.origin}/console/`);
  await agent.getByRole('link').filter({ hasText: 'hello' }).waitFor();
  const said = [known, unknown].map((page) => {
    const texts: string[] = [];
    page.on('console', (message) => texts.push(message.text()));
    return texts;
  });
  await beckon.stop();
  const other = await ownBeckon({ data: beckon.data, args: ['--public-url', 'https://chat.example'] });
  cable.leadTo(other.port);
  // One has a session, and its socket is refused; the other is refused a session.
  await liveChat(unknown, 'open');
  for (const [at, page] of [known, unknown].entries()) {
    const notice = chat(page).getByText("We can't receive messages here");
    await notice.waitFor({ timeout: 40_000 });
    expect(await chat(page).locator('.ib-widget-message-input').count()).toBe(0);
    expect(await accessibilityFaults(await chatFrame(page))).toEqual([]);
    await expect.poll(() => said[at]?.filter((text) => told.test(text))).toHaveLength(1);
    expect(said[at]?.find((text) => told.test(text))).toContain('https://chat.example');
    expect(said[at]?.find((text) => told.test(text))).toContain(cable.origin);
  }
  await agent.getByText(`or start Beckon with --public-url ${cable.origin}`).waitFor({ timeout: 40_000 });
  expect(await accessibilityFaults(agent)).toEqual([]);
});
