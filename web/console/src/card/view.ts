import { type Signal, signal } from '@preact/signals';
import { type Branch, type ContextNode, isBranch } from './tree';

/** Above this many keys a card is searched rather than read. */
const SEARCHED_KEYS = 20;

/** Rows that one press draws at most, whatever a site sent: so many, even lines of a table, paint without a pause that is felt. */
export const ROWS_AT_ONCE = 200;

/** The ways in which the members of one part are drawn, each with its own amount. */
const RUNS = ['facts', 'sections', 'members', 'lines', 'items'] as const;
export type Run = (typeof RUNS)[number];

/** Names the amount of one run of a part. */
export const runOf = (path: string, run: Run): string => `${path} ${run}`;

/** What one agent has opened in the card of one conversation. Kept by path, so it outlives every update of the values. */
export class CardView {
  /** Path of the part shown instead of the whole; empty = the whole. */
  readonly place = signal('');
  readonly query = signal('');
  readonly raw = signal(false);
  /** Only what changed since this agent's last reply. */
  readonly only = signal(false);
  /** The list of versions in place of the values. */
  readonly history = signal(false);
  /** Paths of values named like secrets that were asked for. Gone with this view. */
  readonly #unveiled = signal<readonly string[]>([]);
  /** Search field visible; `undefined` = nobody chose yet. */
  readonly searching = signal<boolean | undefined>(undefined);
  /** Said once by the live region. */
  readonly announcement = signal('');
  /** Paths of the rows under the pointer and with the focus: only they need their buttons. */
  readonly pointedAt = signal('');
  readonly focused = signal('');
  /** Seen for a moment at the foot: what was just copied. */
  readonly notice = signal('');
  /** Milliseconds; moves every few seconds so that *3 min ago* stays true. */
  readonly now = signal(Date.now());
  readonly #switches = new Map<string, Signal<boolean>>();
  readonly #amounts = new Map<string, Signal<number>>();

  /** Whether the part at `path` is unfolded. The first answer is remembered, so an update never folds or unfolds. */
  opened(path: string, atFirst: boolean): Signal<boolean> {
    return this.#switch(`open ${path}`, atFirst);
  }

  details(path: string): Signal<boolean> {
    return this.#switch(`details ${path}`, false);
  }

  /** How many members of the list of this name are drawn. */
  revealed(list: string, atFirst: number): Signal<number> {
    const kept = this.#amounts.get(list) ?? signal(atFirst);
    this.#amounts.set(list, kept);
    return kept;
  }

  /** Whether a value is kept from view. */
  readonly hides = (node: ContextNode): boolean =>
    node.sensitive &&
    !this.#unveiled.value.some(
      (path) => node.path === path || (node.path.startsWith(path) && '.['.includes(node.path.charAt(path.length))),
    );

  /** Shows a value that is kept from view, and all in it, until this view ends. */
  unveil(path: string): void {
    this.#unveiled.value = [...this.#unveiled.peek(), path];
  }

  /** Paths of what is in view although it is kept from view at first. */
  get unveiled(): readonly string[] {
    return this.#unveiled.value;
  }

  /** Shows the part at `path` in place of the card; the empty path shows the whole again. */
  goTo(path: string): void {
    this.place.value = path;
  }

  /** Opens the search from the start for a card with many keys, unless somebody chose already. */
  decideSearch(keys: number): void {
    if (this.searching.peek() === undefined) this.searching.value = keys > SEARCHED_KEYS;
  }

  /** Unfolds all of a part, the upper levels first, until enough rows are drawn; the rest is behind its own buttons, as before. */
  expandAll(part: Branch): void {
    const parts = [part];
    let room = ROWS_AT_ONCE;
    for (const { path, entries } of parts) {
      if (room <= 0) return;
      const members = entries.slice(0, room);
      room -= members.length;
      this.opened(path, true).value = true;
      for (const run of RUNS) {
        const amount = this.revealed(runOf(path, run), members.length);
        amount.value = Math.max(amount.peek(), members.length);
      }
      for (const { node } of members) if (isBranch(node)) parts.push(node);
    }
  }

  #switch(key: string, atFirst: boolean): Signal<boolean> {
    const kept = this.#switches.get(key) ?? signal(atFirst);
    this.#switches.set(key, kept);
    return kept;
  }
}
