import { expect, Tour, test } from '../src/harness';

const tour = new Tour('entrance');

test('every state on the way into the console is clean to axe, light and dark', async ({
  ownBeckon,
  newVisitor,
  watch,
}) => {
  watch.expect(/status of (400|401|404)|net::ERR_|WebSocket connection/);
  const beckon = await ownBeckon();
  const console = `${beckon.origin}/console/`;
  const token = /\/console\/#\/setup\/(\S+)/.exec(await beckon.admin(['setup-link']))?.[1];
  const link = `${console}#/setup/${token}`;
  const agent = await newVisitor({ viewport: { width: 1440, height: 900 } });
  await agent.goto(console);
  await agent.getByRole('heading', { name: 'Nobody is set up here yet' }).waitFor();
  await tour.look(agent, 'nobody set up');
  await agent.goto(link);
  await agent.getByLabel('Your name').waitFor();
  await tour.look(agent, 'set-up');
  await agent.getByLabel('Your name').fill('Maja Horvat');
  await agent.getByLabel('E-mail').fill('maja@example.com');
  await agent.getByLabel('Password').fill('short');
  await agent.getByRole('button', { name: 'Start answering' }).click();
  await agent.getByText('Use at least 10 characters.').waitFor();
  await tour.look(agent, 'set-up, password too short');
  await agent.getByLabel('Password').fill('long enough for me');
  await agent.getByRole('button', { name: 'Start answering' }).click();
  await agent.getByRole('region', { name: 'Conversations' }).waitFor();

  const made = await agent.context().request.post(`${beckon.origin}/console/1/invites`, {
    data: { email: 'ivo.with.a.rather.long.address@shop.example.com', role: 'AGENT' },
    headers: { origin: beckon.origin },
  });
  expect(made.status(), await made.text()).toBe(201);
  const invite = ((await made.json()) as { link: string }).link;

  const other = await newVisitor({ viewport: { width: 1440, height: 900 } });
  await other.goto(link);
  await other.getByRole('heading', { name: 'This link does not work any more' }).waitFor();
  await tour.look(other, 'set-up link used');
  await other.getByRole('link', { name: 'Go to sign in' }).click();
  await other.getByLabel('E-mail').waitFor();
  await tour.look(other, 'sign-in');
  await other.getByRole('button', { name: 'Sign in' }).click();
  await other.getByText('Write your password.').waitFor();
  await tour.look(other, 'sign-in, nothing written');
  await other.getByLabel('E-mail').fill('maja@example.com');
  await other.getByLabel('Password').fill('not the right one');
  await other.getByRole('button', { name: 'Sign in' }).click();
  await other.getByText('E-mail and password do not belong together').waitFor();
  await tour.look(other, 'wrong password');

  await other.goto(invite);
  await other.getByText('Maja Horvat invited you').waitFor();
  await tour.look(other, 'invite');
  await other.goto(`${console}#/invite/never-made`);
  await other.getByRole('heading', { name: 'This invite does not work any more' }).waitFor();
  await tour.look(other, 'invite used');
  await other.route('**/console/1/invites/**', (route) => route.abort());
  await other.goto(`${console}#/invite/another`);
  await other.getByText('Beckon does not answer').waitFor();
  await tour.look(other, 'Beckon does not answer');

  // Ended from elsewhere: the open console learns it.
  const ended = await agent.context().request.delete(`${beckon.origin}/console/1/sessions`, {
    headers: { origin: beckon.origin },
  });
  expect(ended.ok(), await ended.text()).toBe(true);
  await agent.getByText('Your session has ended').waitFor();
  await tour.look(agent, 'session ended');
});
