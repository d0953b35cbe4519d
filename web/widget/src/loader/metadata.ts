import { isWidgetError, widgetError } from './errors';

// The server's limits for one context.
const CONTEXT_BYTES = 65_536;
const CONTEXT_KEYS = 256;
/** Characters. */
const KEY_LENGTH = 128;
const STRING_BYTES = 8_192;
/** The object itself is the first level. */
const DEPTH = 8;

const REFUSED_KEYS = ['__proto__', 'constructor', 'prototype'];
// With the flag `u` this finds only halves of characters, which have no UTF-8.
const LONE_SURROGATE = /[\uD800-\uDFFF]/u;

const encoder = new TextEncoder();
const bytes = (text: string): number => encoder.encode(text).length;
const count = (amount: number): string => amount.toLocaleString('en');
const wrong = (path: string, what: string) => widgetError(1202, `${path} ${what}`);
const over = (what: string, limit: number, more = '') => widgetError(1203, `${what}, limit ${count(limit)}${more}`);

/**
 * JSON text of a page's object, as `JSON.stringify` would write it, but strict: what JSON would drop or spoil in silence is an error
 * that names the path. Throws a `WidgetError` and nothing else; the page's object is only read, once.
 */
export function metadataText(metadata: unknown): string {
  const parents: unknown[] = [];
  // What is being looked at, should it throw.
  let reading = 'metadata';

  function text(value: string, path: string): string {
    if (LONE_SURROGATE.test(value)) throw wrong(path, 'has a lone surrogate');
    return JSON.stringify(value);
  }

  /** The members as JSON text, one by one; undefined ones are left out. */
  function members(object: { [key: string]: unknown }, path: string): [string, string][] {
    const found: [string, string][] = [];
    for (const key of Object.keys(object)) {
      const inner = `${path}.${key}`;
      reading = inner;
      if (REFUSED_KEYS.includes(key)) throw wrong(inner, 'is not allowed as a key');
      const length = [...key].length;
      if (length > KEY_LENGTH) throw over(`${inner} is a key of ${count(length)} characters`, KEY_LENGTH);
      const written = write(object[key], inner, key);
      if (written !== undefined) found.push([key, `${text(key, inner)}:${written}`]);
    }
    return found;
  }

  function nested<Result>(value: object, path: string, inside: () => Result): Result {
    if (parents.includes(value)) throw wrong(path, 'is a cycle');
    if (parents.length >= DEPTH) throw over(`${path} is ${DEPTH + 1} levels deep`, DEPTH);
    parents.push(value);
    const result = inside();
    parents.pop();
    return result;
  }

  function plain(value: unknown, key: string): unknown {
    if (typeof value !== 'object' || value === null) return value;
    const { toJSON } = value as { toJSON?: unknown };
    // An array has none of its own; the one that old libraries give it spoils it.
    const converted: unknown = typeof toJSON === 'function' && !Array.isArray(value) ? toJSON.call(value, key) : value;
    const boxed = [Number, String, Boolean].some((kind) => converted instanceof kind);
    return boxed ? (converted as object).valueOf() : converted;
  }

  function write(original: unknown, path: string, key: string): string | undefined {
    const value = plain(original, key);
    if (value === undefined) return undefined;
    if (typeof value === 'number' && !Number.isFinite(value)) throw wrong(path, `is ${value}, which JSON cannot say`);
    if (value === null || typeof value === 'boolean' || typeof value === 'number') return String(value);
    if (typeof value === 'string') {
      const size = bytes(value);
      if (size > STRING_BYTES) throw over(`${path} is ${count(size)} bytes`, STRING_BYTES);
      return text(value, path);
    }
    if (typeof value !== 'object') throw wrong(path, `is a ${typeof value}, which JSON cannot say`);
    return nested(value, path, () => {
      if (!Array.isArray(value)) {
        const found = members(value as { [key: string]: unknown }, path);
        return `{${found.map((member) => member[1]).join()}}`;
      }
      const items: string[] = [];
      for (let index = 0; index < value.length; index++) {
        items.push(write(value[index], `${path}[${index}]`, String(index)) || 'null');
      }
      return `[${items.join()}]`;
    });
  }

  try {
    if (metadata === undefined) throw widgetError(1201, 'metadata is missing');
    const value = plain(metadata, '');
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw wrong('metadata', "is not an object, like { color: 'red' }");
    }
    const found = nested(value, 'metadata', () => members(value as { [key: string]: unknown }, 'metadata'));
    // A null removes its key: it is sent, but it does not count.
    const kept = found.filter(([key, member]) => member !== `${JSON.stringify(key)}:null`);
    if (kept.length > CONTEXT_KEYS) throw over(`metadata has ${count(kept.length)} keys`, CONTEXT_KEYS);
    const size = bytes(`{${kept.map((member) => member[1]).join()}}`);
    if (size > CONTEXT_BYTES) {
      const [largest] = kept.sort((one, other) => bytes(other[1]) - bytes(one[1])) as [[string, string]];
      throw over(
        `metadata is ${count(size)} bytes`,
        CONTEXT_BYTES,
        `; largest key: ${largest[0]}, ${count(bytes(largest[1]))}`,
      );
    }
    return `{${found.map((member) => member[1]).join()}}`;
  } catch (error) {
    throw isWidgetError(error) ? error : wrong(reading, 'throws when it is read');
  }
}
