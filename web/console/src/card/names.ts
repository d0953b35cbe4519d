import { labelOf } from './label';
import { type Branch, type Entry, isBranch } from './tree';
import { words } from './words';

/** The readable name of a member: its key, or its place in a list. */
export function nameOf(entry: Entry, parent: Branch): string {
  return parent.kind === 'array' ? `${words.item} ${Number(entry.key) + 1}` : labelOf(entry.key);
}

/** The readable names of a way from the top down. */
export function namesOf(way: readonly Entry[], root: Branch): string[] {
  return way.map((entry, depth) => {
    const above = depth === 0 ? root : way[depth - 1]?.node;
    return above && isBranch(above) ? nameOf(entry, above) : labelOf(entry.key);
  });
}
