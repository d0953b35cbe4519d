import {
  chat,
  context,
  conversations,
  conversationWith,
  expect,
  liveChat,
  messages,
  pageWithWidget,
  say,
  send,
  startThread,
  test,
} from '../src/harness';

test('Row 5: one visitor has several conversations, each with its own messages and data', async ({
  beckon,
  site,
  newVisitor,
  colleague,
}) => {
  const visitor = await newVisitor();
  await visitor.goto(site.put('/several.html', pageWithWidget(beckon.origin, await beckon.widgetId('multi'))));
  const texts = ['about the roof', 'about the boot', 'about the bill'];
  const ids: string[] = [];
  for (const text of texts) {
    ids.push(await startThread(visitor, beckon, text));
    await send(visitor, { topic: text }, 'ACTIVE');
  }
  expect(new Set(ids).size).toBe(3);
  await colleague.say(ids[0] as string, 'the roof is made of glass');

  // The list shows each with its newest message; the one that was answered stands first.
  await liveChat(visitor, 'show_thread_list');
  for (const preview of ['the roof is made of glass', 'about the boot', 'about the bill']) {
    await chat(visitor).getByText(preview).waitFor();
  }
  const order = await chat(visitor)
    .getByText(/^(You: ?)?(the roof is|about the)/)
    .allTextContents();
  expect(order[0]).toContain('the roof is made of glass');

  // Each opens with its own messages, also after the page was loaded again.
  await visitor.reload();
  for (const text of texts) {
    await liveChat(visitor, 'open');
    await liveChat(visitor, 'show_thread_list');
    const preview = text === 'about the roof' ? 'the roof is made of glass' : text;
    await chat(visitor).getByText(preview).click();
    const log = chat(visitor).getByRole('log');
    await log.getByText(text).waitFor();
    for (const other of texts.filter((one) => one !== text)) expect(await log.getByText(other).count()).toBe(0);
    await say(visitor, `more ${text}`);
    await log.getByText(`more ${text}`).waitFor();
  }
  for (const [at, text] of texts.entries()) {
    const id = ids[at] as string;
    await expect.poll(async () => (await messages(beckon, id)).at(-1)).toBe(`more ${text}`);
    expect((await messages(beckon, id))[0]).toBe(text);
    expect(await context(beckon, id)).toEqual({ topic: text });
  }
});

test('Row 5: a new conversation is begun from the list, and the way back leads to the list', async ({
  beckon,
  site,
  newVisitor,
}) => {
  const visitor = await newVisitor();
  await visitor.goto(site.put('/from-list.html', pageWithWidget(beckon.origin, await beckon.widgetId('multi'))));
  const first = await startThread(visitor, beckon, 'from the first');
  await chat(visitor).getByRole('button', { name: 'All conversations' }).click();
  await chat(visitor).getByText('from the first').waitFor();
  await chat(visitor).getByRole('button', { name: 'New conversation' }).click();
  await say(visitor, 'from the second');
  expect(await conversationWith(beckon, 'from the second')).not.toBe(first);
  expect(await messages(beckon, first)).toEqual(['from the first']);
});

test('Row 5: a single-thread widget has one conversation and no list', async ({ beckon, site, newVisitor }) => {
  const visitor = await newVisitor();
  await visitor.goto(site.put('/one.html', pageWithWidget(beckon.origin, await beckon.widgetId('single'))));
  await liveChat(visitor, 'open');
  await say(visitor, 'one and only');
  const only = await conversationWith(beckon, 'one and only');
  const before = (await conversations(beckon)).length;
  for (const command of ['show_thread_list', 'open_new_thread'] as const) {
    expect((await liveChat(visitor, command)).error).toBeUndefined();
    await chat(visitor).getByRole('log').getByText('one and only').waitFor();
    await say(visitor, `after ${command}`);
    await expect.poll(async () => (await messages(beckon, only)).at(-1)).toBe(`after ${command}`);
  }
  expect(await chat(visitor).getByRole('button', { name: 'All conversations' }).count()).toBe(0);
  expect((await conversations(beckon)).length).toBe(before);
});

test('Row 5: a closed conversation says so, cannot be written in, and offers a new one', async ({
  beckon,
  site,
  newVisitor,
  colleague,
}) => {
  const visitor = await newVisitor();
  await visitor.goto(site.put('/closing.html', pageWithWidget(beckon.origin, await beckon.widgetId('multi'))));
  const closed = await startThread(visitor, beckon, 'almost over');
  await colleague.say(closed, 'all done');
  await colleague.command(closed, 'close');
  await chat(visitor).getByText('Mila closed this conversation.').first().waitFor();
  expect(await chat(visitor).locator('.ib-widget-message-input').count()).toBe(0);
  await chat(visitor).getByRole('button', { name: 'New conversation' }).click();
  await say(visitor, 'one more thing');
  expect(await conversationWith(beckon, 'one more thing')).not.toBe(closed);
  expect(await messages(beckon, closed)).toEqual(['almost over', 'all done']);
});

test('Row 5: writing in a solved conversation opens it again', async ({ beckon, site, newVisitor, colleague }) => {
  const visitor = await newVisitor();
  await visitor.goto(site.put('/solved.html', pageWithWidget(beckon.origin, await beckon.widgetId('multi'))));
  const id = await startThread(visitor, beckon, 'a riddle');
  await colleague.command(id, 'solve');
  await chat(visitor).getByText('Marked as solved').waitFor();
  await say(visitor, 'not quite');
  await expect.poll(async () => (await conversations(beckon)).find((one) => one.id === id)?.status).toBe('OPEN');
});
