import { type Node, type ParseError, parseTree } from 'jsonc-parser';
import {
  type Amount,
  amountOf,
  countsOtherwise,
  type Denomination,
  denominationOf,
  inside,
  isCurrencyKey,
  type Member,
} from './denomination';
import { isSensitiveKey, MASK } from './sensitive';

interface Known {
  /** Its key, or one above it, names a secret, and there is something to hide: shown only when asked for. */
  readonly sensitive: boolean;
  /** It is sensitive or holds something that is. */
  readonly guarded: boolean;
}

/** A value without members. */
export interface Leaf extends Known {
  readonly kind: 'text' | 'number' | 'boolean' | 'null';
  /** Where it stands, as a program would write it: `extras[0].name`, `["a key"].x`. Unique in a tree. */
  readonly path: string;
  /** The JSON exactly as stored: digits, escapes and all. */
  readonly source: string;
  /** What a person copies: the decoded text, otherwise the same as `source`. */
  readonly text: string;
}

/** An object or an array. Members keep the order they were sent in, whatever their names. */
export interface Branch extends Known {
  readonly kind: 'object' | 'array';
  readonly path: string;
  readonly source: string;
  readonly text: string;
  readonly entries: readonly Entry[];
  /** The key it goes by; an item of a list has the list's. */
  readonly name: string;
  /** The currency said around it, and the one of its members, as far as the site said them. */
  readonly around: Denomination | undefined;
  readonly denomination: Denomination | undefined;
  /** Its amounts are cents, shares or something else, whatever currency a key of them names. */
  readonly otherwise: boolean;
  /** It is nothing but an amount and its currency. */
  readonly amount: Amount | undefined;
}

export type ContextNode = Leaf | Branch;

/** A member: its key as sent, or its index written as a number. */
export interface Entry {
  readonly key: string;
  readonly node: ContextNode;
}

export function isBranch(node: ContextNode): node is Branch {
  return node.kind === 'object' || node.kind === 'array';
}

const IDENTIFIER = /^[\p{ID_Start}_$][\p{ID_Continue}$]*$/u;

function memberPath(parent: string, key: string): string {
  if (!IDENTIFIER.test(key)) return `${parent}[${JSON.stringify(key)}]`;
  return parent === '' ? key : `${parent}.${key}`;
}

/**
 * Reads a context. Not `JSON.parse`: that would move integer-like keys to the front, round long numbers and trip over
 * `__proto__`. A part whose JSON did not change is the very same object as in `previous`, so that an update only
 * touches what it changed. `around` is the currency of a part that stands alone here. `undefined` if the text is not one
 * JSON object.
 */
export function parseContext(text: string, previous?: Branch, around?: Denomination): Branch | undefined {
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { disallowComments: true, allowTrailingComma: false });
  if (errors.length > 0 || root?.type !== 'object') return undefined;
  const node = build(text, root, '', previous, { ...NOWHERE, around });
  return isBranch(node) ? node : undefined;
}

/** By which keys a value is judged. An item of a list goes by the list's own. */
interface Names {
  readonly key: string;
  /** A key further up named a secret already. */
  readonly secret: boolean;
  /** The currency said further up. */
  readonly around: Denomination | undefined;
}

const NOWHERE: Names = { key: '', secret: false, around: undefined };

function build(text: string, node: Node, path: string, previous: ContextNode | undefined, names: Names): ContextNode {
  const source = text.slice(node.offset, node.offset + node.length);
  if (previous?.path === path && previous.source === source && sameMoney(previous, names)) return previous;
  const before =
    previous && isBranch(previous) ? new Map(previous.entries.map((entry) => [entry.key, entry])) : undefined;
  switch (node.type) {
    case 'object': {
      // A Map keeps the first place and the last value of a repeated key, as every JSON reader does.
      const members = new Map<string, Node>();
      for (const property of node.children ?? []) {
        const [name, value] = property.children ?? [];
        if (name && value) members.set(String(name.value), value);
      }
      const plain = [...members].map(([key, value]) => memberOf(text, key, value));
      const denomination = denominationOf(names.key, plain, names.around);
      const entries = [...members].map(([key, value]) => {
        const secret = names.secret || isSensitiveKey(key, names.key);
        return child(text, key, value, memberPath(path, key), before, { key, secret, around: denomination });
      });
      const amount = amountOf(plain, denomination);
      const otherwise = countsOtherwise(plain);
      return branch({ kind: 'object', path, source, entries, denomination, otherwise, amount }, names);
    }
    case 'array': {
      const entries = (node.children ?? []).map((value, index) =>
        child(text, String(index), value, `${path}[${index}]`, before, names),
      );
      const denomination = inside(names.key, names.around);
      return branch({ kind: 'array', path, source, entries, denomination, otherwise: false, amount: undefined }, names);
    }
    case 'string':
      return { kind: 'text', path, source, text: String(node.value), ...guard(names.secret && node.value !== '') };
    case 'number':
      return { kind: 'number', path, source, text: source, ...guard(names.secret) };
    case 'boolean':
      // *hasPassword: true* tells no password.
      return { kind: 'boolean', path, source, text: source, ...guard(false) };
    default:
      return { kind: 'null', path, source, text: source, ...guard(false) };
  }
}

