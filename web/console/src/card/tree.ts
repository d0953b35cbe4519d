import { type Node, type ParseError, parseTree } from 'jsonc-parser';

/** A value without members. */
export interface Leaf {
  readonly kind: 'text' | 'number' | 'boolean' | 'null';
  /** Where it stands, as a program would write it: `extras[0].name`, `["a key"].x`. Unique in a tree. */
  readonly path: string;
  /** The JSON exactly as stored: digits, escapes and all. */
  readonly source: string;
  /** What a person copies: the decoded text, otherwise the same as `source`. */
  readonly text: string;
}

/** An object or an array. Members keep the order they were sent in, whatever their names. */
export interface Branch {
  readonly kind: 'object' | 'array';
  readonly path: string;
  readonly source: string;
  readonly text: string;
  readonly entries: readonly Entry[];
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
 * touches what it changed. `undefined` if the text is not one JSON object.
 */
export function parseContext(text: string, previous?: Branch): Branch | undefined {
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { disallowComments: true, allowTrailingComma: false });
  if (errors.length > 0 || root?.type !== 'object') return undefined;
  const node = build(text, root, '', previous);
  return isBranch(node) ? node : undefined;
}

function build(text: string, node: Node, path: string, previous: ContextNode | undefined): ContextNode {
  const source = text.slice(node.offset, node.offset + node.length);
  if (previous?.path === path && previous.source === source) return previous;
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
      const entries = [...members].map(([key, value]) => child(text, key, value, memberPath(path, key), before));
      return { kind: 'object', path, source, text: source, entries };
    }
    case 'array': {
      const entries = (node.children ?? []).map((value, index) =>
        child(text, String(index), value, `${path}[${index}]`, before),
      );
      return { kind: 'array', path, source, text: source, entries };
    }
    case 'string':
      return { kind: 'text', path, source, text: String(node.value) };
    case 'number':
    case 'boolean':
      return { kind: node.type, path, source, text: source };
    default:
      return { kind: 'null', path, source, text: source };
  }
}

function child(text: string, key: string, value: Node, path: string, before: Map<string, Entry> | undefined): Entry {
  const old = before?.get(key);
  const node = build(text, value, path, old?.node);
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

/** The JSON indented for reading: keys in their order, numbers and escapes as stored. */
export function indented(node: ContextNode, indent = ''): string {
  if (!isBranch(node)) return node.source;
  const [open, close] = node.kind === 'object' ? '{}' : '[]';
  if (node.entries.length === 0) return `${open}${close}`;
  const inner = `${indent}  `;
  const lines = node.entries.map((entry) => {
    const name = node.kind === 'object' ? `${JSON.stringify(entry.key)}: ` : '';
    return inner + name + indented(entry.node, inner);
  });
  return `${open}\n${lines.join(',\n')}\n${indent}${close}`;
}
