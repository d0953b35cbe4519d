import { expect, messages, SocketAgent, test } from '../src/harness';

test('the harness asks and writes as fast as a test likes, and no limit turns it away', async ({ ownBeckon }) => {
  // One request in two seconds, four messages at once and two a second: every machine exceeds that.
  const beckon = await ownBeckon({ args: ['--key-requests', '0.5', '--agent-sends', '2'] });
  const asked = Array.from({ length: 3 }, () => beckon.api('/ccaas/1/conversations?limit=1'));
  expect(new Set((await Promise.all(asked)).map(({ status }) => status))).toEqual(new Set([200]));

  const { body } = await beckon.api<{ id: string }>('/ccaas/1/conversations', { method: 'POST', body: {} });
  const colleague = await SocketAgent.signIn(beckon);
  const texts = Array.from({ length: 8 }, (_, at) => `part ${at}`);
  await Promise.all(texts.map((text) => colleague.say(body.id, text)));
  expect(await messages(beckon, body.id)).toEqual(texts);
  colleague.leave();
});