function guard(sensitive: boolean): Known {
  return { sensitive, guarded: sensitive };
}

type Built = Pick<Branch, 'kind' | 'path' | 'source' | 'entries' | 'denomination' | 'otherwise' | 'amount'>;

function branch(built: Built, names: Names): Branch {
  const guarded = built.entries.some(({ node }) => node.guarded);
  return {
    ...built,
    text: built.source,
    name: names.key,
    around: names.around,
    sensitive: names.secret && guarded,
    guarded,
  };
}

/** The same JSON is another amount under another currency. */
function sameMoney(node: ContextNode, { around }: Names): boolean {
  if (!isBranch(node) || node.around === around) return true;
  const { around: before } = node;
  return before?.currency === around?.currency && before?.small === around?.small && before?.said === around?.said;
}

function memberOf(text: string, key: string, value: Node): Member {
  const json = text.slice(value.offset, value.offset + value.length);
  if (value.type === 'string') return { key, kind: 'text', text: String(value.value) };
  if (value.type === 'number') return { key, kind: 'number', text: json };
  // *currency: { code: "EUR" }*
  const code = value.type === 'object' && isCurrencyKey(key) ? codeIn(value) : undefined;
  return code === undefined ? { key, kind: 'other', text: json.slice(0, 8) } : { key, kind: 'text', text: code };
}

function codeIn(object: Node): string | undefined {
  const code = object.children?.find(({ children }) => /^(?:code|iso|iso_?code)$/i.test(String(children?.[0]?.value)));
  const value: unknown = code?.children?.[1]?.value;
  return typeof value === 'string' ? value : undefined;
}

function child(
  text: string,
  key: string,
  value: Node,
  path: string,
  before: Map<string, Entry> | undefined,
  names: Names,
): Entry {
  const old = before?.get(key);
  const node = build(text, value, path, old?.node, names);
  return old?.node === node ? old : { key, node };
}

/** The entries from the root down to `path`, the root left out; shorter if the path no longer exists. */
export function trail(root: Branch, path: string): Entry[] {
  const found: Entry[] = [];
  let branch: Branch | undefined = root;
  while (branch && path !== '') {
    const next: Entry | undefined = branch.entries.find(
      ({ node }) => path === node.path || (path.startsWith(node.path) && '.['.includes(path.charAt(node.path.length))),
    );
    if (!next) break;
    found.push(next);
    branch = next.node.path !== path && isBranch(next.node) ? next.node : undefined;
  }
  return found;
}

/** The object or list at `path`; the root where there is none. */
export function partAt(root: Branch, path: string): Branch {
  const node = trail(root, path).at(-1)?.node;
  return node && isBranch(node) ? node : root;
}

/** Whether a value is kept from view now. */
export type Hidden = (node: ContextNode) => boolean;

/** The JSON as stored, with a mask for each part that is hidden. */
export function sourceOf(node: ContextNode, hidden: Hidden): string {
  if (!node.guarded) return node.source;
  if (hidden(node)) return JSON.stringify(MASK);
  if (!isBranch(node)) return node.source;
  const members = node.entries.map(
    (entry) => (node.kind === 'object' ? `${JSON.stringify(entry.key)}:` : '') + sourceOf(entry.node, hidden),
  );
  return node.kind === 'object' ? `{${members.join(',')}}` : `[${members.join(',')}]`;
}

/** The JSON indented for reading: keys in their order, numbers and escapes as stored, a mask for what is hidden. */
export function indented(node: ContextNode, hidden: Hidden, indent = ''): string {
  if (hidden(node)) return JSON.stringify(MASK);
  if (!isBranch(node)) return node.source;
  const [open, close] = node.kind === 'object' ? '{}' : '[]';
  if (node.entries.length === 0) return `${open}${close}`;
  const inner = `${indent}  `;
  const lines = node.entries.map((entry) => {
    const name = node.kind === 'object' ? `${JSON.stringify(entry.key)}: ` : '';
    return inner + name + indented(entry.node, hidden, inner);
  });
  return `${open}\n${lines.join(',\n')}\n${indent}${close}`;
}
