import {
  conversation,
  expect,
  focused,
  journal,
  messages,
  pageWithWidget,
  send,
  startThread,
  test,
} from '../src/harness';

test('a working day by keyboard alone: sign in, take, read the card, quick reply, note, solve, next', {
  timeout: 120_000,
}, async ({ ownBeckon, site, newVisitor, newAgent, watch }) => {
  watch.expect(/status of 401/);
  const beckon = await ownBeckon();
  const widget = await beckon.widgetId('multi');
  const open = async (path: string, model: string, text: string) => {
    const visitor = await newVisitor();
    await visitor.goto(site.put(path, pageWithWidget(beckon.origin, widget)));
    await send(visitor, { model, price: { amount: 46900, currency: 'EUR' } });
    return { visitor, id: await startThread(visitor, beckon, text) };
  };
  const second = await open('/second.html', 'Holme', 'anybody there?');
  const first = await open('/first.html', 'Strand', 'what does it cost?');

  const agent = await newAgent({ beckon, email: 'day@example.com', name: 'Maja' });
  const keys = agent.keyboard;
  const made = await agent.context().request.post(`${beckon.origin}/console/1/quick-replies`, {
    data: {
      shortcut: 'price',
      text: 'The {{context.model}} costs {{context.price}}, {{visitor.name}}.',
      shared: false,
    },
    headers: { origin: beckon.origin },
  });
  expect(made.status()).toBe(201);

  // Sign in.
  await agent.context().clearCookies();
  await agent.reload();
  await agent.getByLabel('E-mail').waitFor();
  await keys.type('day@example.com');
  await keys.press('Tab');
  await keys.type('correct horse battery staple');
  await keys.press('Enter');
  await agent.getByRole('link').filter({ hasText: 'what does it cost?' }).waitFor();

  // The first conversation; take it.
  await keys.press('j');
  await agent.getByRole('log').getByText('what does it cost?').waitFor();
  await expect.poll(() => focused(agent)).toBe('Messages');
  await keys.press('a');
  await agent.getByRole('main').getByText('With you', { exact: true }).waitFor();
  expect((await conversation(beckon, first.id)).agentId).not.toBeNull();

  // Read the card and come back.
  await keys.press('F6');
  await expect.poll(() => focused(agent)).toMatch(/Model/);
  await keys.press('ArrowDown');
  await expect.poll(() => focused(agent)).toMatch(/Price/);
  await keys.press('Escape');
  await expect.poll(() => focused(agent)).toMatch(/^Write to/);

  // A quick reply. The visitor has no name: it does not go out until the agent has mended it.
  await keys.type('/pri');
  await agent.getByRole('option', { selected: true }).getByText('/price').waitFor();
  await keys.press('Enter');
  const field = agent.locator('[data-composer]');
  await expect.poll(() => field.inputValue()).toBe('The Strand costs €46,900, {{visitor.name}}.');
  await agent.getByText('No value for visitor.name.').waitFor();
  await keys.press('Enter');
  expect(await messages(beckon, first.id)).toEqual(['what does it cost?']);
  // What is missing stands selected, so that typing replaces it.
  await keys.type('Ana');
  await keys.press('Enter');
  const answer = 'The Strand costs €46,900, Ana.';
  await expect.poll(() => messages(beckon, first.id)).toEqual(['what does it cost?', answer]);

  // A note.
  await keys.press('Escape');
  await keys.press('n');
  await expect.poll(() => focused(agent)).toMatch(/^Write a note/);
  await keys.type('wants it before Easter');
  await keys.press('Control+Enter');
  await agent.getByRole('log').getByText('wants it before Easter').waitFor();
  await expect.poll(async () => (await journal(beckon, first.id)).map(({ event }) => event.kind)).toContain('note');

  // The map, then solve and go on.
  await keys.press('Escape');
  await keys.press('?');
  await agent.getByRole('dialog').getByText('Next conversation').waitFor();
  await keys.press('Escape');
  await keys.press('e');
  await agent.getByRole('log').getByText('You marked the conversation as solved').waitFor();
  await keys.press('j');
  await agent.getByRole('log').getByText('anybody there?').waitFor();
  await agent.locator('[data-context-card]').getByText('Holme').waitFor();
  await expect.poll(() => focused(agent)).toBe('Messages');
  await keys.press('r');
  await expect.poll(() => focused(agent)).toMatch(/^Write to/);
  await keys.type('I am here.');
  await keys.press('Enter');
  await expect.poll(() => messages(beckon, second.id)).toEqual(['anybody there?', 'I am here.']);
  expect((await conversation(beckon, first.id)).status).toBe('SOLVED');
});
