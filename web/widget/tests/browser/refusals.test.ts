import { describe, expect, it } from 'vitest';
import { stage } from './stage';

const set = stage();

/** What a page gets wrong, and what it is told where the words are to be had, and where they are not. */
const WRONG: [command: string, argument: string, code: number, whole: RegExp, short: string][] = [
  ['send_contextual_data', '{}', 1201, /^metadata is missing$/, 'Mandatory field missing: metadata'],
  [
    'send_contextual_data',
    '{ metadata: { a: [1n] } }',
    1202,
    /^metadata\.a\[0\] is a bigint/,
    'Field in wrong type: metadata.a[0]',
  ],
  [
    'send_contextual_data',
    '{ metadata: { a: "x".repeat(8193) } }',
    1203,
    /^metadata\.a is 8,193 bytes, limit 8,192$/,
    'Limit exceeded: metadata.a',
  ],
  ['send_contextual_data', '{ metadata: {}, mode: "mix" }', 1204, /^Unknown mode 'mix'/, 'Unknown strategy: mode'],
  ['set_theme', '"ocaen"', 1208, /Did you mean 'ocean'\?/, 'Unknown theme: theme'],
  ['opne', 'undefined', 1207, /Did you mean 'open'\?/, 'Unknown command: command'],
  [
    'init',
    '"another"',
    1011,
    /^Already initialised: a1b2c3d4-/,
    `Widget initializing error: a1b2c3d4-0000-4000-8000-000000000001`,
  ],
];

const answers = () =>
  set.page.evaluate<{ code: number; name: string; message: string }[]>(
    `Promise.all([${WRONG.map(([command, argument]) => `new Promise((ok) => liveChat('${command}', ${argument}, ok))`)}])`,
  );

describe('a mistake', () => {
  it('is told in words that only a page with a mistake fetches', async () => {
    await set.visit();
    await set.call('send_contextual_data', { metadata: { fine: true } });
    await set.call('open');
    const words = () => set.beckon.requests.filter((path) => path.includes('refusals-'));
    expect(words()).toEqual([]);
    const told = await answers();
    for (const [index, [command, argument, code, whole]] of WRONG.entries()) {
      expect(told[index]?.code, `${command} ${argument}`).toBe(code);
      expect(told[index]?.message, `${command} ${argument}`).toMatch(whole);
    }
    expect(words()).toHaveLength(1);
  });

  it('keeps code and name, and says what it is about, where the words cannot be had', async () => {
    await set.context.route('**/refusals-*', (route) => route.abort());
    await set.visit();
    const told = await answers();
    set.complaints.length = 0;
    expect(told.map(({ code, message }) => [code, message])).toEqual(WRONG.map(([, , code, , short]) => [code, short]));
    expect(told.map(({ name, message }) => message.startsWith(`${name}: `))).toEqual(WRONG.map(() => true));
  });
});
