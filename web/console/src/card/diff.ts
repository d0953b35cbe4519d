import { columnRank, isOneRow } from './classify';
import { wordsOf } from './label';
import { type Branch, type ContextNode, type Entry, isBranch } from './tree';

/** What differs at one place, against the context as this agent last knew it. */
export interface Change {
  readonly kind: 'added' | 'changed' | 'removed';
  /** What stands there now; of something removed, what stood there. */
  readonly entry: Entry;
  readonly parent: Branch;
  /** What stood there before, and in what. Only of something that changed. */
  readonly was: { readonly entry: Entry; readonly parent: Branch } | undefined;
  /** The entries above it, from the top down. */
  readonly above: readonly Entry[];
}

/** A row of an object or list: one that is there, or the ghost of one that was, with what it stood in. */
export interface Standing {
  readonly entry: Entry;
  /** Of a ghost: the object or list it was removed from, as it was. */
  readonly ghostOf: Branch | undefined;
}

/** Everything that differs between two contexts. Made once for a pair of them; asking is a look into a map. */
export class Changes {
  /** In the order the site sent. */
  readonly list: Change[] = [];
  readonly #at = new Map<string, Change>();
  readonly #within = new Map<string, number>();
  readonly #ghosts = new Map<string, { before: Branch; after: Map<Entry | undefined, Entry[]> }>();

  /** What differs at exactly this path: it was added, or changed as a whole. */
  at(path: string): Change | undefined {
    return this.#at.get(path);
  }

  /** How many changes there are at this path and below it. */
  within(path: string): number {
    return this.#within.get(path) ?? 0;
  }

  /** The members of an object or list, with the ghosts of those that went where they stood. */
  standing(branch: Branch): readonly Standing[] {
    const there = (entry: Entry): Standing => ({ entry, ghostOf: undefined });
    const lost = this.#ghosts.get(branch.path);
    if (!lost) return branch.entries.map(there);
    const ghostsAfter = (entry: Entry | undefined) =>
      (lost.after.get(entry) ?? []).map((ghost): Standing => ({ entry: ghost, ghostOf: lost.before }));
    return [...ghostsAfter(undefined), ...branch.entries.flatMap((entry) => [there(entry), ...ghostsAfter(entry)])];
  }

  /** Compares two objects or lists that stand at the same place. Returns how many changes it found. */
  compare(before: Branch, after: Branch, above: readonly Entry[]): number {
    const partners = before.kind === 'object' ? byKey(before, after) : byItem(before, after);
    const kept = new Map([...partners].map(([now, then]) => [then, now]));
    const lost = new Map<Entry | undefined, Entry[]>();
    let last: Entry | undefined;
    for (const entry of before.entries) {
      const now = kept.get(entry);
      const run = lost.get(last);
      if (now) last = now;
      else if (run) run.push(entry);
      else lost.set(last, [entry]);
    }
    if (lost.size > 0) this.#ghosts.set(after.path, { before, after: lost });

    let found = 0;
    const gone = (entry: Entry | undefined) => {
      for (const ghost of lost.get(entry) ?? []) {
        this.list.push({ kind: 'removed', entry: ghost, parent: before, was: undefined, above });
        found++;
      }
    };
    gone(undefined);
    for (const entry of after.entries) {
      found += this.#compareEntry(partners.get(entry), before, entry, after, above);
      gone(entry);
    }
    if (found > 0) this.#within.set(after.path, found);
    return found;
  }

  #compareEntry(
    then: Entry | undefined,
    before: Branch,
    entry: Entry,
    parent: Branch,
    above: readonly Entry[],
  ): number {
    const { node } = entry;
    if (then && (then.node === node || then.node.source === node.source)) return 0;
    if (then && hasRows(then.node) && hasRows(node) && then.node.kind === node.kind) {
      return this.compare(then.node, node, [...above, entry]);
    }
    const was = then && { entry: then, parent: before };
    const change: Change = { kind: then ? 'changed' : 'added', entry, parent, was, above };
    this.list.push(change);
    this.#at.set(node.path, change);
    this.#within.set(node.path, 1);
    return 1;
  }
}

/** What differs between two contexts. The time it takes grows with their size, no faster. */
export function changesBetween(before: Branch, after: Branch): Changes {
  const changes = new Changes();
  if (before !== after) changes.compare(before, after, []);
  return changes;
}

/** Shown as rows of its own, so what differs in it is told row by row. */
function hasRows(node: ContextNode): node is Branch {
  return isBranch(node) && !isOneRow(node);
}

function byKey(before: Branch, after: Branch): Map<Entry, Entry> {
  const old = new Map(before.entries.map((entry) => [entry.key, entry]));
  const pairs = new Map<Entry, Entry>();
  for (const entry of after.entries) {
    const then = old.get(entry.key);
    if (then) pairs.set(entry, then);
  }
  return pairs;
}

/**
 * Which item of a list was which before: the same as ever first, then those with the same number or name, then, of
 * items that have neither, the ones that come next. So the first line of a cart can go without all others changing.
 */
function byItem(before: Branch, after: Branch): Map<Entry, Entry> {
  const pairs = new Map<Entry, Entry>();
  let [then, now] = [before.entries as readonly Entry[], after.entries as readonly Entry[]];
  for (const nameOf of [({ node }: Entry) => node.source, identityOf, anonymous]) {
    const waiting = new Map<string, Entry[]>();
    for (const entry of then) {
      const name = nameOf(entry);
      if (name === undefined) continue;
      const same = waiting.get(name);
      if (same) same.push(entry);
      else waiting.set(name, [entry]);
    }
    for (const same of waiting.values()) same.reverse();
    const taken = new Set<Entry>();
    for (const entry of now) {
      const name = nameOf(entry);
      const partner = name === undefined ? undefined : waiting.get(name)?.pop();
      if (!partner) continue;
      pairs.set(entry, partner);
      taken.add(partner);
    }
    then = then.filter((entry) => !taken.has(entry));
    now = now.filter((entry) => !pairs.has(entry));
  }
  return pairs;
}

const NUMBER = new Set(['id', 'sku', 'ean', 'code', 'uuid', 'gtin', 'isbn']);

/** What an item is called: its number, else its name. */
function identityOf({ node }: Entry): string | undefined {
  if (!isBranch(node) || node.kind !== 'object') return undefined;
  const named = node.entries.filter((entry) => entry.node.kind === 'text' || entry.node.kind === 'number');
  const name =
    named.find(({ key }) => wordsOf(key).some((word) => NUMBER.has(word))) ??
    named.find(({ key }) => columnRank(key) === 0);
  return name && `${name.key} ${name.node.source}`;
}

function anonymous(entry: Entry): string | undefined {
  return identityOf(entry) === undefined ? '' : undefined;
}
