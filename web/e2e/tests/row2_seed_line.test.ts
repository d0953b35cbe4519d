import {
  context,
  conversationWith,
  expect,
  journal,
  liveChat,
  pageWithWidget,
  say,
  startThread,
  test,
} from '../src/harness';

// The line as it is printed in the documentation that sites copy from. It must not be edited.
const LINE = `liveChat('send_contextual_data', { metadata: { color: "red" }, multiThreadStrategy: "ACTIVE" });`;

test('Row 2: the documented line, pasted unchanged into a page, puts its data into the conversation', async ({
  beckon,
  site,
  newVisitor,
}) => {
  const visitor = await newVisitor();
  const id = await beckon.widgetId('multi');
  await visitor.goto(site.put('/pasted.html', pageWithWidget(beckon.origin, id, LINE)));
  await liveChat(visitor, 'open');
  await say(visitor, 'I like red');
  const conversation = await conversationWith(beckon, 'I like red');
  expect(await context(beckon, conversation)).toEqual({ color: 'red' });
  const [first] = await journal(beckon, conversation);
  expect(first?.event).toMatchObject({
    kind: 'metadata',
    source: 'page',
    version: 1,
    changes: [{ key: 'color', from: null, to: '"red"' }],
  });
});

test('Row 2: the same line while a conversation is open changes that conversation', async ({
  beckon,
  site,
  newVisitor,
}) => {
  const visitor = await newVisitor();
  const id = await beckon.widgetId('multi');
  const button = `<button onclick="orderRed()">Red, please</button>`;
  await visitor.goto(
    site.put('/pressed.html', pageWithWidget(beckon.origin, id, `function orderRed() { ${LINE} }`, button)),
  );
  const conversation = await startThread(visitor, beckon, 'which colours are there?');
  expect(await context(beckon, conversation)).toEqual({});
  await visitor.getByRole('button', { name: 'Red, please' }).click();
  await expect.poll(() => context(beckon, conversation)).toEqual({ color: 'red' });
});

test('Row 2: the line works in a single-thread widget too', async ({ beckon, site, newVisitor }) => {
  const visitor = await newVisitor();
  const id = await beckon.widgetId('single');
  await visitor.goto(site.put('/single.html', pageWithWidget(beckon.origin, id, LINE)));
  await liveChat(visitor, 'open');
  await say(visitor, 'one thread, red');
  expect(await context(beckon, await conversationWith(beckon, 'one thread, red'))).toEqual({ color: 'red' });
});
