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

/** Text as it is compared: without case and without accents. */
export function folded(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
}

/** Every value whose path, readable name, original or shown text contains the query, in the order of the card. */
export function search(root: Branch, query: string, format: Format, now: number): Hit[] {
  const wanted = folded(query.trim());
  const hits: Hit[] = [];
  if (wanted === '') return hits;
  const visit = (parent: Branch, above: readonly string[]) => {
    for (const entry of parent.entries) {
      const { node } = entry;
      const labels = [...above, parent.kind === 'array' ? String(Number(entry.key) + 1) : labelOf(entry.key)];
      const kind = format.classify(entry, parent);
      if (isBranch(node) && node.entries.length > 0 && kind.as !== 'money' && kind.as !== 'masked') {
        visit(node, labels);
        continue;
      }
      const shown = format.text(kind, node, now);
      // What is hidden must not be found out by guessing it piece by piece.
      const original = kind.as === 'masked' ? '' : format.hidesIn(node) ? shown : node.text;
      const [inShown, inOriginal, inWay] = [shown, original, `${node.path} ${labels.join(' ')}`].map((text) =>
        folded(text).includes(wanted),
      );
      if (!inShown && !inOriginal && !inWay) continue;
      hits.push({ entry, parent, labels, mark: !inShown && inOriginal ? shown : query });
    }
  };
  visit(root, []);
  return hits;
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
