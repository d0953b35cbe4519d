import type { Row } from '@beckon/sdk';
import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import { type Reach, RowStore, VIEWS, type View } from './rows';

/** Open conversations per list. */
export type Counts = Record<View, number>;

/** One page of a list as the server gives it. */
export interface InboxPage {
  rows: Row[];
  next_cursor: string | null;
  counts: Counts;
}

/** Reads a page; `cursor` null is the first. `limit` is the server's own when left out. */
export type ReadPage = (view: View, cursor: string | null, limit?: number) => Promise<InboxPage>;

/** State of reading one list. `failed` keeps rows that were read before; `more` is a further page on its way. */
export type ListPhase = 'idle' | 'loading' | 'ready' | 'more' | 'failed' | 'more failed';

interface List {
  phase: Signal<ListPhase>;
  /** Null until the first page is here. */
  reach: Signal<Reach | null>;
  rows: ReadonlySignal<Row[]>;
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
  readonly #lists: Record<View, List>;
  #countTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    readonly me: string,
    private readonly readPage: ReadPage,
  ) {
    const list = (view: View): List => {
      const reach = signal<Reach | null>(null);
      const rows = computed(() => {
        this.#changed.value;
        return reach.value ? this.#store.list(view, me, reach.value) : [];
      });
      return { phase: signal<ListPhase>('idle'), reach, rows };
    };
    this.#lists = { mine: list('mine'), unassigned: list('unassigned'), all: list('all') };
  }

  list(view: View): {
    phase: ReadonlySignal<ListPhase>;
    rows: ReadonlySignal<Row[]>;
    reach: ReadonlySignal<Reach | null>;
  } {
    return this.#lists[view];
  }

  /** The row of a conversation, if it is known; follows changes when read in a component or effect. */
  row(conversation: string): Row | undefined {
    this.#changed.value;
    return this.#store.get(conversation);
  }

  /** A row from the socket. */
  learn(row: Row): void {
    const before = this.#store.get(row.conversation);
    if (!this.#store.learn(row)) return;
    this.#changed.value++;
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
    try {
      const page = await this.readPage(view, null);
      this.#store.replaceFirstPage(page.rows, page.next_cursor, view, this.me, mark);
      list.reach.value = { last: page.rows.at(-1) ?? null, cursor: page.next_cursor };
      this.counts.value = page.counts;
      list.phase.value = 'ready';
      this.#changed.value++;
    } catch {
      list.phase.value = 'failed';
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
    try {
      const page = await this.readPage(view, reach.cursor);
      this.#store.learnPage(page.rows, mark);
      list.reach.value = { last: page.rows.at(-1) ?? reach.last, cursor: page.next_cursor };
      this.counts.value = page.counts;
      list.phase.value = 'ready';
      this.#changed.value++;
    } catch {
      list.phase.value = 'more failed';
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
      this.readPage('all', null, 1).then(
        (page) => {
          this.counts.value = page.counts;
        },
        () => undefined,
      );
    }, COUNT_DELAY_MS);
  }
}
