import { expect, it } from 'vitest';
import { stage } from './stage';

const set = stage();

/** Made in the page, or in a frame of it where `w` is that frame's window. */
const REFUSED = {
  'a function': '() => 1',
  'a symbol': 'Symbol("x")',
  'a BigInt': '1n',
  NaN: 'NaN',
  Infinity: '-Infinity',
  'a promise': 'w.Promise.resolve(1)',
  'a thenable': '({ then() {} })',
  'a map': 'new w.Map([["a", 1]])',
  'a set': 'new w.Set([1])',
  'a weak map': 'new w.WeakMap()',
  'an error': 'new w.Error("boom")',
  'an expression': 'new w.RegExp("a")',
  'a typed array': 'new w.Uint8Array(2)',
  'a buffer': 'new w.ArrayBuffer(2)',
  'a view of data': 'new w.DataView(new w.ArrayBuffer(2))',
  'form data': 'new w.FormData()',
  parameters: 'new w.URLSearchParams("a=1")',
  'a blob': 'new w.Blob(["a"])',
  'a file': 'new w.File(["a"], "a.txt")',
  headers: 'new w.Headers()',
  'an element': 'w.document.body',
  'a document': 'w.document',
  'an event': 'new w.Event("click")',
  'an instance': 'new (w.eval("(class { get price() { return 5; } })"))()',
  'a number format': 'new w.Intl.NumberFormat()',
  'a generator': '(function* () {})()',
  'an invalid date': 'new w.Date(NaN)',
  'a boxed symbol': 'w.Object(w.Symbol("x"))',
  'a throwing getter': '({ get a() { throw new Error("no"); } })',
};
const TAKEN: { [code: string]: string } = {
  'Object.assign(w.Object.create(null), { a: 1 })': '{"a":1}',
  'w.JSON.parse(\'{"a":{"b":[1]}}\')': '{"a":{"b":[1]}}',
  'new w.Date(0)': '"1970-01-01T00:00:00.000Z"',
  'new w.URL("https://x.example/")': '"https://x.example/"',
  'new w.Number(4)': '4',
  'new w.String("a")': '"a"',
  'w.Array.of(1, undefined)': '[1,null]',
  '({ toJSON: () => ({ a: 1 }) })': '{"a":1}',
  '"half \\ud83d"': '"half \ufffd"',
  '({ "k\\ud83d": "whole \ud83d\ude00" })': '{"k\ufffd":"whole 😀"}',
};

it('are refused by their path where JSON would empty them, whatever frame of the page they come from', async () => {
  const { page, beckon } = set;
  await set.visit();
  await page.evaluate(`document.body.append(window.other = document.createElement('iframe'))`);
  const give = (code: string, frame: string) =>
    page.evaluate<{ code: number; message: string } | undefined>(
      `new Promise((ok) => {
        const w = ${frame};
        liveChat('send_contextual_data', { metadata: { list: [{ v: ${code} }] }, mode: 'replace' }, (error) => ok(error));
      })`,
    );
  for (const frame of ['window', 'other.contentWindow']) {
    for (const [name, code] of Object.entries(REFUSED)) {
      const error = await give(code, frame);
      expect([name, error?.code], frame).toEqual([name, 1202]);
      expect(error?.message, name).toMatch(/^metadata\.list\[0\]\.v\b/);
    }
  }
  expect((await give('w.Promise.resolve(1)', 'window'))?.message).toContain('was an await forgotten?');
  expect((await give('({ then() {} })', 'window'))?.message).toContain('was an await forgotten?');
  await set.call('open');
  await set.say('hello');
  await expect.poll(() => beckon.conversations.length).toBe(1);
  for (const frame of ['window', 'other.contentWindow']) {
    for (const [code, json] of Object.entries(TAKEN)) {
      expect(await give(code, frame), code).toBeUndefined();
      expect(JSON.stringify(beckon.conversations[0]?.context), code).toBe(`{"list":[{"v":${json}}]}`);
    }
  }
});
