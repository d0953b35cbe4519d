import type { JsonObject } from '@beckon/sdk';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { excess, fold, type Held, held, missing, noted, older, wire, without } from '../src/app/held';

const LIMITS = { text: 4096, contextBytes: 65_536, contextKeys: 256, keyLength: 128, stringBytes: 8192, depth: 8 };

interface Patch {
  mode: 'merge' | 'replace';
  metadata: JsonObject;
}

/** The fold of calls made one after the other, a second apart. */
const folded = (calls: Patch[]): Held =>
  calls.reduce<Held>(
    (whole, { mode, metadata }, n) => fold(whole, held({ call: `call ${n}`, at: n * 1000 }, mode, metadata)),
    { said: [] },
  );
const said = (metadata: JsonObject, at = 0, call = 'one'): Held => held({ call, at }, 'merge', metadata);

/** One write to a conversation's context, as the server does it. */
function write(context: Map<string, unknown>, { mode, metadata }: Patch): Map<string, unknown> {
  const next = mode === 'replace' ? new Map<string, unknown>() : new Map(context);
  for (const [key, value] of Object.entries(metadata)) {
    if (value === null) next.delete(key);
    else next.set(key, value);
  }
  return next;
}

const text = (context: Map<string, unknown>) => JSON.stringify([...context]);

const patch: fc.Arbitrary<Patch> = fc.record({
  mode: fc.oneof({ weight: 5, arbitrary: fc.constant('merge' as const) }, fc.constant('replace' as const)),
  metadata: fc
    .uniqueArray(fc.tuple(fc.constantFrom('a', 'b', 'c', 'd', '7'), fc.constantFrom(1, 'x', null, [null])), {
      selector: ([key]) => key,
    })
    .map((members) => Object.fromEntries(members) as JsonObject),
});

