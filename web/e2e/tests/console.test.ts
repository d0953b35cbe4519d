import { expect, focused, messages, pageWithWidget, say, send, startThread, tabTo, test } from '../src/harness';

test('an agent works with the keyboard alone: sign in, open, read the card, answer, solve, sign out', async ({
  beckon,
  site,
  newVisitor,
  newAgent,
  watch,
}) => {
  watch.expect(/status of 401/);
  const visitor = await newVisitor();
  await visitor.goto(site.put('/keys.html', pageWithWidget(beckon.origin, await beckon.widgetId('multi'))));
  await send(visitor, { model: 'Holme', wheels: 'Tind' });
  const conversation = await startThread(visitor, beckon, 'no mouse needed');

  const agent = await newAgent({ email: 'keys@example.com' });
  await agent.context().clearCookies();
  await agent.reload();
  await agent.getByLabel('E-mail').waitFor();
  await agent.keyboard.type('keys@example.com');
  await agent.keyboard.press('Tab');
  await agent.keyboard.type('correct horse battery staple');
  await agent.keyboard.press('Enter');

  await agent.getByRole('link').filter({ hasText: 'no mouse needed' }).waitFor();
  await tabTo(agent, /no mouse needed/);
  await agent.keyboard.press('Enter');
  await agent.locator('[data-context-card]').getByText('Holme').waitFor();
  await expect.poll(() => focused(agent)).toMatch(/^Write to/);

  await agent.keyboard.press('F6');
  await expect.poll(() => focused(agent)).toMatch(/Model/);
  await agent.keyboard.press('ArrowDown');
  await expect.poll(() => focused(agent)).toMatch(/Wheels/);
  await agent.keyboard.press('Escape');
  await expect.poll(() => focused(agent)).toMatch(/^Write to/);

  await agent.keyboard.type('first line');
  await agent.keyboard.press('Shift+Enter');
  await agent.keyboard.type('second line');
  await agent.keyboard.press('Enter');
  await expect.poll(() => messages(beckon, conversation)).toEqual(['no mouse needed', 'first line\nsecond line']);

  await agent.keyboard.press('Alt+I');
  await expect.poll(() => focused(agent)).toMatch(/Wheels/);
  await tabTo(agent, /^Solve$/);
  await agent.keyboard.press('Enter');
  await agent.getByRole('log').getByText('You marked the conversation as solved').waitFor();

  await tabTo(agent, /Account of/);
  await agent.keyboard.press('Enter');
  await expect.poll(() => focused(agent)).toMatch(/sound|notifications/);
  await agent.keyboard.press('ArrowUp');
  await expect.poll(() => focused(agent)).toBe('Sign out');
  await agent.keyboard.press('Enter');
  await agent.getByRole('heading', { name: 'Good to see you' }).waitFor();
});

test('what waits to be read is in the title and in the icon, until it was read', async ({
  ownBeckon,
  site,
  newVisitor,
  newAgent,
}) => {
  const beckon = await ownBeckon();
  const agent = await newAgent({ beckon });
  const icon = () => agent.locator('link[rel=icon]').getAttribute('href');
  await agent.getByRole('heading', { name: 'Nobody has written yet' }).waitFor();
  expect(await agent.title()).toBe('Beckon');
  const calm = await icon();

  const visitor = await newVisitor();
  await visitor.goto(site.put('/title.html', pageWithWidget(beckon.origin, await beckon.widgetId('multi'))));
  await startThread(visitor, beckon, 'anybody there?');
  await expect.poll(() => agent.title()).toBe('(1) Beckon');
  await expect.poll(icon).not.toBe(calm);

  await agent.getByRole('link').filter({ hasText: 'anybody there?' }).click();
  await expect.poll(() => agent.title()).toBe('Beckon');
  await expect.poll(icon).toBe(calm);

  // Read is what is on screen: what comes while another conversation is open still waits.
  await agent.getByRole('link', { name: 'Inbox' }).click();
  await say(visitor, 'hello?');
  await expect.poll(() => agent.title()).toBe('(1) Beckon');
});
