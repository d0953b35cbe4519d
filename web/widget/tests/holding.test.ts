import type { JsonObject } from '@beckon/sdk';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { excess, fold, type Patch } from '../src/app/holding';

const LIMITS = { text: 4096, contextBytes: 65_536, contextKeys: 256, keyLength: 128, stringBytes: 8192, depth: 8 };

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
        const held = calls.reduce<Patch | null>(fold, null) as Patch;
        // Keys that look like numbers stand first in any JavaScript object; without them the order is exact.
        const worded = (context: Map<string, unknown>) => new Map([...context].filter(([key]) => key !== '7'));
        expect(text(worded(write(new Map(), held)))).toBe(text(worded(live)));
        expect(Object.fromEntries(write(new Map(), held))).toEqual(Object.fromEntries(live));
      }),
    );
  });

  it('does to an existing conversation what the calls would have done', () => {
    fc.assert(
      fc.property(patch, fc.array(patch, { minLength: 1, maxLength: 12 }), (before, calls) => {
        const context = write(new Map(), before);
        const held = calls.reduce<Patch | null>(fold, null) as Patch;
        expect(Object.fromEntries(write(context, held))).toEqual(Object.fromEntries(calls.reduce(write, context)));
      }),
    );
  });

  it('keeps keys that mean something to JavaScript as plain data', () => {
    const spiked = JSON.parse('{"__proto__": {"polluted": true}, "a": 1}') as JsonObject;
    const held = fold({ mode: 'merge', metadata: {} }, { mode: 'merge', metadata: spiked });
    expect(JSON.stringify(held.metadata)).toBe('{"__proto__":{"polluted":true},"a":1}');
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  it('is too much at the first byte over, and says which key is the largest', () => {
    const of = (length: number): Patch => ({ mode: 'merge', metadata: { small: 1, cart: 'x'.repeat(length) } });
    const room = 65_536 - JSON.stringify(of(0).metadata).length;
    expect(excess(of(room), LIMITS)).toBeUndefined();
    expect(excess(of(room + 1), LIMITS)).toMatch(/65,537 bytes, limit 65,536; largest key: cart/);
  });

  it('counts keys, and not what only removes', () => {
    const keys = (count: number, value: number | null) =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`${value}${index}`, value]));
    expect(excess({ mode: 'merge', metadata: { ...keys(256, 1), ...keys(50, null) } }, LIMITS)).toBeUndefined();
    expect(excess({ mode: 'merge', metadata: keys(257, 1) }, LIMITS)).toMatch(/257 keys, limit 256/);
  });
});
