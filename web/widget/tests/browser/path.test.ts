// @vitest-environment node
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { launch } from './browser';
import { FakeBeckon } from './fake_beckon';

let browser: Browser;
let beckon: FakeBeckon;
let page: Page;
const complaints: string[] = [];

beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());
beforeEach(async () => {
  beckon = await FakeBeckon.start();
  complaints.length = 0;
  page = await browser.newPage();
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
});
afterEach(async () => {
  await page.context().close();
  await beckon.stop();
});

const chat = () => page.frameLocator('#ib-iframe-messaging');
const field = () => chat().locator('.ib-widget-message-input');

describe('the path from the page to the conversation', () => {
  it('holds context and carries it with the first message', async () => {
    await page.goto(
      beckon.page(
        '/site',
        `<script>var results = [];</script>${beckon.snippet(`
          liveChat('send_contextual_data', { metadata: { early: 1 } }, function (e, r) { results.push(['early', e, r]); });
          liveChat('init', '${beckon.config.id}', function (e, r) { results.push(['init', e, r]); });
          liveChat('send_contextual_data', { metadata: { color: 'red', gone: 1 } }, function (e, r) { results.push(['red', e, r]); });
          liveChat('send_contextual_data', { metadata: { gone: null } });
          liveChat('open', null, function (e, r) { results.push(['open', e, r]); });`)}`,
      ),
    );
    await field().fill('Hello there');
    await field().press('Enter');
    await chat().getByText('Sent. You can close this').waitFor();
    expect(beckon.conversations).toHaveLength(1);
    expect(beckon.conversations[0]?.context).toEqual({ early: 1, color: 'red' });
    const results = await page.evaluate('results');
    expect(results).toEqual([
      ['init', undefined, { widgetId: beckon.config.id }],
      ['early', undefined, { pending: true, conversations: [], ignored: [] }],
      ['red', undefined, { pending: true, conversations: [], ignored: [] }],
      ['open', undefined, {}],
    ]);
    expect(complaints).toEqual([]);
  });
});
