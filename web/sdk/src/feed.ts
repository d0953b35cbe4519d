import { Emitter } from './emitter';
import type { CursorFrame, EventFrame, StateFrame } from './frames';
import type { Context, Cursors, PositionedEvent, Row, Thread } from './objects';

/** What changed in a feed. `reset`: read everything again. `events`: new ones at the end. `history`: older ones at the start. */
export type FeedChange =
  | { type: 'reset' }
  | { type: 'events'; events: PositionedEvent[] }
  | { type: 'history' }
  | { type: 'live' }
  | { type: 'cursors' }
  | { type: 'gone' };

/** Older events of a conversation, oldest first. */
export interface HistoryPage {
  events: PositionedEvent[];
  head: number;
}

export interface FeedHost {
  /** Asks for everything after `position`, or for the latest when there is none. */
  request(feed: Feed): void;
  history(conversation: string, before: number): Promise<HistoryPage>;
  closed(feed: Feed): void;
}

/**
 * One conversation, kept whole and in order: an event is applied at `last + 1`, a lower one is dropped, a higher one is kept
 * back while the hole is asked for. The log never has gaps and never repeats.
 */
export class Feed {
  /** Known events, oldest first, without gaps. The array is replaced, never changed, when something happens. */
  events: readonly PositionedEvent[] = [];
  /** Position of the last known event; 0 before the first. */
  last = 0;
  /** Position of the last event the server has told of. */
  head = 0;
  epoch: string | undefined;
  /** Everything up to now was received, on a connection that still stands. */
  live = false;
  /** The conversation is no longer ours to see. */
  gone = false;
  cursors: Cursors = { delivered: 0, read: 0, own_read: 0 };
  thread: Thread | undefined;
  row: Row | undefined;
  /** As of the last `state`; the feed's `metadata` events change it. Agents only. */
  context: Context | undefined;

  private early = new Map<number, PositionedEvent>();
  private readonly emitter = new Emitter<{ change: FeedChange }>();
  private paging: Promise<boolean> | undefined;

  constructor(
    readonly conversation: string,
    private readonly host: FeedHost,
  ) {}

  /** Listens until the returned function is called. */
  subscribe(listener: (change: FeedChange) => void): () => void {
    return this.emitter.on('change', listener);
  }

  /** True when there is nothing older to load. */
  get complete(): boolean {
    const first = this.events[0];
    return first ? first.position <= 1 : this.live && this.last === 0;
  }

  /** Loads one page of older events over HTTP. Resolves to false when there was nothing more; rejects when it could not be loaded. */
  loadEarlier(): Promise<boolean> {
    this.paging ??= this.page().finally(() => {
      this.paging = undefined;
    });
    return this.paging;
  }

  /** Stops following. */
  close(): void {
    this.host.closed(this);
  }

  // What the connection calls:

  applyState(frame: StateFrame): void {
    this.epoch = frame.epoch;
    this.head = frame.head;
    this.cursors = frame.cursors;
    this.gone = false;
    if (frame.thread) this.thread = frame.thread;
    if (frame.row) this.row = frame.row;
    if (frame.context) this.context = frame.context;
    if (frame.mode === 'reset') {
      this.events = [];
      this.early.clear();
      this.last = Math.max(0, frame.first - 1);
    }
    this.emitter.emit('change', { type: 'reset' });
  }

  applyEvent({ position, event }: EventFrame): void {
    if (position <= this.last) return;
    this.head = Math.max(this.head, position);
    if (position > this.last + 1) {
      this.early.set(position, { position, event });
      if (this.live) {
        this.live = false;
        this.host.request(this);
      }
      return;
    }
    const added: PositionedEvent[] = [{ position, event }];
    for (let next = this.early.get(position + 1); next; next = this.early.get(next.position + 1)) added.push(next);
    this.last = position + added.length - 1;
    for (const known of this.early.keys()) if (known <= this.last) this.early.delete(known);
    this.events = [...this.events, ...added];
    this.emitter.emit('change', { type: 'events', events: added });
  }

  applyLive(): void {
    this.live = true;
    this.emitter.emit('change', { type: 'live' });
    // Something overtook the answer and left a hole behind.
    if (this.early.size > 0) {
      this.live = false;
      this.host.request(this);
    }
  }

  applyCursor({ delivered, read }: CursorFrame): void {
    this.cursors = {
      ...this.cursors,
      delivered: Math.max(this.cursors.delivered, delivered),
      read: Math.max(this.cursors.read, read),
    };
    this.emitter.emit('change', { type: 'cursors' });
  }

  applyThread(thread: Thread): void {
    this.thread = thread;
    this.emitter.emit('change', { type: 'cursors' });
  }

  applyRow(row: Row): void {
    if (this.row && row.head < this.row.head) return;
    this.row = row;
    this.emitter.emit('change', { type: 'cursors' });
  }

  /** A heartbeat told the head: a lost tail is found here. */
  applyHead(head: number): void {
    this.head = Math.max(this.head, head);
    if (this.last < head) this.host.request(this);
  }

  applyGone(): void {
    this.gone = true;
    this.emitter.emit('change', { type: 'gone' });
  }

  disconnected(): void {
    if (!this.live) return;
    this.live = false;
    this.emitter.emit('change', { type: 'live' });
  }

  private async page(): Promise<boolean> {
    const first = this.events[0];
    if (!first || first.position <= 1) return false;
    const { events } = await this.host.history(this.conversation, first.position);
    const oldest = this.events[0];
    // A reset may have happened meanwhile; then the page no longer fits and is forgotten.
    if (!oldest || events.length === 0 || events[events.length - 1]?.position !== oldest.position - 1) return false;
    this.events = [...events, ...this.events];
    this.emitter.emit('change', { type: 'history' });
    return true;
  }
}
