import { expect, test } from '../src/harness';

test('the set-up link of the first start makes the first agent, once', async ({ ownBeckon, newVisitor, watch }) => {
  watch.expect(/status of (401|404)/);
  const beckon = await ownBeckon();
  // Printed a moment after the port.
  const printed = () => /http:\/\/\S+\/console\/#\/setup\/\w+(?=\s)/.exec(beckon.output)?.[0];
  await expect.poll(printed).toBeDefined();
  const link = printed();
  const agent = await newVisitor();
  // Before that the console says what to do instead of asking for a password that nobody has.
  await agent.goto(`${beckon.origin}/console/`);
  await agent.getByRole('heading', { name: 'Nobody is set up here yet' }).waitFor();
  await agent.getByText('beckon admin setup-link').waitFor();

  await agent.goto(link as string);
  await agent.reload();
  await agent.getByLabel('Your name').fill('Ana Novak');
  await agent.getByLabel('E-mail').fill('ana@example.com');
  await agent.getByLabel('Password').fill('short');
  await agent.getByRole('button', { name: 'Start answering' }).click();
  await agent.getByText('Use at least 10 characters.').waitFor();
  await agent.getByLabel('Password').fill('long enough for me');
  await agent.getByRole('button', { name: 'Start answering' }).click();
  await agent.getByRole('region', { name: 'Conversations' }).waitFor();
  await agent.getByRole('button', { name: 'Account of Ana Novak' }).waitFor();

  // The link is used up, for everyone.
  const other = await newVisitor();
  await other.goto(link as string);
  await other.getByRole('heading', { name: 'This link does not work any more' }).waitFor();
  await other.getByRole('link', { name: 'Go to sign in' }).click();
  await other.getByLabel('E-mail').fill('ana@example.com');
  await other.getByLabel('Password').fill('not the right one');
  await other.getByRole('button', { name: 'Sign in' }).click();
  await other.getByText('E-mail and password do not belong together').waitFor();
  await other.getByLabel('Password').fill('long enough for me');
  await other.getByRole('button', { name: 'Sign in' }).click();
  await other.getByRole('region', { name: 'Conversations' }).waitFor();
});

test('a new set-up link comes from the command line and works beside the running server', async ({
  ownBeckon,
  newVisitor,
  watch,
}) => {
  watch.expect(/status of (401|404)/);
  const beckon = await ownBeckon();
  const printed = await beckon.admin(['setup-link']);
  const token = /\/console\/#\/setup\/(\S+)/.exec(printed)?.[1];
  expect(token).toBeDefined();
  const agent = await newVisitor();
  await agent.goto(`${beckon.origin}/console/#/setup/${token}`);
  await agent.getByLabel('Your name').waitFor();
  await agent.goto(`${beckon.origin}/console/#/setup/never-made`);
  await agent.getByRole('heading', { name: 'This link does not work any more' }).waitFor();
});

test('signing out ends the session, and its open console with it', async ({ newAgent, watch }) => {
  watch.expect(/status of 401/);
  const agent = await newAgent({ name: 'Ana Novak' });
  const tab = await agent.context().newPage();
  await tab.goto(agent.url());
  await tab.getByRole('region', { name: 'Conversations' }).waitFor();
  await agent.getByRole('button', { name: 'Account of Ana Novak' }).click();
  await agent
    .getByRole('menuitem', { name: 'Sign out' })
    .or(agent.getByRole('button', { name: 'Sign out' }))
    .click();
  await agent.getByLabel('Password').waitFor();
  await agent.reload();
  await agent.getByLabel('Password').waitFor();
  // The other tab learns it without being touched.
  await tab.getByLabel('Password').waitFor();
});
