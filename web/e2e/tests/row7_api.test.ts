import { expect, journal, pageWithWidget, send, startThread, test } from '../src/harness';

test('Row 7: any program with a key reads, replaces, patches and deletes the data, and the card follows', async ({
  beckon,
  site,
  newVisitor,
  newAgent,
}) => {
  const agent = await newAgent();
  const visitor = await newVisitor();
  await visitor.goto(site.put('/api.html', pageWithWidget(beckon.origin, await beckon.widgetId('multi'))));
  await send(visitor, { colour: 'sand', order: { id: 17 } });
  const id = await startThread(visitor, beckon, 'read me');
  const path = `/ccaas/1/conversations/${id}/metadata`;
  await agent.getByRole('link').filter({ hasText: 'read me' }).click();
  const card = agent.locator('[data-context-card]');
  await card.locator('[data-path="colour"]').getByText('sand').waitFor();

  const read = await beckon.api(path);
  expect([read.status, read.headers.get('content-type')?.split(';')[0]]).toEqual([200, 'application/json']);
  expect(read.text).toBe('{"colour":"sand","order":{"id":17}}');

  const patched = await beckon.api(path, { method: 'PATCH', body: { colour: 'red', tier: 'gold' } });
  expect(patched).toMatchObject({
    status: 200,
    body: { statusCode: 'SUCCESS', message: 'Metadata patch to conversation successfully.' },
  });
  await card.locator('[data-path="colour"]').getByText('red').waitFor();
  await card.locator('[data-path="tier"]').getByText('gold').waitFor();
  expect((await beckon.api(path)).text).toBe('{"colour":"red","order":{"id":17},"tier":"gold"}');

  const replaced = await beckon.api(path, { method: 'PUT', body: { ticket: 'T-1' } });
  expect(replaced).toMatchObject({
    status: 200,
    body: { statusCode: 'SUCCESS', message: 'Metadata added to conversation successfully.' },
  });
  await card.locator('[data-path="ticket"]').getByText('T-1').waitFor();
  await card.locator('[data-path="colour"]').waitFor({ state: 'detached' });
  expect((await beckon.api(path)).text).toBe('{"ticket":"T-1"}');

  const deleted = await beckon.api(path, { method: 'DELETE' });
  expect(deleted).toMatchObject({
    status: 200,
    body: { statusCode: 'SUCCESS', message: 'Metadata deleted successfully.' },
  });
  // What has gone stands struck until the agent has seen it.
  await card.getByRole('button', { name: 'Seen' }).click();
  await card.getByText('What the website sends will appear here').waitFor();
  expect((await beckon.api(path)).text).toBe('{}');

  // Afterwards the page goes on as if nothing had been.
  await send(visitor, { colour: 'blue' }, 'ACTIVE');
  await card.locator('[data-path="colour"]').getByText('blue').waitFor();
  const sources = (await journal(beckon, id)).flatMap(({ event }) => (event.source ? [event.source] : []));
  expect(sources).toEqual(['page', 'api', 'api', 'api', 'page']);
});

test('Row 7: without the right key nobody reads it, and an unknown id looks unknown', async ({
  beckon,
  site,
  newVisitor,
}) => {
  const visitor = await newVisitor();
  await visitor.goto(site.put('/keys.html', pageWithWidget(beckon.origin, await beckon.widgetId('multi'))));
  await send(visitor, { secret: 'for agents' });
  const id = await startThread(visitor, beckon, 'keys, please');
  const path = `/ccaas/1/conversations/${id}/metadata`;
  for (const headers of [
    {},
    { authorization: 'App wrong' },
    { authorization: `App bk_${'a'.repeat(8)}_${'b'.repeat(43)}` },
  ]) {
    const answer = await beckon.api(path, { headers });
    expect(answer.status).toBe(401);
    expect(answer.body).toMatchObject({ requestError: { serviceException: { messageId: 'UNAUTHORIZED' } } });
    expect(answer.text).not.toContain('for agents');
  }
  const unknown = '01890a5d-ac96-774b-bcce-b302099a8057';
  for (const method of ['GET', 'PUT', 'PATCH', 'DELETE']) {
    const body = method === 'PUT' || method === 'PATCH' ? { a: 1 } : undefined;
    const answer = await beckon.api(`/ccaas/1/conversations/${unknown}/metadata`, { method, body });
    expect([method, answer.status]).toEqual([method, 404]);
    expect(answer.body).toMatchObject({
      requestError: {
        serviceException: { messageId: 'NOT_FOUND', text: `Invalid id '${unknown}' given! No such entity exists.` },
      },
    });
  }
});