describe('what is held', () => {
  it('gives a new conversation what the same calls would have given it one by one, order included', () => {
    fc.assert(
      fc.property(fc.array(patch, { minLength: 1, maxLength: 12 }), (calls) => {
        const live = calls.reduce(write, new Map());
        const together = wire(folded(calls), 0);
        // Keys that look like numbers stand first in any JavaScript object; without them the order is exact.
        const worded = (context: Map<string, unknown>) => new Map([...context].filter(([key]) => key !== '7'));
        expect(text(worded(write(new Map(), together)))).toBe(text(worded(live)));
        expect(Object.fromEntries(write(new Map(), together))).toEqual(Object.fromEntries(live));
      }),
    );
  });

  it('does to an existing conversation what the calls would have done', () => {
    fc.assert(
      fc.property(patch, fc.array(patch, { minLength: 1, maxLength: 12 }), (before, calls) => {
        const context = write(new Map(), before);
        const together = wire(folded(calls), 0);
        expect(Object.fromEntries(write(context, together))).toEqual(Object.fromEntries(calls.reduce(write, context)));
      }),
    );
  });

  it('keeps keys that mean something to JavaScript as plain data', () => {
    const spiked = JSON.parse('{"__proto__": {"polluted": true}, "a": 1}') as JsonObject;
    const { metadata } = wire(fold(said({}), said(spiked)), 0);
    expect(JSON.stringify(metadata)).toBe('{"__proto__":{"polluted":true},"a":1}');
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  it('is too much at the first byte over, and says which key is the largest', () => {
    const of = (length: number) => said({ small: 1, cart: 'x'.repeat(length) });
    const room = 65_536 - JSON.stringify(wire(of(0), 0).metadata).length;
    expect(excess(of(room), LIMITS)).toBeUndefined();
    expect(excess(of(room + 1), LIMITS)).toMatch(/65,537 bytes, limit 65,536; largest key: cart/);
  });

  it('counts keys, and not what only removes', () => {
    const keys = (count: number, value: number | null) =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`${value}${index}`, value]));
    expect(excess(said({ ...keys(256, 1), ...keys(50, null) }), LIMITS)).toBeUndefined();
    expect(excess(said(keys(257, 1)), LIMITS)).toMatch(/257 keys, limit 256/);
  });

  it('says of each key when and on which page it was said', () => {
    const one = held({ call: 'one', at: 1_000, page: 'https://shop.example/a' }, 'merge', {
      car: 'Fjord',
      trim: 'base',
    });
    const two = held({ call: 'two', at: 61_000, page: 'https://shop.example/b' }, 'merge', { trim: 'sport' });
    expect(wire(fold(one, two), 62_000)).toEqual({
      mode: 'merge',
      metadata: { car: 'Fjord', trim: 'sport' },
      age_ms: 1_000,
      page: 'https://shop.example/b',
      made: [{ age_ms: 61_000, page: 'https://shop.example/a', keys: ['car'] }],
    });
    expect(older(wire(fold(one, two), 62_000), 500)).toMatchObject({ age_ms: 1_500, made: [{ age_ms: 61_500 }] });
    // A clock that was set back makes nothing younger than now.
    expect(wire(one, 0).age_ms).toBe(0);
  });

  it('tells when a replacement was made, also when all its keys were said again', () => {
    const replaced = held({ call: 'one', at: 1_000 }, 'replace', { car: 'Fjord' });
    expect(wire(fold(replaced, said({ car: 'Strand' }, 2_000, 'two')), 3_000)).toEqual({
      mode: 'replace',
      metadata: { car: 'Strand' },
      age_ms: 1_000,
      made: [{ age_ms: 2_000, keys: [] }],
    });
  });

  it('lets the later word win, whoever comes last', () => {
    const older = said({ car: 'Fjord', only: 'older' }, 1_000, 'older');
    const newer = said({ car: 'Strand' }, 2_000, 'newer');
    for (const both of [fold(older, newer), fold(newer, older)]) {
      expect(wire(both, 0).metadata).toEqual({ car: 'Strand', only: 'older' });
    }
    // What was said before a replacement is gone, also when it comes after it.
    expect(wire(fold(held({ call: 'all', at: 3_000 }, 'replace', { a: 1 }), newer), 0).metadata).toEqual({ a: 1 });
  });

  it('keeps apart what a thread has, what is too old for it, and what was refused', () => {
    const both = fold(said({ a: 1 }, 1_000, 'one'), said({ b: 2 }, 2_000, 'two'));
    const there = noted(both, said({ a: 1 }, 1_000, 'one'), ['A'], true);
    expect(missing(there, 'A')?.said.map(({ key }) => key)).toEqual(['b']);
    expect(missing(there, 'B')?.said.map(({ key }) => key)).toEqual(['a', 'b']);
    expect(missing(there, 'B', 1_500)?.said.map(({ key }) => key)).toEqual(['b']);
    expect(missing(there, 'A', 2_000)).toBeUndefined();
    const back = noted(there, said({ a: 1 }, 1_000, 'one'), ['A'], false);
    expect(missing(back, 'A')?.said.map(({ key }) => key)).toEqual(['a', 'b']);
    // A key that is said again is not there any more.
    expect(missing(fold(there, said({ a: 3 }, 3_000, 'three')), 'A')?.said.map(({ key }) => key)).toEqual(['a', 'b']);
    expect(without(both, ['one', 'two'])).toBeNull();
  });

  it('leaves out the pages of the oldest calls when there are too many', () => {
    const page = `https://shop.example/${'x'.repeat(480)}`;
    let whole: Held = { said: [] };
    for (let n = 0; n < 256; n++) whole = fold(whole, held({ call: `${n}`, at: n, page }, 'merge', { [`key${n}`]: n }));
    const { made = [] } = wire(whole, 1_000);
    expect(JSON.stringify(made).length).toBeLessThan(2 * 32 * 1024);
    expect(made).toHaveLength(255);
    expect(made[0]?.page).toBe(page);
    expect(made.at(-1)?.page).toBeUndefined();
    expect(new Set(made.flatMap(({ keys }) => keys)).size).toBe(255);
  });
});
