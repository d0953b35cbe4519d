import type { Author, Cursors, Feed, FeedChange, PositionedEvent, Viewer } from '@beckon/sdk';
import { batch, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import { type ContextReaders, LiveContext } from '../context/live_context';
import type { Drafts, DraftTexts } from './drafts';
import type { Kind, Pending } from './timeline';

/** `unknown`: there is no such conversation, or this agent may not see it. */
export type ThreadPhase = 'loading' | 'ready' | 'failed' | 'unknown';

/** A visitor who stops writing without a word is believed to write for this long. Milliseconds. */
const TYPING_MS = 8_000;

/**
 * One conversation as this console knows it: events in order, context, draft, and messages on their way. It outlives the
 * time it is on screen, so that coming back shows at once what was there and what was being written.
 */
export class Conversation {
  readonly context: LiveContext;
  /** What is written now: an answer or a note. */
  readonly kind = signal<Kind>('reply');
  /** A command is on its way. */
  readonly busy = signal(false);
  /** What the server has against the last command, in words. */
  readonly failure = signal<string | null>(null);
  readonly #draft: Signal<DraftTexts>;
  readonly #cursors = signal<Pick<Cursors, 'delivered' | 'read'>>({ delivered: 0, read: 0 });
  readonly #viewers = signal<readonly Viewer[]>([]);
  readonly #typing = signal<Author | null>(null);
  #typingTimer: ReturnType<typeof setTimeout> | undefined;
  readonly #phase = signal<ThreadPhase>('loading');
  readonly #events = signal<readonly PositionedEvent[]>([]);
  readonly #complete = signal(false);
  readonly #ownRead = signal(0);
  readonly #pending = signal<readonly Pending[]>([]);
  readonly #earlier = signal<'idle' | 'loading' | 'failed'>('idle');
  #feed: Feed | null = null;

  constructor(
    readonly id: string,
    /** Id of the agent whose console this is. */
    me: string,
    readers: ContextReaders,
    private readonly drafts: Drafts,
  ) {
    this.context = new LiveContext(id, me, readers);
    this.#draft = signal(drafts.read(id));
  }

  /** What is being written and was not sent, of both kinds. */
  get draft(): ReadonlySignal<DraftTexts> {
    return this.#draft;
  }
  /** Up to where the visitor's side received and read. */
  get cursors(): ReadonlySignal<Pick<Cursors, 'delivered' | 'read'>> {
    return this.#cursors;
  }
  /** Other agents who have it on screen. */
  get viewers(): ReadonlySignal<readonly Viewer[]> {
    return this.#viewers;
  }
  /** Who is writing on the visitor's side. */
  get typing(): ReadonlySignal<Author | null> {
    return this.#typing;
  }

  get phase(): ReadonlySignal<ThreadPhase> {
    return this.#phase;
  }
  /** Ascending positions without holes. */
  get events(): ReadonlySignal<readonly PositionedEvent[]> {
    return this.#events;
  }
  /** Nothing older exists on the server. */
  get complete(): ReadonlySignal<boolean> {
    return this.#complete;
  }
  /** Position this agent has read up to. */
  get ownRead(): ReadonlySignal<number> {
    return this.#ownRead;
  }
  /** Messages that the server does not have yet, oldest first. */
  get pending(): ReadonlySignal<readonly Pending[]> {
    return this.#pending;
  }
  /** The page of older events that is being read. */
  get earlier(): ReadonlySignal<'idle' | 'loading' | 'failed'> {
    return this.#earlier;
  }
  /** Position of the newest event, 0 without any. */
  get head(): number {
    return this.#events.value.at(-1)?.position ?? 0;
  }

  /** Shows what a feed brings until the returned function is called. */
  attach(feed: Feed): () => void {
    this.#feed = feed;
    const stop = feed.subscribe((change) => this.#changed(feed, change));
    if (feed.live) {
      this.#changed(feed, { type: 'reset' });
      this.#changed(feed, { type: 'live' });
    }
    return () => {
      stop();
      this.forgetPeople();
      this.context.showNow();
      if (this.#feed === feed) this.#feed = null;
    };
  }

  #changed(feed: Feed, change: FeedChange): void {
    batch(() => {
      switch (change.type) {
        case 'reset':
          this.#ownRead.value = Math.max(this.#ownRead.value, feed.cursors.own_read);
          this.#cursors.value = feed.cursors;
          if (feed.context) this.context.reset(feed.context, feed.head);
          break;
        case 'events':
          // While an answer is on its way its events are shown together, so that the thread never stands half empty.
          if (feed.live) this.#show(feed);
          for (const one of change.events) {
            this.context.hear(one);
            // What was being written is here.
            const { event } = one;
            if (event.kind === 'message' && event.author.type === 'visitor') this.hearTyping(event.author, false);
          }
          break;
        case 'history':
          this.#show(feed);
          break;
        case 'live':
          if (!feed.live) break;
          this.#show(feed);
          // Its event is older than what was read: it needs no bubble of its own any more.
          this.#pending.value = this.#pending.value.filter((one) => one.state !== 'sent');
          this.#phase.value = 'ready';
          break;
        case 'gone':
          this.#phase.value = 'unknown';
          break;
        case 'cursors':
          this.#cursors.value = feed.cursors;
          break;
      }
    });
  }

  #show(feed: Feed): void {
    this.#events.value = feed.events;
    this.#complete.value = feed.complete;
    const arrived = new Set(feed.events.map(({ event }) => event.client_id));
    if (this.#pending.value.some((one) => arrived.has(one.clientId))) {
      this.#pending.value = this.#pending.value.filter((one) => !arrived.has(one.clientId));
    }
  }

  /** Writes on at one of the two drafts; it is kept for the next visit of this browser. */
  write(kind: Kind, text: string): void {
    this.#draft.value = { ...this.#draft.value, [kind]: text };
    this.drafts.keep(this.id, this.#draft.value);
  }

  /** Who else is here, all of them. */
  hearViewers(viewers: readonly Viewer[]): void {
    this.#viewers.value = viewers;
  }

  /** Somebody on the visitor's side writes, or stopped. */
  hearTyping(author: Author, on: boolean): void {
    clearTimeout(this.#typingTimer);
    this.#typing.value = on ? author : null;
    if (!on) return;
    this.#typingTimer = setTimeout(() => {
      this.#typing.value = null;
    }, TYPING_MS);
  }

  /** The connection is lost, or nobody listens any more: who is here is no longer known. */
  forgetPeople(): void {
    clearTimeout(this.#typingTimer);
    this.#typing.value = null;
    this.#viewers.value = [];
  }

  /** Something here would be lost if this were forgotten. */
  get precious(): boolean {
    const { reply, note } = this.#draft.peek();
    return reply !== '' || note !== '' || this.#pending.peek().length > 0;
  }

  /** The server knows no such conversation for this agent. */
  refuse(): void {
    if (this.#phase.value === 'loading') this.#phase.value = 'unknown';
  }

  /** Turns the card to what it showed at a position here. `at` in milliseconds. */
  showThen(position: number, at: number): void {
    void this.context.showThen(position, at, this.#versionAt(position));
  }

  /** The version of the context that stood after the event at a position. */
  #versionAt(position: number): number {
    const events = this.#events.peek();
    const before = events.findLast((one) => one.position <= position && one.event.kind === 'metadata')?.event;
    if (before?.kind === 'metadata') return before.version;
    const after = events.find((one) => one.position > position && one.event.kind === 'metadata')?.event;
    return after?.kind === 'metadata' ? after.version - 1 : (this.context.fold.peek()?.version ?? 0);
  }

  /** This agent read up to a position. Returns false if that was known. */
  readTo(position: number): boolean {
    if (position <= this.#ownRead.value) return false;
    this.#ownRead.value = position;
    return true;
  }

  /** Reads a page of older events in front of those that are here. */
  async loadEarlier(): Promise<void> {
    const feed = this.#feed;
    if (!feed || this.#complete.value || this.#earlier.value === 'loading') return;
    this.#earlier.value = 'loading';
    try {
      await feed.loadEarlier();
      this.#earlier.value = 'idle';
    } catch {
      this.#earlier.value = 'failed';
    }
  }

  /** Shows a message before the server has it. */
  addPending(message: Pending): void {
    this.#pending.value = [...this.#pending.value, message];
  }

  /** A message goes on its way again, or will not get there without help: then `reason` says why. */
  markPending(clientId: string, state: Pending['state'], reason: string | null): void {
    this.#pending.value = this.#pending.value.map((one) =>
      one.clientId === clientId ? { ...one, state, reason } : one,
    );
  }

  /** Takes away a message that was not sent. */
  removePending(clientId: string): void {
    this.#pending.value = this.#pending.value.filter((one) => one.clientId !== clientId);
  }
}
