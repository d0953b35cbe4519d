import axe from 'axe-core';
import { chromium } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { serveShop } from './served_shop.js';

let served;
let browser;
let page;
let troubles;

beforeAll(async () => {
  served = await serveShop();
  // Playwright switches storage in frames of other sites off; "start over" is about that storage.
  const probe = await chromium.launchServer(launch());
  const withoutFrameStorage = probe.process().spawnargs.filter((arg) => arg.includes('ThirdPartyStoragePartitioning'));
  await probe.close();
  browser = await chromium.launch({ ...launch(), ignoreDefaultArgs: withoutFrameStorage });
});

afterAll(async () => {
  await browser?.close();
  await served?.stop();
});

beforeEach(async () => {
  const context = await browser.newContext({ bypassCSP: false });
  page = await context.newPage();
  troubles = [];
  page.on('pageerror', (error) => troubles.push(error.message));
  page.on('console', (line) => {
    if (line.type() === 'error') troubles.push(line.text());
  });
  return async () => {
    await context.close();
    expect(troubles).toEqual([]);
  };
});

function launch() {
  const args = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'];
  return { executablePath: process.env.BECKON_CHROMIUM ?? '/usr/bin/chromium', args };
}

const calls = () => page.evaluate(() => window.madeCalls ?? []);

/** Waits until the widget has got as many calls of that command, and answers their arguments. */
async function argumentsOf(command, count) {
  await page.waitForFunction(
    ([name, wanted]) => (window.madeCalls ?? []).filter(([made]) => made === name).length >= wanted,
    [command, count],
  );
  return (await calls()).filter(([made]) => made === command).map(([, argument]) => argument);
}

test('Contact us opens a new thread, sends the car and opens the window, in this order', async () => {
  await page.goto(`${served.shop}?model=holme&colour=sand&wheels=tind&extras=glass-roof.tow-bar`);
  await argumentsOf('init', 1);
  await page.getByRole('button', { name: 'Contact us about this car' }).click();
  await argumentsOf('open', 1);

  const made = await calls();
  expect(made.map(([command]) => command)).toEqual(['init', 'open_new_thread', 'send_contextual_data', 'open']);
  expect(made[0][1]).toBe(served.ids.multi);
  const { metadata, multiThreadStrategy } = made[2][1];
  expect(multiThreadStrategy).toBe('ALL_PLUS_NEW');
  expect(metadata).toMatchObject({
    model: 'Holme',
    colour: { name: 'Sand', hex: '#C6B189' },
    wheels: 'Tind, 19 inch',
    price: { amount: 50700 + 950 + 1400 + 1150, currency: 'EUR' },
    extras: [
      { name: 'Glass roof', price: { amount: 1400, currency: 'EUR' } },
      { name: 'Tow bar', price: { amount: 1150, currency: 'EUR' } },
    ],
    deliveryDate: null,
    testDrive: false,
    picture: `${served.shop}cars/holme-sand.svg`,
  });
  expect((await page.request.get(metadata.picture)).ok()).toBe(true);
});

test('a finished car is sent once, a changed one once more, an unfinished one never', async () => {
  await page.goto(served.shop);
  await page.getByRole('radio', { name: 'Skerry' }).check();
  await page.getByRole('radio', { name: 'Bring it to my door' }).check();
  const [finished] = await argumentsOf('send_contextual_data', 1);
  expect(finished.metadata).toMatchObject({ model: 'Skerry', delivery: 'Bring it to my door' });

  for (const colour of ['Basalt', 'Sand', 'Fjord blue']) await page.getByRole('radio', { name: colour }).check();
  const sent = await argumentsOf('send_contextual_data', 2);
  expect(sent.map(({ metadata }) => metadata.colour.name)).toEqual(['Madder red', 'Fjord blue']);
  await expectText('.story [data-step=build] .state', 'done');
});

test('the link to a configuration builds the same car again', async () => {
  await page.goto(`${served.shop}?model=skerry&colour=basalt&wheels=skjold&extras=winter-pack&delivery=works`);
  const [{ metadata }] = await argumentsOf('send_contextual_data', 1);
  const context = await browser.newContext();
  const other = await context.newPage();
  await other.goto(metadata.configurationUrl);
  await other.waitForFunction(() => (window.madeCalls ?? []).length === 2);
  expect(await other.evaluate(() => window.madeCalls[1][1].metadata)).toEqual(metadata);
  await context.close();
});

