import type { Page } from 'playwright-core';
import { context, conversationWith, expect, liveChat, page, pageWithWidget, say, snippet, test } from '../src/harness';

const UNKNOWN_WIDGET = '01890a5d-ac96-774b-bcce-b302099a8057';

/** Keeps in `window.answers` what each callback was given, in the order of the calls back. */
const recorder = `
  window.answers = [];
  function note(name) {
    return function (error, result) {
      window.answers.push({ name: name, code: error && error.code, given: arguments.length, result: result });
    };
  }
`;

interface Answered {
  name: string;
  code?: number;
  given: number;
}

function answers(at: Page): Promise<Answered[]> {
  return at.evaluate(() => (window as unknown as { answers: Answered[] }).answers);
}

/** Waits until that many callbacks ran and returns their names. */
async function names(at: Page, count: number): Promise<string[]> {
  await expect.poll(async () => (await answers(at)).length).toBeGreaterThanOrEqual(count);
  return (await answers(at)).map(({ name }) => name);
}

test('Row 1: calls made before widget.js has loaded are kept and run in their order', async ({
  beckon,
  site,
  newVisitor,
}) => {
  const visitor = await newVisitor();
  const id = await beckon.widgetId('multi');
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  await visitor.route(`${beckon.origin}/widget.js`, async (route) => {
    await held;
    await route.continue();
  });
  const address = site.put(
    '/queue.html',
    page(`${snippet(beckon.origin)}<script>${recorder}
      liveChat('set_theme', 'ocean', note('theme'));
      liveChat('hide', null, note('hide'));
      liveChat('init', '${id}', note('init'));
      liveChat('show', null, note('show'));
      liveChat('set_theme', 'light', note('theme again'));
      liveChat('open', null, note('open'));
    </script>`),
  );
  await visitor.goto(address, { waitUntil: 'domcontentloaded' });
  expect(await answers(visitor)).toEqual([]);
  release();
  expect(await names(visitor, 6)).toEqual(['init', 'theme', 'hide', 'show', 'theme again', 'open']);
  expect((await answers(visitor)).filter(({ code }) => code !== undefined && code !== null)).toEqual([]);
  await visitor.locator('#ib-iframe-messaging').waitFor({ state: 'visible' });
});

test('Row 1: the one function is there without the stub, from the load of widget.js on', async ({
  beckon,
  site,
  newVisitor,
}) => {
  const visitor = await newVisitor();
  const id = await beckon.widgetId('multi');
  const address = site.put(
    '/no-stub.html',
    page(`<script>${recorder}
      function ready() { window.liveChat('init', '${id}', note('init')); window.liveChat('open', null, note('open')); }
    </script><script src="${beckon.origin}/widget.js" onload="ready()" async></script>`),
  );
  await visitor.goto(address);
  expect(await names(visitor, 2)).toEqual(['init', 'open']);
  await visitor.locator('#ib-button-messaging #ib-button-messaging-icon').waitFor();
});

test('Row 1: commands wait for init in whatever order a site writes them', async ({ beckon, site, newVisitor }) => {
  const visitor = await newVisitor();
  const id = await beckon.widgetId('multi');
  const address = site.put('/any-order.html', page(`${snippet(beckon.origin)}<script>${recorder}</script>`));
  await visitor.goto(address);
  await visitor.waitForFunction(() => 'beckon' in (window as unknown as { liveChat: object }).liveChat);
  await visitor.evaluate((widget) => {
    const { liveChat, note } = window as unknown as {
      liveChat: (...values: unknown[]) => void;
      note: (name: string) => unknown;
    };
    liveChat('send_contextual_data', { metadata: { step: 1 } }, note('context'));
    liveChat('show', undefined, note('show'));
    liveChat('open_new_thread', null, note('new thread'));
    liveChat('init', { widgetId: widget, domain: 'example.com' }, note('init'));
    liveChat('open', null, note('open'));
  }, id);
  const called = await names(visitor, 5);
  expect(called[0]).toBe('init');
  expect([...called].sort()).toEqual(['context', 'init', 'new thread', 'open', 'show']);
  await say(visitor, 'any order will do');
  expect(await context(beckon, await conversationWith(beckon, 'any order will do'))).toEqual({ step: 1 });
});

test('Row 1: a callback runs exactly once, and what it throws stays out of the page', async ({
  beckon,
  site,
  newVisitor,
  watch,
}) => {
  watch.expect(/the site made a mistake/);
  const visitor = await newVisitor();
  const id = await beckon.widgetId('multi');
  const uncaught: string[] = [];
  visitor.on('pageerror', (error) => uncaught.push(error.message));
  const address = site.put(
    '/once.html',
    page(`${snippet(beckon.origin)}<script>${recorder}
      function bad(name) { return function () { note(name)(); throw new Error('the site made a mistake'); }; }
      liveChat('init', '${id}', bad('init'));
      liveChat('show', null, bad('show'));
      liveChat('send_contextual_data', { metadata: { a: 1 } }, bad('context'));
      liveChat('open', null, bad('open'));
      liveChat('send_contextual_data', 'no object', bad('wrong'));
      liveChat('nonsense', null, bad('nonsense'));
      liveChat('close', null, bad('close'));
    </script>`),
  );
  await visitor.goto(address);
  await names(visitor, 7);
  // A conversation and a closed window later, nobody has been called a second time.
  await liveChat(visitor, 'open');
  await say(visitor, 'called back once');
  await conversationWith(beckon, 'called back once');
  await liveChat(visitor, 'close');
  expect((await names(visitor, 7)).sort()).toEqual(['close', 'context', 'init', 'nonsense', 'open', 'show', 'wrong']);
  expect(uncaught).toEqual([]);
});

