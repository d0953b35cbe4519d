import type { Page } from 'playwright-core';
import { expect, pageWithWidget, SocketAgent, say, send, startThread, Tour, test } from '../src/harness';

// The card has a tour of its own.
const tour = new Tour('thread', { part: { include: ['html'], exclude: ['[data-context-card]'] } });

async function openConversation(agent: Page, text: string): Promise<void> {
  await agent.locator('a[data-conversation]').filter({ hasText: text }).click();
}

test('every state of a thread and of writing in it is clean to axe, light and dark', async ({
  cabledBeckon,
  site,
  newVisitor,
  newAgent,
  watch,
}) => {
  watch.expect(/net::ERR_|WebSocket connection|status of 500/);
  const { beckon, cable } = await cabledBeckon();
  const colleague = await SocketAgent.signIn(beckon, 'Mila');
  const agent = await newAgent({ beckon, name: 'Maja Horvat' });
  await agent.goto(`${cable.origin}/console/`);
  const visitor = await newVisitor();
  await visitor.goto(site.put('/thread.html', pageWithWidget(cable.origin, await beckon.widgetId('multi'))));
  await startThread(visitor, beckon, 'the other one');
  const id = await startThread(visitor, beckon, 'Is the Strand still there?');
  await send(visitor, { model: 'Strand', colour: 'Sand', price: { amount: 46900, currency: 'EUR' } });
  await send(visitor, { colour: 'Madder red', wheels: 'Tind' });
  await say(visitor, 'I mean the red one: https://shop.example/cars/strand');

  const log = agent.getByRole('log');
  const field = agent.locator('[data-composer]');
  const main = agent.getByRole('main');
  const dialog = agent.getByRole('dialog');
  await openConversation(agent, 'I mean the red one');
  await log.getByText('I mean the red one').waitFor();
  await field.waitFor();
  await tour.look(agent, 'nobody’s conversation');
  await agent.locator('[data-context-row]').first().getByRole('button').first().click();
  await tour.look(agent, 'context line unfolded');
  await main.getByRole('button', { name: 'More actions' }).click();
  await main.getByRole('button', { name: 'Assign to…' }).waitFor();
  await tour.look(agent, 'actions menu');
  await main.getByRole('button', { name: 'Assign to…' }).click();
  await dialog.getByRole('button', { name: /Mila/ }).waitFor();
  await tour.look(agent, 'assign dialog');
  await agent.route('**/assignee', (route) => route.fulfill({ status: 500 }));
  await dialog.getByRole('button', { name: /Mila/ }).click();
  await dialog.getByText('That did not work').waitFor();
  await tour.look(agent, 'assign dialog, refused');
  await agent.unroute('**/assignee');
  await agent.keyboard.press('Escape');
  await main.getByRole('button', { name: 'More actions' }).click();
  await main.getByRole('button', { name: 'Close conversation' }).click();
  await dialog.getByText('Close this conversation?').waitFor();
  await tour.look(agent, 'close dialog');
  await agent.keyboard.press('Escape');

  // Notes, and a colleague at the same conversation.
  await agent.getByRole('button', { name: 'Note', exact: true }).click();
  await field.fill('Wants it before Easter.');
  await tour.look(agent, 'note being written');
  await field.press('Enter');
  await log.getByText('Wants it before Easter.').waitFor();
  colleague.follow(id);
  await agent.getByTitle('Also here: Mila').waitFor();
  const writes = agent.getByText('Mila is writing a reply');
  await colleague.whileTyping(id, async () => {
    await writes.waitFor();
    await tour.look(agent, 'notes, and a colleague writing');
    expect(await writes.count()).toBe(1);
  });
  colleague.typing(id, false);

  // Quick replies: none, made, found, with a gap.
  await agent.getByRole('button', { name: 'Reply', exact: true }).click();
  await field.fill('/');
  await agent.getByText('No quick replies yet.').waitFor();
  await tour.look(agent, 'quick replies, none yet');
  await agent.getByRole('button', { name: 'New quick reply' }).click();
  await dialog.getByRole('heading', { name: 'Quick replies' }).waitFor();
  await tour.look(agent, 'manage quick replies, none yet');
  await dialog.getByRole('button', { name: 'New quick reply' }).click();
  await dialog.getByRole('button', { name: 'Save' }).click();
  await dialog.getByText('Write a shortcut.').waitFor();
  await tour.look(agent, 'quick reply form, nothing written');
  await dialog.getByLabel('Shortcut').fill('price');
  await dialog
    .getByLabel('Text', { exact: true })
    .fill('The {{context.model}} costs {{context.price}}, {{visitor.name}}.');
  await dialog.getByRole('checkbox').check();
  await dialog.getByRole('button', { name: 'Save' }).click();
  await dialog.getByText('/price').waitFor();
  const made = await agent.context().request.post(`${beckon.origin}/console/1/quick-replies`, {
    data: { shortcut: 'hello', text: 'Hello, {{agent.name}} here. How can I help?', shared: false },
    headers: { origin: beckon.origin },
  });
  expect(made.status()).toBe(201);
  await agent.keyboard.press('Escape');
  await field.fill('');
  await agent.getByRole('button', { name: 'More for writing' }).click();
  await agent.getByRole('button', { name: 'Manage quick replies' }).click();
  await dialog.getByText('/hello').waitFor();
  await tour.look(agent, 'manage quick replies');
  await dialog.getByRole('button', { name: 'Delete /hello' }).click();
  await dialog.getByText('Delete /hello for good?').waitFor();
  await tour.look(agent, 'quick reply delete question');
  await agent.keyboard.press('Escape');
  await field.fill('/');
  await agent.getByRole('option').nth(1).waitFor();
  await tour.look(agent, 'quick reply list');
  await field.fill('/pri');
  await agent.getByText('No value here for visitor.name').waitFor();
  await tour.look(agent, 'missing value in the list');
  await field.press('Enter');
  await agent.getByText('No value for visitor.name.').waitFor();
  await tour.look(agent, 'missing value in the answer');
  await field.fill('/zzz');
  await agent.getByText('No quick reply is called so.').waitFor();
  await tour.look(agent, 'quick reply not found');
  await field.fill(`${'A long answer. '.repeat(300)}`);
  await agent.getByText('characters too long').waitFor();
  await tour.look(agent, 'answer too long');

  // Beckon away: what is asked meanwhile may be refused when it is back.
  await field.fill('I am with you in a minute.');
  cable.pull();
  await agent.getByText('The connection is lost').waitFor();
  await field.press('Enter');
  await log.getByText('I am with you in a minute.').waitFor();
  await tour.look(agent, 'waiting for the connection');
  await openConversation(agent, 'the other one');
  await agent.locator('main[aria-busy=true]').waitFor();
  await tour.look(agent, 'loading');
  await openConversation(agent, 'I mean the red one');
  await main.getByRole('button', { name: 'Solve' }).click();
  await colleague.command(id, 'close');
  cable.plug();
  await agent.evaluate(() => window.dispatchEvent(new Event('online')));
  await log.getByRole('button', { name: 'Try again' }).waitFor();
  await main.getByText('This conversation is closed. The visitor can start a new one.').waitFor();
  await main.getByRole('button', { name: 'Dismiss' }).waitFor();
  await tour.look(agent, 'answer and command refused');
  await main.getByRole('button', { name: 'Dismiss' }).click();
  await log.getByRole('button', { name: 'Delete' }).click();
  await tour.look(agent, 'closed');

  await openConversation(agent, 'the other one');
  await log.getByText('the other one').waitFor();
  await field.fill('We have more of them.');
  await field.press('Enter');
  await main.getByText('With you', { exact: true }).waitFor();
  await main.getByRole('button', { name: 'More actions' }).click();
  await main.getByRole('button', { name: 'Set to waiting' }).click();
  await log.getByText('You set the conversation to waiting').waitFor();
  await tour.look(agent, 'waiting');
  await main.getByRole('button', { name: 'Solve' }).click();
  await log.getByText('You marked the conversation as solved').waitFor();
  await tour.look(agent, 'solved');

  await agent.setViewportSize({ width: 390, height: 844 });
  await tour.look(agent, 'one pane on a phone', { widths: [390] });
  await main.getByRole('button', { name: 'Context', exact: true }).click();
  await dialog.locator('[data-context-card]').waitFor();
  await tour.look(agent, 'context on a phone', { widths: [390] });
  await agent.keyboard.press('Escape');
  await agent.getByRole('link', { name: 'Back to the list' }).click();
  await agent.getByRole('heading', { name: 'Conversations' }).waitFor();
  await tour.look(agent, 'list on a phone', { widths: [390] });
  await agent.setViewportSize({ width: 1440, height: 900 });
  await agent.evaluate(() => {
    location.hash = '#/c/00000000-0000-4000-8000-000000000000';
  });
  await agent.getByText('There is no such conversation').waitFor();
  await tour.look(agent, 'no such conversation');
  colleague.leave();
});
