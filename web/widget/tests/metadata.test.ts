import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { metadataText } from '../src/loader/metadata';
import { Refusal } from '../src/loader/refusal';
import { explain, type Refused } from '../src/page/refusals';

function refusal(metadata: unknown): { code: number; message: string } {
  try {
    metadataText(metadata);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { code: error.code, message: explain(error as Refused) };
  }
  throw new Error('it was taken');
}

function nest(levels: number): object {
  return levels === 1 ? {} : { inner: nest(levels - 1) };
}

const cycle: { self?: unknown } = {};
cycle.self = { back: cycle };

describe('metadata of a page', () => {
  it('becomes what JSON.stringify makes of it', () => {
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.string({ maxLength: 12 }).filter((key) => !REFUSED.has(key)),
          fc.jsonValue({ maxDepth: 5 }),
        ),
        (metadata) => {
          const text = JSON.stringify(metadata);
          fc.pre(!/[\uD800-\uDFFF]/u.test(text));
          // Refused at any depth; the generator likes them.
          fc.pre(![...REFUSED].some((key) => text.includes(`${JSON.stringify(key)}:`)));
          expect(metadataText(metadata)).toBe(JSON.stringify(metadata));
        },
      ),
    );
  });

  it('keeps what JSON.stringify keeps: dates, toJSON, boxes, holes', () => {
    const metadata = {
      when: new Date(0),
      own: { toJSON: (key: string) => `own ${key}` },
      boxed: [Object('text'), Object(4), Object(false)],
      holes: Object.assign([], { 1: undefined, 2: 1 }),
      gone: undefined,
      minus: -0,
      [Symbol('left out')]: 1,
    };
    expect(metadataText(metadata)).toBe(JSON.stringify(metadata));
  });

  it.each([
    ['missing', undefined, 1201, 'missing'],
    ['an array', [], 1202, 'metadata'],
    ['a text', 'red', 1202, 'metadata'],
    ['null', null, 1202, 'metadata'],
    ['a number', 7, 1202, 'metadata'],
    ['something whose toJSON is no object', { toJSON: () => [] }, 1202, 'metadata'],
    ['a function inside', { a: { b: () => 1 } }, 1202, 'metadata.a.b'],
    ['a symbol', { a: [Symbol('x')] }, 1202, 'metadata.a[0]'],
    ['a BigInt', { a: 1n }, 1202, 'metadata.a'],
    ['NaN', { a: { b: [1, Number.NaN] } }, 1202, 'metadata.a.b[1]'],
    ['Infinity', { a: Number.NEGATIVE_INFINITY }, 1202, 'metadata.a'],
    ['a cycle', cycle, 1202, 'metadata.self.back'],
    ['two keys that differ in half a character', { a: { '\udc00': 1, '\udc01': 1 } }, 1202, 'metadata.a.\udc01'],
    ['an endless list', { a: Object.assign([], { length: 2 ** 32 - 1 }) }, 1203, 'metadata.a has 4,294,967,295 items'],
    ['the key __proto__', JSON.parse('{"a": {"__proto__": 1}}'), 1202, 'metadata.a.__proto__'],
    ['the key constructor', { constructor: 1 }, 1202, 'metadata.constructor'],
    ['the key prototype', { prototype: null }, 1202, 'metadata.prototype'],
    ['depth 9', nest(9), 1203, `metadata${'.inner'.repeat(8)} is 9 levels deep, limit 8`],
    ['a key of 129 characters', { ['k'.repeat(129)]: 1 }, 1203, 'k is a key of 129 characters, limit 128'],
    ['a text of 8,193 bytes', { a: `${'x'.repeat(8191)}é` }, 1203, 'metadata.a is 8,193 bytes, limit 8,192'],
    [
      '257 keys',
      Object.fromEntries(Array.from({ length: 257 }, (_, i) => [`k${i}`, 1])),
      1203,
      'metadata has 257 keys, limit 256',
    ],
  ])('is refused: %s', (_, metadata, code, named) => {
    const error = refusal(metadata);
    expect(error.code).toBe(code);
    expect(error.message).toContain(named);
  });

  it('names the path of what throws', () => {
    const throwing = {
      fine: 1,
      a: {
        get b() {
          throw new DOMException('no', 'DataError');
        },
      },
    };
    expect(refusal(throwing)).toMatchObject({ code: 1202, message: expect.stringContaining('metadata.a.b') });
  });

  it('is taken at the limits', () => {
    expect(metadataText(nest(8))).toContain('inner');
    expect(metadataText({ ['é'.repeat(128)]: 'é'.repeat(4096) })).toContain('é');
    const keys = Object.fromEntries(Array.from({ length: 256 }, (_, i) => [`k${i}`, 1]));
    expect(metadataText({ ...keys, removed: null })).toContain('"removed":null');
  });

  it('is taken at 65,536 bytes and not one more, and the largest key is named', () => {
    const fill = (last: number) => ({
      cart: Array.from({ length: 8 }, (_, i) => 'x'.repeat(i < 7 ? 8192 : last)),
      b: 1,
    });
    const room = 65_536 - JSON.stringify(fill(0)).length;
    expect(metadataText(fill(room))).toHaveLength(65_536);
    expect(refusal(fill(room + 1))).toMatchObject({
      code: 1203,
      message: 'metadata is 65,537 bytes, limit 65,536; largest key: cart, 65,529',
    });
  });

  it('is read once, at the call', () => {
    let reads = 0;
    const metadata = {
      get a() {
        return ++reads;
      },
    };
    expect(metadataText(metadata)).toBe('{"a":1}');
  });
});

const REFUSED = new Set(['__proto__', 'constructor', 'prototype']);
