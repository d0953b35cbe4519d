import type { Row } from '@beckon/sdk';
import { compareRows, placeOf } from './rows';

/** A list whose rows keep their places for a while: as it was laid out when that began. */
export type Held = readonly Row[];

/**
 * The rows of a held list. Each stays where it is and shows its newest state, also when it belongs elsewhere by now; one
 * that may no longer be seen is left out. Rows of further pages join the end. `waiting`: rows that want to be above.
 */
export function whileHeld(
  held: Held,
  wanted: readonly Row[],
  now: (conversation: string) => Row | undefined,
): { rows: Row[]; waiting: number } {
  const laidOut = new Set(held.map((row) => row.conversation));
  const last = held.at(-1);
  const added = wanted.filter((row) => !laidOut.has(row.conversation));
  const below = added.filter((row) => last !== undefined && compareRows(row, last) > 0);
  const rows = held.map((row) => now(row.conversation)).filter((row) => row !== undefined);
  const risen = held.filter((row, index) => {
    const current = now(row.conversation);
    return index > 0 && current !== undefined && placeOf(current) !== placeOf(row);
  });
  return { rows: [...rows, ...below], waiting: added.length - below.length + risen.length };
}
