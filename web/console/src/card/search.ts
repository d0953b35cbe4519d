import type { Format } from './format';
import { labelOf } from './label';
import { type Branch, type Entry, isBranch } from './tree';

/** A value that was searched for, with the way to it. */
export interface Hit {
  readonly entry: Entry;
  readonly parent: Branch;
  /** Readable names from the top down, the value's own last. */
  readonly labels: readonly string[];
  /** What to mark in the value: the query, or all of it when the query only stands in the original. */
  readonly mark: string;
}

/** Values looked at in one go. */
export const VALUES_AT_ONCE = 2_000;

/** Text that folds to its lower case: most of it. */
const ASCII = /^[\0-\x7f]*$/;

/** Text as it is compared: without case and without accents. */
export function folded(text: string): string {
  if (ASCII.test(text)) return text.toLowerCase();
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
}

/**
 * Every value whose path, readable name, original or shown text contains the query, in the order of the card. It goes on in
 * steps, so that the largest context does not hold up what is typed meanwhile.
 */
export class Search {
  readonly hits: Hit[] = [];
  done = false;
  private readonly wanted: string;
  private readonly values: Iterator<Omit<Hit, 'mark'>>;

  constructor(
    root: Branch,
    private readonly query: string,
    private readonly format: Format,
    private readonly now: number,
  ) {
    this.wanted = folded(query.trim());
    this.values = this.valuesIn(root, []);
    this.step();
  }

  /** Looks through the next values. */
  step(): void {
    for (let looked = 0; looked < VALUES_AT_ONCE; looked++) {
      const next = this.values.next();
      if (next.done) {
        this.done = true;
        return;
      }
      this.look(next.value);
    }
  }

  private *valuesIn(parent: Branch, above: readonly string[]): Iterator<Omit<Hit, 'mark'>> {
    for (const entry of parent.entries) {
      const { node } = entry;
      const labels = [...above, parent.kind === 'array' ? String(Number(entry.key) + 1) : labelOf(entry.key)];
      if (isBranch(node) && node.entries.length > 0) {
        const { as } = this.format.classify(entry, parent);
        if (as !== 'money' && as !== 'masked') {
          const inside = this.valuesIn(node, labels);
          for (let next = inside.next(); !next.done; next = inside.next()) yield next.value;
          continue;
        }
      }
      yield { entry, parent, labels };
    }
  }

  private look(value: Omit<Hit, 'mark'>): void {
    const { entry, parent, labels } = value;
    const { node } = entry;
    const kind = this.format.classify(entry, parent);
    const shown = this.format.text(kind, node, this.now);
    // What is hidden must not be found out by guessing it piece by piece.
    const original = kind.as === 'masked' ? '' : this.format.hidesIn(node) ? shown : node.text;
    const holds = (text: string) => folded(text).includes(this.wanted);
    const inShown = holds(shown);
    const inOriginal = original === shown ? inShown : holds(original);
    if (!inShown && !inOriginal && !holds(`${node.path} ${labels.join(' ')}`)) return;
    this.hits.push({ ...value, mark: !inShown && inOriginal ? shown : this.query });
  }
}

/** Text cut at the first places the query stands, for marking. Joined, the runs are the text. */
export function marked(text: string, query: string): { text: string; hit: boolean }[] {
  const wanted = folded(query.trim());
  if (wanted === '') return [{ text, hit: false }];
  // Folding may change a text's length, so positions are found character by character in the original.
  const characters = Array.from(text);
  const runs: { text: string; hit: boolean }[] = [];
  let plain = '';
  for (let at = 0; at < characters.length; ) {
    let end = at;
    let seen = '';
    while (end < characters.length && seen.length < wanted.length) seen += folded(characters[end++] ?? '');
    if (seen === wanted) {
      if (plain !== '') runs.push({ text: plain, hit: false });
      runs.push({ text: characters.slice(at, end).join(''), hit: true });
      plain = '';
      at = end;
    } else {
      plain += characters[at++];
    }
  }
  if (plain !== '') runs.push({ text: plain, hit: false });
  return runs;
}
