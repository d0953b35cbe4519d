import type { Page } from 'playwright-core';
import { chat, conversation, expect, journal, pageWithWidget, startThread, test } from '../src/harness';

async function openConversation(agent: Page, text: string): Promise<void> {
  await agent.getByRole('link').filter({ hasText: text }).click();
  await agent.locator('[data-composer]').waitFor();
}

test('two agents see each other before both answer, and pass a conversation on', async ({
  beckon,
  site,
  newVisitor,
  newAgent,
}) => {
  const visitor = await newVisitor();
  await visitor.goto(site.put('/two.html', pageWithWidget(beckon.origin, await beckon.widgetId('multi'))));
  const id = await startThread(visitor, beckon, 'who of you is it?');
  const maja = await newAgent({ name: 'Maja' });
  const ivo = await newAgent({ name: 'Ivo' });
  await openConversation(maja, 'who of you is it?');
  await maja.getByRole('main').getByRole('button', { name: 'Take', exact: true }).waitFor();
  expect(await maja.getByRole('main').getByText('With you', { exact: true }).count()).toBe(0);
  await openConversation(ivo, 'who of you is it?');

  // Here, then writing.
  await maja.getByTitle('Also here: Ivo').waitFor();
  await ivo.locator('[data-composer]').pressSequentially('it is');
  // Both at once: the second must not come when the first has gone.
  await Promise.all([
    maja.getByText('Ivo is writing a reply').waitFor(),
    chat(visitor)
      .getByText(/is writing|is typing/)
      .first()
      .waitFor(),
  ]);

  // A note is for the team: no typing and no text of it comes to the visitor.
  const frames: string[] = [];
  visitor.on('websocket', (socket) => socket.on('framereceived', ({ payload }) => frames.push(String(payload))));
  await visitor.reload();
  await expect.poll(() => frames.some((frame) => frame.includes('"welcome"'))).toBe(true);
  await ivo.locator('[data-composer]').fill('');
  await ivo.getByRole('button', { name: 'Note', exact: true }).click();
  await ivo.locator('[data-composer]').pressSequentially('between us');
  await maja.getByText('Ivo is writing a note').waitFor();
  await ivo.locator('[data-composer]').press('Enter');
  await maja.getByRole('log').getByText('between us').waitFor();
  await maja.getByText('Note by Ivo').waitFor();
  await maja.locator('[data-composer]').fill('It is me.');
  await maja.locator('[data-composer]').press('Enter');
  await expect.poll(() => frames.some((frame) => frame.includes('It is me.'))).toBe(true);
  expect(frames.filter((frame) => frame.includes('between us') || frame.includes('"note"'))).toEqual([]);

  // Passing it on.
  await maja.getByRole('main').getByRole('button', { name: 'More actions' }).click();
  await maja.getByRole('button', { name: 'Assign to…' }).click();
  await maja.getByRole('dialog').getByRole('button', { name: /Ivo/ }).waitFor();
  await maja.getByRole('dialog').getByRole('button', { name: /Ivo/ }).click();
  await ivo.getByRole('main').getByText('With you', { exact: true }).waitFor();
  await maja.getByRole('main').getByText('With Ivo', { exact: true }).waitFor();
  const agents = (await journal(beckon, id)).flatMap(({ event }) => (event.kind === 'assigned' ? [event] : []));
  expect(agents).toHaveLength(2);
  expect((await conversation(beckon, id)).agentId).not.toBeNull();
});
