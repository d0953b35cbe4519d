import type { Page } from 'playwright-core';
import {
  chat,
  contextText,
  conversations,
  expect,
  liveChat,
  messages,
  page,
  pageWithWidget,
  say,
  send,
  snippet,
  startThread,
  test,
} from '../src/harness';

interface Failure {
  code: number;
  name: string;
  message: string;
}

/** Calls `send_contextual_data` with an argument that only the page itself can make, and returns the error. */
function failure(at: Page, argument: string): Promise<Failure | null> {
  return at.evaluate(
    (source) =>
      new Promise<Failure | null>((resolve) => {
        const call = (window as unknown as { liveChat: (...values: unknown[]) => void }).liveChat;
        // The page's own code: evaluate() could not carry functions, cycles and getters over.
        const make = (window as unknown as { make: Record<string, () => unknown> }).make[source];
        call('send_contextual_data', make?.(), (error: Failure | undefined) =>
          resolve(error ? { code: error.code, name: error.name, message: error.message } : null),
        );
      }),
    argument,
  );
}

/** What a site may get wrong, as it would be written there; each must end in the error beside it. */
const WRONG = [
  ['nothing', 'undefined', 1201, /metadata/],
  ['null', 'null', 1201, /metadata/],
  ['a string', '"red"', 1201, /metadata/],
  ['no metadata', '{}', 1201, /metadata/],
  ['metadata undefined', '{ metadata: undefined }', 1201, /metadata/],
  ['metadata null', '{ metadata: null }', 1202, /metadata is not an object/],
  ['metadata an array', '{ metadata: [1] }', 1202, /metadata is not an object/],
  ['metadata a string', '{ metadata: "red" }', 1202, /metadata is not an object/],
  ['metadata a number', '{ metadata: 7 }', 1202, /metadata is not an object/],
  ['metadata a Date', '{ metadata: new Date(0) }', 1202, /metadata is not an object/],
  ['a cycle', '(function () { var a = { b: {} }; a.b.c = a; return { metadata: a }; })()', 1202, /metadata\.b\.c/],
  ['a function', '{ metadata: { deep: { f: function () {} } } }', 1202, /metadata\.deep\.f/],
  ['a symbol', '{ metadata: { s: Symbol("x") } }', 1202, /metadata\.s/],
  ['a BigInt', '{ metadata: { list: [1, BigInt(2)] } }', 1202, /metadata\.list\[1\]/],
  ['NaN', '{ metadata: { price: NaN } }', 1202, /metadata\.price/],
  ['Infinity', '{ metadata: { price: -Infinity } }', 1202, /metadata\.price/],
  ['a throwing getter', '{ metadata: { get price() { throw new Error("no"); } } }', 1202, /metadata/],
  ['a throwing proxy', '{ metadata: new Proxy({}, { ownKeys: function () { throw 1; } }) }', 1202, /metadata/],
  ['__proto__', '{ metadata: JSON.parse(\'{"__proto__": {"admin": true}}\') }', 1202, /__proto__/],
  ['a nested constructor', '{ metadata: { a: { constructor: 1 } } }', 1202, /metadata\.a\.constructor/],
  ['prototype', '{ metadata: { prototype: {} } }', 1202, /prototype/],
  ['65,537 bytes', '{ metadata: sized(65537) }', 1203, /65,537.*65,536/],
  ['depth 9', '{ metadata: nested(9) }', 1203, /9 levels deep, limit 8/],
  ['257 keys', '{ metadata: keyed(257) }', 1203, /257.*256/],
  ['a key of 129 characters', '{ metadata: { ["k".repeat(129)]: 1 } }', 1203, /129.*128/],
  ['a string of 8,193 bytes', '{ metadata: { text: "x".repeat(8193) } }', 1203, /metadata\.text.*8,193.*8,192/],
  ['an unknown strategy', '{ metadata: { a: 1 }, multiThreadStrategy: "SOME" }', 1204, /ACTIVE, ALL, ALL_PLUS_NEW/],
  ['a strategy in small letters', '{ metadata: { a: 1 }, multiThreadStrategy: "active" }', 1204, /active/],
  ['a strategy that is no text', '{ metadata: { a: 1 }, multiThreadStrategy: 1 }', 1204, /number/],
] as const;

