import { accessibilityFaults, expect, test } from '../src/harness';

test('the reference page reads by itself, finds what is looked for and asks nobody else', async ({
  beckon,
  newVisitor,
}) => {
  const page = await newVisitor();
  const asked: string[] = [];
  page.on('request', (request) => asked.push(new URL(request.url()).origin));
  const answer = await page.goto(`${beckon.origin}/docs`);
  expect(answer?.status()).toBe(200);
  expect(answer?.headers()['content-security-policy']).toContain("default-src 'none'");
  await page.getByRole('heading', { name: 'Read the context of a conversation' }).waitFor();
  expect(await accessibilityFaults(page)).toEqual([]);

  // The line for a terminal names this server.
  const operation = page.getByRole('region', { name: 'Read the context of a conversation' });
  await operation.getByText(`${beckon.origin}/ccaas/1/conversations/$ID/metadata`).waitFor();

  // By keyboard alone: to the search, to what it finds, into an answer.
  await page.keyboard.press('/');
  await page.keyboard.type('metadata patch');
  await page.getByRole('status').filter({ hasText: 'metadata patch' }).waitFor();
  expect(await page.getByRole('heading', { name: 'List API keys' }).count()).toBe(0);
  await operation.waitFor({ state: 'detached' });
  const merged = page.getByRole('region', { name: /context of a conversation/ }).first();
  const error = merged.locator('summary').filter({ hasText: '404' });
  await error.focus();
  await page.keyboard.press('Enter');
  await merged.getByText('NOT_FOUND').waitFor();
  expect(await accessibilityFaults(page)).toEqual([]);

  await page.getByRole('searchbox').fill('xylophone');
  await page.getByText('Nothing found').waitFor();
  await page.getByRole('button', { name: 'Clear the search' }).click();
  await operation.waitFor();
  expect([...new Set(asked)]).toEqual([beckon.origin]);
});

test('the lines for a terminal name the public address, wherever the page was opened', async ({
  ownBeckon,
  newVisitor,
}) => {
  const beckon = await ownBeckon({ args: ['--public-url', 'https://chat.example'] });
  const page = await newVisitor();
  await page.goto(`${beckon.origin}/docs`);
  const operation = page.getByRole('region', { name: 'Read the context of a conversation' });
  await operation.getByText('"https://chat.example/ccaas/1/conversations/$ID/metadata"').waitFor();
  expect(await page.locator('body').innerText()).not.toContain(beckon.origin);
});

test('a link leads to one operation, and to the guide for sending context', async ({ beckon, newVisitor }) => {
  const page = await newVisitor();
  await page.goto(`${beckon.origin}/docs/#get_metadata`);
  await page.waitForFunction(() => document.activeElement?.id === 'get_metadata');
  await page.goto(`${beckon.origin}/docs/context`);
  await page.waitForFunction(() => document.activeElement?.id === 'context');
  expect(new URL(page.url()).hash).toBe('#context');
  await page.getByText("liveChat('send_contextual_data'").first().waitFor();
});

test('on a phone, and in the dark, it fits and passes', async ({ beckon, newVisitor }) => {
  const page = await newVisitor();
  await page.setViewportSize({ width: 390, height: 800 });
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.goto(`${beckon.origin}/docs/`);
  await page.getByRole('heading', { name: 'List conversations', exact: true }).waitFor();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
  expect(await accessibilityFaults(page)).toEqual([]);
  const contents = page.locator('summary', { hasText: 'Contents' });
  await contents.click();
  await page.getByRole('link', { name: 'List conversations', exact: true }).click();
  await page.waitForFunction(() => document.activeElement?.id === 'list_conversations');
});
