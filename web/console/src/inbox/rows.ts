import type { ConversationStatus, Row } from '@beckon/sdk';

/** The three lists of the inbox. `all` holds closed conversations too. */
export type View = 'mine' | 'unassigned' | 'all';
export const VIEWS: readonly View[] = ['mine', 'unassigned', 'all'];

/** The statuses a list is narrowed to; none: each list as it is by itself. */
export type Filter = readonly ConversationStatus[];
export const STATUSES: Filter = ['OPEN', 'WAITING', 'SOLVED', 'CLOSED'];
export const NO_FILTER: Filter = [];

/** Whether a conversation belongs to a list, as the agent `me` sees it. */
export function belongs(row: Row, view: View, me: string, filter: Filter): boolean {
  if (filter.length > 0 && !filter.includes(row.status)) return false;
  if (view === 'all') return true;
  if (filter.length === 0 && row.status === 'CLOSED') return false;
  return view === 'mine' ? row.agent?.id === me : row.agent === null;
}

/** Where the server puts it: by the newest message of the visitor, else by its beginning. Not a time to show. */
export function placeOf(row: Row): string {
  return row.sort_at;
}

/**
 * Newest first; equal places fall back to the id, so that the order is total and never flickers. Places are compared as
 * text: they have one length, and a `Date` would cut off their microseconds.
 */
export function compareRows(one: Row, other: Row): number {
  return descending(placeOf(one), placeOf(other)) || descending(one.conversation, other.conversation);
}

function descending(one: string, other: string): number {
  return one < other ? 1 : one > other ? -1 : 0;
}

/** How far a list has been read from the server. */
export interface Reach {
  /** Last row of the last page; rows after it are not shown until their page is read. Null: the list was empty. */
  last: Row | null;
  /** Where the next page begins; null at the end of the list. */
  cursor: string | null;
}

interface Kept {
  row: Row;
  /** When it was learned, on the store's own clock. */
  stamp: number;
}

/**
 * The newest known state of every conversation row. Rows come as pages over HTTP and as frames over the socket, in any
 * order: a lower head never replaces a higher one, and a page asked for before a frame came never replaces that frame.
 */
export class RowStore {
  readonly #rows = new Map<string, Kept>();
  /** Gone rows by the stamp of their going, so that a page asked for earlier does not bring them back. */
  readonly #gone = new Map<string, number>();
  #clock = 0;

  /** Marks the start of a request; give the mark back with the page. */
  mark(): number {
    return this.#clock;
  }

  get(conversation: string): Row | undefined {
    return this.#rows.get(conversation)?.row;
  }

  all(): Row[] {
    return [...this.#rows.values()].map((kept) => kept.row);
  }

  /** A row from the socket. Returns false if it was older than what is known. */
  learn(row: Row): boolean {
    const known = this.#rows.get(row.conversation);
    if (known && known.row.head > row.head) return false;
    this.#gone.delete(row.conversation);
    this.#rows.set(row.conversation, { row, stamp: ++this.#clock });
    return true;
  }

  /** The agent may no longer see this conversation. */
  forget(conversation: string): void {
    this.#rows.delete(conversation);
    this.#gone.set(conversation, ++this.#clock);
  }

  /** A page of a list, asked for at `mark`. */
  learnPage(rows: readonly Row[], mark: number): void {
    for (const row of rows) {
      if ((this.#gone.get(row.conversation) ?? 0) > mark) continue;
      const known = this.#rows.get(row.conversation);
      if (known && (known.row.head > row.head || known.stamp > mark)) continue;
      this.#rows.set(row.conversation, { row, stamp: ++this.#clock });
    }
  }

  /**
   * The first page read again after an interruption: what it should have held and does not was taken away meanwhile.
   * Rows learned after `mark` stay.
   */
  replaceFirstPage(
    rows: readonly Row[],
    cursor: string | null,
    { view, me, filter }: { view: View; me: string; filter: Filter },
    mark: number,
  ): void {
    const present = new Set(rows.map((row) => row.conversation));
    const last = rows.at(-1);
    for (const [conversation, { row, stamp }] of this.#rows) {
      const within = cursor === null || (last !== undefined && compareRows(row, last) <= 0);
      if (within && stamp <= mark && belongs(row, view, me, filter) && !present.has(conversation))
        this.#rows.delete(conversation);
    }
    this.learnPage(rows, mark);
  }

  /** The rows of one list that may be shown: all that belong, down to where pages were read. */
  list(view: View, me: string, filter: Filter, reach: Reach): Row[] {
    const { last, cursor } = reach;
    return [...this.#rows.values()]
      .map((kept) => kept.row)
      .filter(
        (row) => belongs(row, view, me, filter) && (cursor === null || last === null || compareRows(row, last) <= 0),
      )
      .sort(compareRows);
  }
}
