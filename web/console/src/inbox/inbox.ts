import type { Row } from '@beckon/sdk';
import { batch, computed, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import { type Held, whileHeld } from './held_order';
import { type Filter, NO_FILTER, type Reach, RowStore, VIEWS, type View } from './rows';

/** Open conversations per list. */
export type Counts = Record<View, number>;

/** One page of a list as the server gives it. */
export interface InboxPage {
  rows: Row[];
  next_cursor: string | null;
  counts: Counts;
}

/** Reads a page; `cursor` null is the first. `limit` is the server's own when left out. */
export type ReadPage = (view: View, filter: Filter, cursor: string | null, limit?: number) => Promise<InboxPage>;

/** State of reading one list. `failed` keeps rows that were read before; `more` is a further page on its way. */
export type ListPhase = 'idle' | 'loading' | 'ready' | 'more' | 'failed' | 'more failed';

interface List {
  phase: Signal<ListPhase>;
  filter: Signal<Filter>;
  /** Null until the first page is here. */
  reach: Signal<Reach | null>;
  /** In their places while rows must not jump; null: each goes at once to where it belongs. */
  held: Signal<Held | null>;
  /** What belongs to the list now, in order. */
  wanted: ReadonlySignal<Row[]>;
  shown: ReadonlySignal<{ rows: Row[]; waiting: number }>;
}

/** A list as it is read on screen. */
export interface ListState {
  phase: ReadonlySignal<ListPhase>;
  filter: ReadonlySignal<Filter>;
  reach: ReadonlySignal<Reach | null>;
  /** The rows, and how many wait to go above them. */
  shown: ReadonlySignal<{ rows: Row[]; waiting: number }>;
}

/** Counts are asked for this long after something moved between lists, once for many moves. Milliseconds. */
const COUNT_DELAY_MS = 300;

/** The three live lists of conversations. */
export class Inbox {
  /** How far down the agent was in each list, CSS pixels: a list that comes back on screen stands where it stood. */
  readonly scrolledTo: Record<View, number> = { mine: 0, unassigned: 0, all: 0 };
  readonly counts = signal<Counts | null>(null);
  /** Conversations that wait to be read by this agent: theirs and nobody's. */
  readonly unread = computed(() => {
    this.#changed.value;
    return this.#store
      .all()
      .filter((row) => row.unread > 0 && row.status !== 'CLOSED' && (row.agent === null || row.agent.id === this.me))
      .length;
  });
  readonly #store = new RowStore();
  /** The store is no signal; whoever reads it reads this too. */
  readonly #changed = signal(0);
  readonly #arrivals = new Set<(row: Row) => void>();
  readonly #lists: Record<View, List>;
  #countTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    readonly me: string,
    private readonly readPage: ReadPage,
  ) {
    const list = (view: View): List => {
      const reach = signal<Reach | null>(null);
      const filter = signal(NO_FILTER);
      const held = signal<Held | null>(null);
      const wanted = computed(() => {
        this.#changed.value;
        return reach.value ? this.#store.list(view, me, filter.value, reach.value) : [];
      });
      const shown = computed(() => {
        this.#changed.value;
        return held.value === null
          ? { rows: wanted.value, waiting: 0 }
          : whileHeld(held.value, wanted.value, (conversation) => this.#store.get(conversation));
      });
      return { phase: signal<ListPhase>('idle'), filter, reach, held, wanted, shown };
    };
    this.#lists = { mine: list('mine'), unassigned: list('unassigned'), all: list('all') };
  }

  list(view: View): ListState {
    return this.#lists[view];
  }

  /** Narrows a list to some statuses, and reads it anew. */
  narrow(view: View, filter: Filter): void {
    const list = this.#lists[view];
    batch(() => {
      list.filter.value = filter;
      list.reach.value = null;
      list.held.value = null;
      list.phase.value = 'idle';
    });
    this.scrolledTo[view] = 0;
    void this.refresh(view);
  }

  /** Keeps the rows of a list where they are until this is called with `false`. */
  hold(view: View, on: boolean): void {
    const { held, wanted } = this.#lists[view];
    if (!on) held.value = null;
    else if (held.peek() === null) held.value = wanted.peek();
  }

  /** Lets the rows of a held list go where they belong, once. */
  settle(view: View): void {
    const { held, wanted } = this.#lists[view];
    if (held.peek() !== null) held.value = wanted.peek();
  }

  /** Hears of each message of a visitor that waits for this agent: in conversations of theirs and of nobody. */
  onArrival(listener: (row: Row) => void): () => void {
    this.#arrivals.add(listener);
    return () => this.#arrivals.delete(listener);
  }

  /** The row of a conversation, if it is known; follows changes when read in a component or effect. */
  row(conversation: string): Row | undefined {
    this.#changed.value;
    return this.#store.get(conversation);
  }

  /** A row from the socket. `news`: it just happened, it was not merely asked for. */
  learn(row: Row, news = true): void {
    const before = this.#store.get(row.conversation);
    if (!this.#store.learn(row)) return;
    this.#changed.value++;
    const arrived = news && row.unread > (before?.unread ?? 0) && row.preview?.author.type === 'visitor';
    const ours = row.status !== 'CLOSED' && (row.agent === null || row.agent.id === this.me);
    if (arrived && ours) for (const listener of this.#arrivals) listener(row);
    const moved = before === undefined || before.agent?.id !== row.agent?.id || before.status !== row.status;
    if (moved) this.#countSoon();
  }

  /** The agent may no longer see this conversation. */
  forget(conversation: string): void {
    this.#store.forget(conversation);
    this.#changed.value++;
    this.#countSoon();
  }

  /** Reads a list from its beginning unless that was done before. */
  open(view: View): void {
    const phase = this.#lists[view].phase.peek();
    if (phase === 'idle' || phase === 'failed') void this.refresh(view);
  }

  /** Reads the first page again; rows that are shown stay until the answer is here. */
  async refresh(view: View): Promise<void> {
    const list = this.#lists[view];
    if (list.phase.value !== 'ready') list.phase.value = 'loading';
    const mark = this.#store.mark();
    const filter = list.filter.peek();
    try {
      const page = await this.readPage(view, filter, null);
      // Narrowed otherwise meanwhile: another answer is on its way.
      if (list.filter.peek() !== filter) return;
      this.#store.replaceFirstPage(page.rows, page.next_cursor, { view, me: this.me, filter }, mark);
      list.reach.value = { last: page.rows.at(-1) ?? null, cursor: page.next_cursor };
      this.counts.value = page.counts;
      list.phase.value = 'ready';
      this.#changed.value++;
    } catch {
      if (list.filter.peek() === filter) list.phase.value = 'failed';
    }
  }

  /** After an interruption: every list that was read is read again, the one on screen first. */
  async refreshAll(shown: View): Promise<void> {
    const others = VIEWS.filter((view) => view !== shown && this.#lists[view].phase.peek() !== 'idle');
    for (const view of [shown, ...others]) await this.refresh(view);
  }

  /** Reads the next page, if there is one and none is on its way. */
  async more(view: View): Promise<void> {
    const list = this.#lists[view];
    const reach = list.reach.value;
    if (!reach || reach.cursor === null || (list.phase.value !== 'ready' && list.phase.value !== 'more failed')) return;
    list.phase.value = 'more';
    const mark = this.#store.mark();
    const filter = list.filter.peek();
    try {
      const page = await this.readPage(view, filter, reach.cursor);
      if (list.filter.peek() !== filter) return;
      this.#store.learnPage(page.rows, mark);
      list.reach.value = { last: page.rows.at(-1) ?? reach.last, cursor: page.next_cursor };
      this.counts.value = page.counts;
      list.phase.value = 'ready';
      this.#changed.value++;
    } catch {
      if (list.filter.peek() === filter) list.phase.value = 'more failed';
    }
  }

  /** Stops what is planned. */
  end(): void {
    clearTimeout(this.#countTimer);
  }

  #countSoon(): void {
    this.#countTimer ??= setTimeout(() => {
      this.#countTimer = undefined;
      // A count that does not come is corrected by the next page or move.
      this.readPage('all', NO_FILTER, null, 1).then(
        (page) => {
          this.counts.value = page.counts;
        },
        () => undefined,
      );
    }, COUNT_DELAY_MS);
  }
}
