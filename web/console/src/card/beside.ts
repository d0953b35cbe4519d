import { bearsOnMoney } from './denomination';

/** Longer values say no currency, unit or price. */
const LONGEST = 64;

/**
 * The members of a context that decide how amounts beside them are shown: its currency, units, other prices. A write tells
 * only what it changed, so they are found by stepping back from the context that is, write by write.
 */
export class Beside {
  readonly #members = new Map<string, string>();

  /** `entries`: top-level keys with their JSON texts. */
  constructor(entries: Iterable<readonly [key: string, text: string]>) {
    for (const [key, text] of entries) this.#put(key, text);
  }

  /** Goes back to what stood before a write. */
  undo(changes: readonly { readonly key: string; readonly from: string | null }[]): void {
    for (const { key, from } of changes) this.#put(key, from);
  }

  /** As JSON members that follow others, `,"currency":"EUR"`; those of the given keys left out. */
  text(without: ReadonlySet<string>): string {
    let text = '';
    for (const [key, json] of this.#members) if (!without.has(key)) text += `,${JSON.stringify(key)}:${json}`;
    return text;
  }

  #put(key: string, text: string | null): void {
    if (!bearsOnMoney(key)) return;
    if (text === null || text.length > LONGEST) this.#members.delete(key);
    else this.#members.set(key, text);
  }
}
