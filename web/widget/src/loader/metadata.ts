import { CONTEXT_BYTES, CONTEXT_KEYS, DEPTH, KEY_LENGTH, STRING_BYTES } from '../limits';
import { Refusal } from './refusal';

const REFUSED_KEYS = ['__proto__', 'constructor', 'prototype'];
const ROOT = 'metadata';

const encoder = new TextEncoder();
const bytes = (text: string): number => encoder.encode(text).length;

/** With the flag `u` this finds only halves of characters, which have no UTF-8. */
const json = (text: string): string => JSON.stringify(text.replace(/[\uD800-\uDFFF]/gu, '\uFFFD'));

/** Boxes of every frame of the page. */
const BOXED = /(Number|String|Boolean)]$/;

/** Objects without a class, of every frame of the page: theirs is the prototype that has none. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return !prototype || !Object.getPrototypeOf(prototype);
}

type Fields = { [key: string]: unknown };

/**
 * JSON text of a page's object, as `JSON.stringify` would write it, but strict: what JSON would empty or spoil in silence is refused by
 * its path. Throws a `Refusal` and nothing else; the page's object is only read, once.
 */
export function metadataText(metadata: unknown): string {
  const parents: unknown[] = [];
  // What is being looked at.
  let path = ROOT;

  function converted(value: unknown, key: string): unknown {
    if (Object(value) !== value && typeof value !== 'bigint') return value;
    const { toJSON } = value as Fields;
    let json = value;
    // An array has none of its own; the one that old libraries give it spoils it.
    if (typeof toJSON === 'function' && !Array.isArray(value)) json = toJSON.call(value, key);
    // A date that is none.
    if (json === null && Number.isNaN((value as object).valueOf?.())) throw new Refusal(1202, path, value);
    return BOXED.test({}.toString.call(json)) ? (json as object).valueOf() : json;
  }

  /** Undefined: left out. */
  function write(original: unknown, key: string): string | undefined {
    const own = path;
    const value = converted(original, key);
    const list = Array.isArray(value);
    if (own === ROOT && (list || Object(value) !== value)) throw new Refusal(1202, own, value);
    if (value === undefined) return undefined;
    if (value === null || typeof value === 'boolean' || Number.isFinite(value)) return String(value);
    if (typeof value === 'string') {
      const size = bytes(value);
      if (size > STRING_BYTES) throw new Refusal(1203, own, 'text', size);
      return json(value);
    }
    if (typeof value !== 'object' || !(list || isPlain(value))) throw new Refusal(1202, own, value);
    if (parents.includes(value)) throw new Refusal(1202, own, value, 'cycle');
    if (parents.push(value) > DEPTH) throw new Refusal(1203, own, 'depth', parents.length);
    // More than could fit: also the holes of a list are not walked through.
    if (list && value.length > CONTEXT_BYTES / 2) throw new Refusal(1203, own, 'items', value.length);

    const source = (list ? Array.from(value) : value) as Fields;
    const parts: string[] = [];
    const names = new Set<string>();
    for (const name of Object.keys(source)) {
      path = list ? `${own}[${name}]` : `${own}.${name}`;
      const { length } = [...name];
      const label = json(name);
      if (REFUSED_KEYS.includes(name)) throw new Refusal(1202, path, name, 'key');
      if (length > KEY_LENGTH) throw new Refusal(1203, path, 'key', length);
      if (names.size === names.add(label).size) throw new Refusal(1202, path, name, 'twice');
      const written = write(source[name], name);
      if (list) parts.push(written || 'null');
      else if (written) parts.push(`${label}:${written}`);
    }
    parents.pop();
    if (own === ROOT) {
      // A null removes its key: it is sent, but it does not count.
      const kept = parts.filter((part) => !part.endsWith(':null'));
      const size = bytes(`{${kept}}`);
      if (kept.length > CONTEXT_KEYS) throw new Refusal(1203, own, 'keys', kept.length);
      if (size > CONTEXT_BYTES) throw new Refusal(1203, own, 'whole', size, kept);
    }
    return list ? `[${parts}]` : `{${parts}}`;
  }

  try {
    if (metadata === undefined) throw new Refusal(1201, ROOT);
    return write(metadata, '') as string;
  } catch (error) {
    throw error instanceof Refusal ? error : new Refusal(1202, path, undefined, 'throws');
  }
}