test('the configuration and the story of the calls survive the page change to Compare models', async () => {
  await page.goto(`${served.shop}?single&model=holme&delivery=dealer`);
  await argumentsOf('send_contextual_data', 1);
  await page.getByRole('button', { name: 'Show the code' }).click();
  await page.getByRole('link', { name: 'Compare models' }).click();
  expect(await argumentsOf('init', 1)).toEqual([served.ids.single]);
  await expectText('#your-car', 'Your Holme');
  const answers = await page.locator('#calls .answer').allTextContents();
  expect(answers).toContain('held until a conversation starts');
  expect((await calls()).map(([command]) => command)).toEqual(['init']);

  await page.getByRole('link', { name: 'Back to your Holme' }).click();
  expect(await argumentsOf('init', 1)).toEqual([served.ids.single]);
  expect(await page.getByRole('radio', { name: 'Holme' }).isChecked()).toBe(true);
});

test('the drawer shows a wrong call with code, name and message', async () => {
  await page.goto(served.shop);
  await page.getByRole('button', { name: 'Show the code' }).click();
  await page.getByRole('button', { name: "metadata: 'red'" }).click();
  await expectText('#calls .failed', '1202 INVALID_METADATA: metadata must be a plain JSON object, it is a string');
  await page.keyboard.press('Escape');
  expect(await page.locator('#drawer').isHidden()).toBe(true);
  expect(await page.evaluate(() => document.activeElement.id)).toBe('show-code');
});

test('starting over clears what the widget keeps below this site, and what this site keeps', async () => {
  await page.goto(served.shop);
  await page.getByRole('radio', { name: 'Skerry' }).check();
  const kept = await inWidgetFrame(`
    localStorage.setItem('beckon:session', 'old');
    await new Promise((done) => {
      const open = indexedDB.open('beckon');
      open.onsuccess = () => { open.result.close(); done(); };
    });
    return localStorage.length;`);
  expect(kept).toBe(1);

  await page.getByRole('button', { name: 'Show the code' }).click();
  const reloaded = page.waitForEvent('framenavigated', (frame) => frame === page.mainFrame());
  await page.getByRole('button', { name: 'Start over as a new visitor' }).click();
  await reloaded;
  await argumentsOf('init', 1);
  expect(await page.getByRole('radio', { name: 'Strand' }).isChecked()).toBe(true);
  const left = await inWidgetFrame('return [localStorage.length, (await indexedDB.databases()).length]');
  expect(left).toEqual([0, 0]);
});

for (const colorScheme of ['light', 'dark']) {
  for (const [path, width] of [
    ['', 1440],
    ['', 390],
    ['compare.html', 1024],
  ]) {
    test(`axe finds nothing on ${path || 'the shop'} at ${width}, ${colorScheme}`, async () => {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 900 });
      await page.goto(served.shop + path);
      await page.getByRole('button', { name: /code/i }).click();
      await page.getByRole('button', { name: "metadata: 'red'" }).click();
      await page.locator('#calls .failed').waitFor();
      await page.evaluate(axe.source);
      const { violations } = await page.evaluate(() => window.axe.run());
      expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
    });
  }
}

async function expectText(selector, text) {
  await page.waitForFunction(([at, wanted]) => document.querySelector(at)?.textContent === wanted, [selector, text]);
}

/** Runs code in a frame on the widget's origin below the shop: there the widget's storage is. */
async function inWidgetFrame(code) {
  await page.evaluate((src) => {
    const frame = document.createElement('iframe');
    frame.name = 'probe';
    frame.src = src;
    document.body.append(frame);
  }, `${served.widgetOrigin}/demo/favicon.svg`);
  const element = await page.waitForSelector('[name=probe]', { state: 'attached' });
  const frame = await element.contentFrame();
  await frame.waitForURL(/favicon/);
  const result = await frame.evaluate(`(async () => { ${code} })()`);
  await page.evaluate(() => document.querySelector('[name=probe]').remove());
  return result;
}