const MAKERS = `
  function nested(depth) { var value = {}; for (var i = 1; i < depth; i++) value = { a: value }; return value; }
  function keyed(count) { var value = {}; for (var i = 0; i < count; i++) value['k' + i] = i; return value; }
  function sized(bytes) {
    var value = {};
    for (var i = 0; i < 8; i++) value['k' + i] = 'x'.repeat(8000);
    value.rest = '';
    value.rest = 'x'.repeat(bytes - JSON.stringify(value).length);
    return value;
  }
  window.make = {
    ${WRONG.map(([name, source]) => `${JSON.stringify(name)}: function () { return ${source}; }`).join(',\n    ')},
    'the largest': function () { return { metadata: sized(65536) }; },
    'the deepest': function () { return { metadata: nested(8) }; },
    'the most keys': function () { return { metadata: keyed(256), mode: 'replace' }; }
  };
`;

test('each wrong call from a page has its typed error, before and after a conversation, and stores nothing', async ({
  beckon,
  site,
  newVisitor,
}) => {
  const visitor = await newVisitor();
  const id = await beckon.widgetId('multi');
  await visitor.goto(site.put('/wrong.html', pageWithWidget(beckon.origin, id, MAKERS)));
  const uncaught: string[] = [];
  visitor.on('pageerror', (error) => uncaught.push(error.message));
  const tryAll = async () => {
    for (const [name, , code, message] of WRONG) {
      const error = await failure(visitor, name);
      expect([name, error?.code]).toEqual([name, code]);
      expect(error?.name, name).toBeTruthy();
      expect(error?.message, name).toMatch(message);
    }
  };
  await tryAll();
  const conversation = await startThread(visitor, beckon, 'right after wrong');
  expect(await contextText(beckon, conversation)).toBe('{}');
  await send(visitor, { right: true });
  await tryAll();
  expect(await contextText(beckon, conversation)).toBe('{"right":true}');
  expect(uncaught).toEqual([]);
  expect(await visitor.evaluate(() => ({}) as { admin?: boolean })).toEqual({});
});

test('what just fits is taken: 65,536 bytes with a first message of 4,096 emoji, depth 8, 256 keys', async ({
  beckon,
  site,
  newVisitor,
}) => {
  const visitor = await newVisitor();
  const id = await beckon.widgetId('multi');
  await visitor.goto(site.put('/fits.html', pageWithWidget(beckon.origin, id, MAKERS)));
  expect(await failure(visitor, 'the largest')).toBeNull();
  await liveChat(visitor, 'open');
  await say(visitor, '🚗'.repeat(4096));
  await chat(visitor)
    .getByText(/· Sent$/)
    .waitFor();
  const conversation = (await conversations(beckon)).at(-1)?.id ?? '';
  expect(await messages(beckon, conversation)).toEqual(['🚗'.repeat(4096)]);
  expect(new TextEncoder().encode(await contextText(beckon, conversation)).length).toBe(65_536);
  await beckon.api(`/ccaas/1/conversations/${conversation}/metadata`, { method: 'DELETE' });
  expect(await failure(visitor, 'the deepest')).toBeNull();
  expect(await failure(visitor, 'the most keys')).toBeNull();
  expect(Object.keys(JSON.parse(await contextText(beckon, conversation)))).toHaveLength(256);
});

test('merging over the limit of a live conversation is an error that says by how much, and changes nothing', async ({
  beckon,
  site,
  newVisitor,
}) => {
  const visitor = await newVisitor();
  const id = await beckon.widgetId('multi');
  await visitor.goto(site.put('/merging.html', pageWithWidget(beckon.origin, id, MAKERS)));
  expect(await failure(visitor, 'the largest')).toBeNull();
  const conversation = await startThread(visitor, beckon, 'full to the brim');
  const before = await contextText(beckon, conversation);
  const { error } = await liveChat(visitor, 'send_contextual_data', { metadata: { one: 'more' } });
  expect(error?.code).toBe(1203);
  expect(error?.message).toMatch(/65,536/);
  expect(await contextText(beckon, conversation)).toBe(before);
});