test('Row 1: a page whose globals were tampered with still gets its context through', async ({
  beckon,
  site,
  newVisitor,
}) => {
  const visitor = await newVisitor();
  const id = await beckon.widgetId('multi');
  const hostile = `
    // As old libraries did it.
    Array.prototype.toJSON = function () { return 'spoilt'; };
    Array.prototype.extra = function () {};
    Object.prototype.inherited = 'from everywhere';
    window.name = 'taken'; window.status = 'taken'; window.base = 'taken'; window.widget = 'taken';
  `;
  const address = site.put(
    '/hostile.html',
    page(`<style>* { font-size: 40px; color: red } button, iframe, div { float: left; width: 100% }</style>
      <script>${hostile}</script>${snippet(beckon.origin)}<script>${recorder}
      liveChat('init', '${id}', note('init'));
      liveChat('send_contextual_data', { metadata: { colour: 'red', size: { width: 4 } } }, note('context'));
    </script>`),
  );
  await visitor.goto(address);
  expect((await names(visitor, 2)).sort()).toEqual(['context', 'init']);
  expect((await answers(visitor)).map(({ code }) => code ?? null)).toEqual([null, null]);
  await liveChat(visitor, 'open');
  await say(visitor, 'from a hostile page');
  expect(await context(beckon, await conversationWith(beckon, 'from a hostile page'))).toEqual({
    colour: 'red',
    size: { width: 4 },
  });
});

test('Row 1: init takes every form of its argument, and a second one fails softly', async ({
  beckon,
  site,
  newVisitor,
  watch,
}) => {
  watch.expect(/status of 404/);
  const id = await beckon.widgetId('multi');
  const address = site.put('/forms.html', page(snippet(beckon.origin)));
  const visitor = await newVisitor();
  for (const [argument, code] of [
    [id, undefined],
    [{ widgetId: id }, undefined],
    [{ widgetId: id, domain: 'io' }, undefined],
    [undefined, 1001],
    [null, 1001],
    ['', 1001],
    [{}, 1001],
    [{ widgetId: '' }, 1001],
    ['no-such-widget', 1012],
    [UNKNOWN_WIDGET, 1012],
  ] as const) {
    await visitor.goto(address);
    const { error } = await liveChat(visitor, 'init', argument);
    expect([argument, error?.code]).toEqual([argument, code]);
    if (!error) {
      const again = await liveChat(visitor, 'init', id);
      expect(again.error?.code).toBe(1011);
      expect((await liveChat(visitor, 'init', '')).error?.code).toBe(1011);
      expect((await liveChat(visitor, 'open')).error).toBeUndefined();
    } else {
      expect(error.name).not.toBe('');
      expect(error.message).not.toBe('');
      // After a failure a right one may follow.
      expect((await liveChat(visitor, 'init', id)).error).toBeUndefined();
    }
  }
});

test('Row 1: commands that waited get the error of an init that failed', async ({
  beckon,
  site,
  newVisitor,
  watch,
}) => {
  watch.expect(/status of 404/);
  const visitor = await newVisitor();
  await visitor.goto(
    site.put(
      '/failed-init.html',
      page(`${snippet(beckon.origin)}<script>${recorder}
        liveChat('open', null, note('open'));
        liveChat('send_contextual_data', { metadata: { a: 1 } }, note('context'));
        liveChat('init', '${UNKNOWN_WIDGET}', note('init'));
      </script>`),
    ),
  );
  await names(visitor, 3);
  expect((await answers(visitor)).map(({ name, code }) => [name, code])).toEqual([
    ['init', 1012],
    ['open', 1012],
    ['context', 1012],
  ]);
});

test('Row 1: at most two requests go to Beckon until init has called back', async ({ beckon, site, newVisitor }) => {
  const visitor = await newVisitor();
  const id = await beckon.widgetId('multi');
  const asked: string[] = [];
  visitor.on('request', (request) => {
    if (request.url().startsWith(beckon.origin)) asked.push(request.url());
  });
  visitor.on('websocket', (socket) => asked.push(socket.url()));
  await visitor.goto(site.put('/thrifty.html', page(snippet(beckon.origin))));
  expect((await liveChat(visitor, 'init', id)).error).toBeUndefined();
  // The configuration is asked for with the address that the script came from, so that a wrong public address is noticed.
  const config = `${beckon.origin}/livechat/1/widgets/${id}/config?at=${beckon.origin}`;
  expect(asked).toEqual([`${beckon.origin}/widget.js`, config]);
  // Everything that sites style and press is there by then.
  for (const element of ['#ib-button-messaging', '#ib-button-messaging-icon', '#ib-iframe-messaging']) {
    expect(await visitor.locator(`.ib-widget-wrapper.lc-widget-wrapper ${element}`).count()).toBe(1);
  }
});

test('Row 1: an unknown command is an error with the nearest name, never an exception', async ({
  beckon,
  site,
  newVisitor,
}) => {
  const visitor = await newVisitor();
  await visitor.goto(site.put('/unknown.html', pageWithWidget(beckon.origin, await beckon.widgetId('multi'))));
  const { error } = await liveChat(visitor, 'sendContextualData', { metadata: { a: 1 } });
  expect(error).toMatchObject({ code: 1207, name: expect.any(String) });
  expect(error?.message).toContain('send_contextual_data');
  const thrown = await visitor.evaluate(() => {
    const call = (window as unknown as { liveChat: (...values: unknown[]) => void }).liveChat;
    try {
      call();
      call(null, null, null);
      call(42, { toString: null }, 'no function');
      call({}, [], {});
      call('open', null, 'no function');
      return 'nothing';
    } catch (error) {
      return String(error);
    }
  });
  expect(thrown).toBe('nothing');
});
