import { expect, test } from '../src/harness';

test('a server without settings is healthy and shows the shop', async ({ beckon, newVisitor }) => {
  expect((await fetch(`${beckon.origin}/healthz`)).status).toBe(200);
  const page = await newVisitor();
  const answer = await page.goto(`${beckon.demoOrigin}/demo`);
  expect(answer?.status()).toBe(200);
  await page.getByRole('button', { name: /contact us/i }).waitFor();
});

test('two widgets are there from the start', async ({ beckon }) => {
  const widgets = await beckon.widgets();
  expect(widgets.map((widget) => widget.multiThread).sort()).toEqual([false, true]);
});