test('a message of 4,097 characters cannot be sent, and the composer says by how many it is too long', async ({
  beckon,
  site,
  newVisitor,
}) => {
  const visitor = await newVisitor();
  await visitor.goto(site.put('/long.html', pageWithWidget(beckon.origin, await beckon.widgetId('multi'))));
  const before = (await conversations(beckon)).length;
  await liveChat(visitor, 'open');
  const composer = chat(visitor).locator('.ib-widget-message-input');
  await composer.fill('x'.repeat(4097));
  await chat(visitor).getByText('1 too many').waitFor();
  expect(await chat(visitor).locator('[data-testid="input-submit"]').isDisabled()).toBe(true);
  await composer.press('Enter');
  expect(await composer.inputValue()).toHaveLength(4097);
  await composer.fill('   \n ');
  await expect.poll(() => chat(visitor).locator('[data-testid="input-submit"]').isDisabled()).toBe(true);
  expect((await conversations(beckon)).length).toBe(before);
  await composer.fill('x'.repeat(4096));
  await chat(visitor).locator('[data-testid="input-submit"]').click();
  await expect.poll(async () => (await conversations(beckon)).length).toBe(before + 1);
});

test('a failing call without a callback writes one warning; unknown fields are named once', async ({
  beckon,
  site,
  newVisitor,
}) => {
  const visitor = await newVisitor();
  const warnings: string[] = [];
  visitor.on('console', (message) => {
    if (message.type() === 'warning') warnings.push(message.text());
  });
  await visitor.goto(site.put('/warned.html', pageWithWidget(beckon.origin, await beckon.widgetId('multi'))));
  await visitor.evaluate(() => {
    const call = (window as unknown as { liveChat: (...values: unknown[]) => void }).liveChat;
    call('send_contextual_data', { metadata: 'red' });
    call('send_contextual_data', { metadata: { a: 1 }, color: 'red' });
    call('send_contextual_data', { metadata: { a: 1 }, color: 'red' });
    call('opn');
  });
  expect((await liveChat(visitor, 'show')).error).toBeUndefined();
  await expect.poll(() => warnings.length).toBeGreaterThanOrEqual(3);
  expect(warnings.filter((text) => text.includes('1202'))).toHaveLength(1);
  expect(warnings.filter((text) => text.includes('1207') && text.includes("'open'"))).toHaveLength(1);
  expect(warnings.filter((text) => text.includes('ignores color'))).toHaveLength(1);
});

test('a site that is not allowed gets 1031, and its console names origin, widget and the command that allows it', async ({
  ownBeckon,
  site,
  newVisitor,
  watch,
}) => {
  watch.expect(/is not allowed for widget|status of 403/);
  const beckon = await ownBeckon();
  const id = await beckon.widgetId('multi');
  await beckon.admin(['widget', 'allow-origin', id, 'https://shop.example']);
  const visitor = await newVisitor();
  const written: string[] = [];
  visitor.on('console', (message) => {
    if (message.type() === 'error') written.push(message.text());
  });
  await visitor.goto(site.put('/refused.html', page(snippet(beckon.origin))));
  const { error } = await liveChat(visitor, 'init', id);
  expect(error?.code).toBe(1031);
  const advice = written.find((text) => text.includes('not allowed'));
  expect(advice).toContain(site.origin);
  expect(advice).toContain(id);
  expect(advice).toContain(`beckon admin widget allow-origin ${id} ${site.origin}`);
  expect(await visitor.locator('#ib-button-messaging').count()).toBe(0);

  // The command does what it says, beside the running server.
  await beckon.admin(['widget', 'allow-origin', id, site.origin]);
  await visitor.reload();
  expect((await liveChat(visitor, 'init', id)).error).toBeUndefined();
  await liveChat(visitor, 'open');
  await say(visitor, 'now I may');
  await chat(visitor)
    .getByText(/· Sent$/)
    .waitFor();
});

test('a page that frames the chat of a widget it may not use shows nothing', async ({
  ownBeckon,
  site,
  newVisitor,
  watch,
}) => {
  watch.expect(/frame-ancestors|Framing|Refused to (frame|display)/);
  const beckon = await ownBeckon();
  const id = await beckon.widgetId('multi');
  await beckon.admin(['widget', 'allow-origin', id, 'https://shop.example']);
  const visitor = await newVisitor();
  await visitor.goto(site.put('/framing.html', page('', `<iframe src="${beckon.origin}/widget/${id}/"></iframe>`)));
  await expect.poll(() => visitor.frames().length).toBe(2);
  expect(await visitor.frameLocator('iframe').locator('.ib-widget-message-input').count()).toBe(0);
  // The console cannot be framed by anybody.
  await visitor.goto(site.put('/framing2.html', page('', `<iframe src="${beckon.origin}/console/"></iframe>`)));
  expect(await visitor.frameLocator('iframe').locator('#console').count()).toBe(0);
});
