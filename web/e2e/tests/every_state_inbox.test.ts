import { expect, pageWithWidget, SocketAgent, say, send, startThread, Tour, test } from '../src/harness';

const tour = new Tour('inbox');

test('every state of the list of conversations is clean to axe, light and dark', async ({
  cabledBeckon,
  site,
  newVisitor,
  newAgent,
  watch,
}) => {
  watch.expect(/net::ERR_|WebSocket connection|status of 500/);
  const { beckon, cable } = await cabledBeckon();
  const agent = await newAgent({ beckon, name: 'Maja Horvat' });
  await agent.goto(`${cable.origin}/console/`);
  await agent.getByRole('heading', { name: 'Nobody has written yet' }).waitFor();
  await tour.look(agent, 'empty, all');
  const view = (name: string) => agent.getByRole('navigation', { name: 'Lists' }).getByRole('link', { name }).click();
  const filter = agent.getByRole('group', { name: 'Show only' });
  const press = (status: string) => filter.getByRole('button', { name: status }).click();
  await view('Mine');
  await agent.getByRole('heading', { name: 'Nothing is yours right now' }).waitFor();
  await tour.look(agent, 'empty, mine');
  await view('Unassigned');
  await agent.getByRole('heading', { name: 'Nobody is waiting to be taken' }).waitFor();
  await tour.look(agent, 'empty, unassigned');
  await press('Solved');
  await agent.getByRole('heading', { name: 'Nothing in this state' }).waitFor();
  await tour.look(agent, 'nothing in this state');
  await view('All');

  const colleague = await SocketAgent.signIn(beckon, 'Mila');
  const widget = await beckon.widgetId('multi');
  const visitor = await newVisitor();
  await visitor.goto(site.put('/inbox.html', pageWithWidget(cable.origin, widget)));
  const texts = {
    closed: 'Never mind',
    solved: 'Thanks, that helps!',
    waiting: 'I have sent you the papers',
    open: 'Hello! How long until a Strand in Madder red could stand in front of my door in Split?',
  };
  const ids: Record<string, string> = {};
  for (const [status, text] of Object.entries(texts)) {
    ids[status] = await startThread(visitor, beckon, text);
    await send(visitor, { model: 'Strand', colour: { name: 'Madder red', hex: '#A3392B' }, price: 48350 });
  }
  await colleague.command(ids.solved ?? '', 'take');
  await colleague.command(ids.waiting ?? '', 'wait');
  await colleague.command(ids.solved ?? '', 'solve');
  await colleague.command(ids.closed ?? '', 'close');
  await colleague.command(ids.waiting ?? '', 'take');
  await colleague.say(ids.waiting ?? '', 'I look into them tomorrow.');
  const row = (text: string) => agent.locator('a[data-conversation]').filter({ hasText: text });
  await row('Hello! How long').waitFor();
  await tour.look(agent, 'no thread chosen');
  for (const [status, text] of [
    ['Open', texts.open],
    ['Waiting', 'I look into them'],
    ['Solved', texts.solved],
    ['Closed', texts.closed],
  ] as const) {
    await press(status);
    await row(text).waitFor();
    await expect.poll(() => agent.locator('a[data-conversation]').count()).toBe(1);
    await tour.look(agent, `only ${status.toLowerCase() as 'open' | 'waiting' | 'solved' | 'closed'}`);
    await press(status);
  }
  await row('Hello! How long').waitFor();

  // What comes while the pointer is on the list waits above it.
  await row('Hello! How long').hover();
  await say(visitor, 'a fresh one, once more');
  const other = await newVisitor();
  await other.goto(site.put('/inbox.html', pageWithWidget(cable.origin, widget)));
  await startThread(other, beckon, 'is anybody there?');
  await startThread(other, beckon, 'hello?');
  await agent.getByRole('button', { name: '2 new' }).waitFor();
  await tour.look(agent, 'new ones wait above');
  await agent.getByRole('button', { name: '2 new' }).click();

  await agent.getByRole('button', { name: 'Account of Maja Horvat' }).click();
  await agent.getByRole('button', { name: 'Sign out' }).waitFor();
  await tour.look(agent, 'account menu');
  await agent.keyboard.press('Escape');
  await agent.keyboard.press('?');
  await agent.getByRole('dialog').getByText('Next conversation').waitFor();
  await tour.look(agent, 'key map');
  await agent.keyboard.press('Escape');

  await agent.route('**/ccaas/1/inbox?*', (route) => route.fulfill({ status: 500 }));
  await agent.reload();
  await agent.getByText('Conversations could not be loaded.').waitFor();
  await tour.look(agent, 'error');
  await agent.unroute('**/ccaas/1/inbox?*');
  await agent.route('**/ccaas/1/inbox?*', () => {});
  await agent.reload();
  await agent.getByRole('status', { name: 'Loading' }).waitFor();
  await tour.look(agent, 'loading');
  await agent.unroute('**/ccaas/1/inbox?*');
  await agent.reload();
  await row('hello?').waitFor();

  cable.pull();
  await agent.getByText('The connection is lost').waitFor();
  await tour.look(agent, 'reconnecting');
  await agent.context().setOffline(true);
  await agent.getByText('You are offline').waitFor();
  await tour.look(agent, 'offline');
  colleague.leave();
});
