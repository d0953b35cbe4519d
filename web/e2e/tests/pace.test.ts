import { expect, messages, pageWithWidget, startThread, test } from '../src/harness';

test('the harness asks and writes as fast as a test likes, and no limit turns it away', async ({
  beckon,
  colleague,
  site,
  newVisitor,
}) => {
  // A key may ask 100 times at once and 50 times a second, an agent may write 40 times at once and 20 times a second.
  const asked = Array.from({ length: 130 }, () => beckon.api('/ccaas/1/conversations?limit=1'));
  expect(new Set((await Promise.all(asked)).map(({ status }) => status))).toEqual(new Set([200]));

  const visitor = await newVisitor();
  await visitor.goto(site.put('/pace.html', pageWithWidget(beckon.origin, await beckon.widgetId('multi'))));
  const conversation = await startThread(visitor, beckon, 'tell me all of it');
  await colleague.command(conversation, 'take');
  const texts = Array.from({ length: 60 }, (_, at) => `part ${at}`);
  await Promise.all(texts.map((text) => colleague.say(conversation, text)));
  expect(await messages(beckon, conversation)).toEqual(['tell me all of it', ...texts]);
});
