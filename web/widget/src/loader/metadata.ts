import type { WidgetError } from '../port';
import { widgetError } from './errors';

/** Limits of one context, as the server has them. */
export interface ContextLimits {
  contextBytes: number;
  contextKeys: number;
  keyLength: number;
  stringBytes: number;
  depth: number;
}

/** What holds until the widget's configuration is there. */
export const LIMITS: ContextLimits = {
  contextBytes: 65_536,
  contextKeys: 256,
  keyLength: 128,
  stringBytes: 8_192,
  depth: 8,
};

const REFUSED_KEYS = ['__proto__', 'constructor', 'prototype'];
// With the flag `u` this finds only halves of characters, which have no UTF-8.
const LONE_SURROGATE = /[\uD800-\uDFFF]/u;

const encoder = new TextEncoder();
const bytes = (text: string): number => encoder.encode(text).length;
const count = (amount: number): string => amount.toLocaleString('en');
const wrong = (path: string, what: string) => widgetError(1202, `${path} ${what}`);
const over = (path: string, what: string, is: number, limit: number) =>
  widgetError(1203, `${path} ${what} ${count(is)}, limit ${count(limit)} (${count(is - limit)} over)`);

/**
 * JSON text of a page's object, as `JSON.stringify` would write it, but strict: what JSON would drop or spoil in silence is an error
 * that names the path. Throws a `WidgetError` and nothing else; the page's object is only read, once.
 */
export function metadataText(metadata: unknown, limits: ContextLimits): string {
  const parents: unknown[] = [];
  // Ours, to tell it from what a getter of the page throws.
  let refusal: WidgetError | undefined;

  function refuse(error: WidgetError): never {
    refusal = error;
    throw error;
  }

  function text(value: string, path: string): string {
    if (LONE_SURROGATE.test(value)) return refuse(wrong(path, 'has half a character (a lone surrogate)'));
    return JSON.stringify(value);
  }

  /** The members as JSON text, one by one; undefined ones are left out. */
  function members(object: { [key: string]: unknown }, path: string): [string, string][] {
    const found: [string, string][] = [];
    for (const key of Object.keys(object)) {
      const inner = `${path}.${key}`;
      if (REFUSED_KEYS.includes(key)) return refuse(wrong(inner, 'is not allowed as a key'));
      const length = Array.from(key).length;
      if (length > limits.keyLength) return refuse(over(inner, 'has a key whose length is', length, limits.keyLength));
      const written = write(object[key], inner, key);
      if (written !== undefined) found.push([key, `${text(key, inner)}:${written}`]);
    }
    return found;
  }

  function nested<Result>(value: object, path: string, inside: () => Result): Result {
    if (parents.includes(value)) return refuse(wrong(path, 'contains itself (a cycle)'));
    if (parents.length >= limits.depth) return refuse(over(path, 'has depth', parents.length + 1, limits.depth));
    parents.push(value);
    const result = inside();
    parents.pop();
    return result;
  }

  function plain(value: unknown, key: string): unknown {
    if (typeof value !== 'object' || value === null) return value;
    const { toJSON } = value as { toJSON?: unknown };
    const converted: unknown = typeof toJSON === 'function' ? toJSON.call(value, key) : value;
    return converted instanceof Number || converted instanceof String || converted instanceof Boolean
      ? converted.valueOf()
      : converted;
  }

  function write(original: unknown, path: string, key: string): string | undefined {
    const value = plain(original, key);
    if (value === undefined) return undefined;
    if (value === null || typeof value === 'boolean') return String(value);
    if (typeof value === 'number') {
      if (!Number.isFinite(value)) return refuse(wrong(path, `is ${value}, which JSON cannot say`));
      return JSON.stringify(value);
    }
    if (typeof value === 'string') {
      const size = bytes(value);
      if (size > limits.stringBytes) return refuse(over(path, 'is a text whose bytes are', size, limits.stringBytes));
      return text(value, path);
    }
    if (typeof value !== 'object') return refuse(wrong(path, `is a ${typeof value}, which JSON cannot say`));
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

  const path = 'metadata';
  try {
    if (metadata === undefined) return refuse(widgetError(1201, 'metadata is missing: { metadata: { … } }'));
    const value = plain(metadata, '');
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      const kind = value === null ? 'null' : Array.isArray(value) ? 'an array' : `a ${typeof value}`;
      return refuse(wrong(path, `is ${kind}, not an object`));
    }
    const found = nested(value, path, () => members(value as { [key: string]: unknown }, path));
    // A null removes its key: it is sent, but it does not count.
    const kept = found.filter(([key, member]) => member !== `${JSON.stringify(key)}:null`);
    if (kept.length > limits.contextKeys) return refuse(over(path, 'has keys:', kept.length, limits.contextKeys));
    const size = bytes(`{${kept.map((member) => member[1]).join()}}`);
    if (size > limits.contextBytes) {
      const largest = kept.reduce((most, member) => (bytes(member[1]) > bytes(most[1]) ? member : most));
      return refuse(
        widgetError(
          1203,
          `metadata is ${count(size)} bytes, limit ${count(limits.contextBytes)}; largest key: ${largest[0]}, ${count(bytes(largest[1]))}`,
        ),
      );
    }
    return `{${found.map((member) => member[1]).join()}}`;
  } catch (error) {
    throw refusal !== undefined && error === refusal ? error : wrong(path, `could not be read: ${reason(error)}`);
  }
}

function reason(error: unknown): string {
  try {
    return String(error);
  } catch {
    return 'it threw';
  }
}
