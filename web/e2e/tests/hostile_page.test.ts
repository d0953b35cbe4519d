import type { Page } from 'playwright-core';
import { chat, context, conversationWith, expect, liveChat, page, say, snippet, test } from '../src/harness';

/** Everything that reached the page as an exception. */
async function thrownIn(visitor: Page): Promise<string[]> {
  return visitor.evaluate(() => (window as unknown as { thrown: string[] }).thrown);
}

const LISTENERS = `
  window.thrown = [];
  addEventListener('error', function (event) { thrown.push(String(event.message)); });
  addEventListener('unhandledrejection', function (event) { thrown.push(String(event.reason)); });
`;

test('frozen prototypes, blocked storage and a JSON that is not one’s own throw nothing into the page', async ({
  beckon,
  site,
  newVisitor,
}) => {
  const id = await beckon.widgetId('multi');
  const hostile = `
    ['localStorage', 'sessionStorage'].forEach(function (name) {
      Object.defineProperty(window, name, { get: function () { throw new DOMException('blocked', 'SecurityError'); } });
    });
    [Object, Array, Function, String, Promise, Map, Set].forEach(function (kind) { Object.freeze(kind.prototype); });
    var stringify = JSON.stringify;
    JSON.stringify = function (value) { return typeof value === 'string' ? stringify(value) : '"spoilt"'; };
  `;
  const visitor = await newVisitor();
  await visitor.goto(
    site.put(
      '/frozen.html',
      page(
        `<script>${LISTENERS}${hostile}</script>${snippet(beckon.origin)}<script>liveChat('init', '${id}');</script>`,
      ),
    ),
  );
  const sent = await liveChat(visitor, 'send_contextual_data', { metadata: { colour: 'red', list: [1, { a: 2 }] } });
  expect(sent.error).toBeUndefined();
  await liveChat(visitor, 'open');
  await say(visitor, 'from a frozen page');
  expect(await context(beckon, await conversationWith(beckon, 'from a frozen page'))).toEqual({
    colour: 'red',
    list: [1, { a: 2 }],
  });
  expect(await thrownIn(visitor)).toEqual([]);
});

test('two scripts, two inits and commands of any kind are one widget and typed errors', async ({
  beckon,
  site,
  newVisitor,
}) => {
  const id = await beckon.widgetId('multi');
  const visitor = await newVisitor();
  await visitor.goto(
    site.put(
      '/twice.html',
      page(`<script>${LISTENERS}</script>${snippet(beckon.origin)}${snippet(beckon.origin)}
        <script>liveChat('init', '${id}');</script><script src="${beckon.origin}/widget.js"></script>`),
    ),
  );
  expect((await liveChat(visitor, 'open')).error).toBeUndefined();
  expect((await liveChat(visitor, 'init', id)).error).toMatchObject({ code: 1011 });
  expect(await visitor.locator('#ib-button-messaging').count()).toBe(1);
  expect(await visitor.locator('#ib-iframe-messaging').count()).toBe(1);
  await chat(visitor).locator('.ib-widget-message-input').waitFor();

  const codes = await visitor.evaluate(async () => {
    const call = (window as unknown as { liveChat: (...values: unknown[]) => void }).liveChat;
    const trap = new Proxy(
      {},
      {
        get: () => {
          throw new Error('no');
        },
        ownKeys: () => {
          throw new Error('no');
        },
        getPrototypeOf: () => {
          throw new Error('no');
        },
      },
    );
    const circle: { self?: unknown } = {};
    circle.self = circle;
    const wrong: unknown[][] = [
      ['send_contextual_data', trap],
      ['send_contextual_data', { metadata: trap }],
      ['send_contextual_data', { metadata: circle }],
      ['send_contextual_data', { metadata: { big: BigInt(1) } }],
      ['send_contextual_data', { metadata: { huge: Array.from({ length: 100_000 }, () => 'x'.repeat(1000)) } }],
      ['send_contextual_data', { metadata: { a: 1 }, multiThreadStrategy: trap }],
      ['send_contextual_data', { metadata: { a: 1 }, mode: { toString: () => Promise.reject(new Error('no')) } }],
      ['set_theme', trap],
      ['set_theme', Symbol('x')],
      ['set_language', trap],
      ['set_language', BigInt(1)],
      ['init', trap],
      [trap, undefined],
      [Symbol('x'), undefined],
      [{ toString: 'no' }, undefined],
      [undefined, undefined],
    ];
    return Promise.all(
      wrong.map(
        ([command, argument]) =>
          new Promise<number | string>((resolve) => {
            setTimeout(() => resolve('no answer'), 60_000);
            try {
              call(command, argument, (error?: { code: number }) => resolve(error?.code ?? 'no error'));
            } catch (error) {
              resolve(`threw ${error}`);
            }
          }),
      ),
    );
  });
  expect(codes).toEqual([
    1202,
    1202,
    1202,
    1202,
    1203,
    1204,
    1204,
    1208,
    1208,
    'no error',
    'no error',
    1011,
    1207,
    1207,
    1207,
    1207,
  ]);
  expect(await thrownIn(visitor)).toEqual([]);
});

test('a page that takes the widget out of itself hears errors or nothing, but no exception', async ({
  beckon,
  site,
  newVisitor,
}) => {
  const id = await beckon.widgetId('multi');
  const visitor = await newVisitor();
  await visitor.goto(
    site.put(
      '/removed.html',
      page(`<script>${LISTENERS}</script>${snippet(beckon.origin)}<script>liveChat('init', '${id}');</script>`),
    ),
  );
  await liveChat(visitor, 'open');
  await chat(visitor).locator('.ib-widget-message-input').waitFor();
  await visitor.evaluate(() => document.getElementById('ib-iframe-messaging')?.remove());
  for (const command of ['close', 'open', 'hide', 'show', 'set_theme', 'set_language', 'show_thread_list'])
    await visitor.evaluate((name) => {
      const call = (window as unknown as { liveChat: (...values: unknown[]) => void }).liveChat;
      const argument = name === 'set_theme' ? 'dark' : name === 'set_language' ? 'ar' : undefined;
      call(name, argument, () => undefined);
      call('send_contextual_data', { metadata: { name } }, () => undefined);
    }, command);
  await visitor.evaluate(() => {
    document.body.replaceChildren();
    const call = (window as unknown as { liveChat: (...values: unknown[]) => void }).liveChat;
    call('open', () => undefined);
    call('close', () => undefined);
  });
  expect(await thrownIn(visitor)).toEqual([]);
});
