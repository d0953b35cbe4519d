import { blame, isEnough, tooLarge } from './blame';
import { retryDelay } from './delay';
import { Emitter } from './emitter';
import type { Environment } from './environment';
import type { AcceptedFrame, RejectedFrame, WriteFrame } from './frames';
import type { Write, WriteStore } from './write_store';

/** Silence after which the same write is offered again, milliseconds. */
const ANSWER_MS = 10_000;
/** A write older than this is given up and shown as failed, milliseconds. */
const EXPIRY_MS = 24 * 60 * 60 * 1000;

/**
 * How a write ended. `accepted`: it is on disk. `failed`: the server will not take it, and nothing is stored; or there was no answer for a day; or it
 * cannot be sent, because it is too large or has ended the sockets on which it was sent.
 */
export type Outcome = { type: 'accepted'; accepted: AcceptedFrame } | { type: 'failed'; code: string; message: string };

const TOO_LARGE: Outcome = { type: 'failed', code: 'too_large', message: 'It is larger than what can be sent.' };

/**
 * What to do with a write whose turn has come: send this frame, or it ended here without the server. `at`: when its ages were true, milliseconds by
 * the clock that `stamp` reads; the environment's now where left out.
 */
export type Prepared = { frame: WriteFrame; at?: number } | { outcome: Outcome };

export interface OutboxHost {
  store: WriteStore;
  environment: Environment;
  tab: string;
  /** False while there is no live connection. */
  transmit(frame: WriteFrame & { request: number }): boolean;
  /** Called before a write is first sent, not for retries. Undefined: it cannot be said yet, ask again at the next `pump`. */
  prepare(write: Write): Prepared | undefined;
  /** Called each time a sealed write goes out, to bring its ages up to date: the same words otherwise. */
  stamp?: ((write: Write) => WriteFrame) | undefined;
  /** Called before the write leaves the store, so that what follows from it is kept first. */
  settle(write: Write, outcome: Outcome): void;
}

interface Slot {
  write: Write;
  stored: boolean;
  /** Its final words are being stored; only then may they go out. */
  sealing: boolean;
  /** Numbers under which it was sent on this connection. */
  requests: number[];
  /** When it was last sent, milliseconds since 1970. */
  sent_at: number;
  attempts: number;
  /** Cancels the timer of the current wait. */
  cancel: (() => void) | undefined;
  /** Waiting out a rejection before the next try: as long as the server asked, or as we see fit, which a new connection ends. */
  resting: false | 'told' | 'own';
  waiters: ((outcome: Outcome) => void)[];
}

/** Two writes conflict when one must be answered before the other may be sent. */
function conflict(one: Write, other: Write): boolean {
  return one.lanes.includes('*') || other.lanes.includes('*') || one.lanes.some((lane) => other.lanes.includes(lane));
}

/** A visitor's message addressed to its thread, which holds in every database. */
function byThread(write: Write): Write {
  const { frame, thread } = write;
  if (frame.type !== 'send' || thread === undefined) return write;
  const { conversation: _, ...rest } = frame;
  return { ...write, frame: { ...rest, thread } };
}

/** Offers each write until it has an answer, one unanswered write a lane. */
export class Outbox {
  private slots: Slot[] = [];
  private request = 0;
  /** Of the last welcome. */
  private epoch: string | undefined;
  /** It is being looked up what must be offered again before anything else. */
  private reviewing = false;
  private cancelExpiry: (() => void) | undefined;
  /** Counts how often everything was forgotten: what was read from the store before must not come back. */
  private cleared = 0;
  private readonly emitter = new Emitter<{ changed: undefined }>();

  constructor(private readonly host: OutboxHost) {}

  /**
   * Takes up what earlier pages left behind: this tab's writes, and those of tabs that are gone. They are this tab's from then on, also to others
   * who look. Who calls this under a lock keeps two tabs from taking the same; without, the server still stores each once.
   */
  async restore(isGone: (tab: string) => boolean): Promise<void> {
    const { store, tab } = this.host;
    const { cleared } = this;
    const left = (await store.all()).filter((write) => write.tab === tab || isGone(write.tab));
    if (cleared !== this.cleared) return;
    const known = new Set(this.slots.map((slot) => slot.write.client_id));
    const fresh = left.filter(({ client_id }) => !known.has(client_id));
    const mine = fresh.map((write) => ({ ...write, tab }));
    const claimed = mine.filter((_, at) => fresh[at]?.tab !== tab);
    this.slots = [...mine.map((write) => this.slot(write, true)), ...this.slots];
    if (mine.length > 0) this.emitter.emit('changed', undefined);
    this.pump();
    await Promise.all(claimed.map((write) => store.put(write)));
  }

  /**
   * A connection stands. Whatever was unanswered goes again. If the database is another than the one that took our last messages (restored from
   * a backup, say), those are offered again first, with the same `client_id`: what it has it does not take twice.
   */
  async welcomed(epoch: string): Promise<void> {
    if (epoch !== this.epoch) {
      this.epoch = epoch;
      this.reviewing = true;
      const { store, tab, environment } = this.host;
      const { cleared } = this;
      const taken = await store.takeBack(epoch, tab, environment.now());
      const back = cleared === this.cleared ? taken : [];
      const known = new Set(this.slots.map(({ write }) => write.client_id));
      const lost = back.filter(({ client_id }) => !known.has(client_id)).map((write) => this.slot(write, true));
      this.slots = [...lost, ...this.slots];
      // The conversation may be another one there. Its thread is not.
      for (const slot of this.slots) slot.write = byThread(slot.write);
      this.reviewing = false;
      if (lost.length > 0) this.emitter.emit('changed', undefined);
    }
    this.pump();
  }

  /** All writes that would survive the page, oldest first. */
  writes(): Write[] {
    return this.slots.filter((slot) => slot.stored).map((slot) => slot.write);
  }

  /** The same, with those that were added a moment ago and are still being stored. */
  everything(): Write[] {
    return this.slots.map((slot) => slot.write);
  }

  /** True when a write in these lanes would have to wait for another. */
  busy(lanes: string[]): boolean {
    return this.slots.some((slot) => slot.write.state === 'waiting' && conflict(slot.write, { ...slot.write, lanes }));
  }

  /** Runs when `writes()` would answer something else. */
  onChange(listener: () => void): () => void {
    return this.emitter.on('changed', listener);
  }

  /** Stores, then offers. Resolves when it ended. */
  add(write: Write): Promise<Outcome> {
    const slot = this.slot(write, false);
    this.slots.push(slot);
    void this.host.store.put(write).then(() => {
      slot.stored = true;
      this.emitter.emit('changed', undefined);
      this.pump();
    });
    return this.ended(slot);
  }

  /** Resolves when the write with this id ended; undefined if there is none. */
  wait(client_id: string): Promise<Outcome> | undefined {
    const slot = this.slots.find((candidate) => candidate.write.client_id === client_id);
    return slot && this.ended(slot);
  }

  /** Changes a write that was never sent; false when it is too late for that. */
  amend(client_id: string, change: (write: Write) => Write): boolean {
    const slot = this.slots.find((candidate) => candidate.write.client_id === client_id);
    if (!slot || slot.write.sealed || slot.write.state !== 'waiting') return false;
    slot.write = change(slot.write);
    void this.host.store.put(slot.write);
    return true;
  }

  /** Offers a failed write again. */
  retry(client_id: string): void {
    const slot = this.slots.find((candidate) => candidate.write.client_id === client_id);
    if (slot?.write.state !== 'failed') return;
    const { failure: _, blame: __, ...rest } = slot.write;
    slot.write = { ...rest, state: 'waiting', queued_at: this.host.environment.now() };
    slot.attempts = 0;
    void this.host.store.put(slot.write);
    this.emitter.emit('changed', undefined);
    this.pump();
  }

  /** Forgets a failed write. Returns it. */
  discard(client_id: string): Write | undefined {
    const slot = this.slots.find((candidate) => candidate.write.client_id === client_id);
    if (slot?.write.state !== 'failed') return undefined;
    this.drop(slot);
    return slot.write;
  }

  /** Forgets every write, those of other tabs with them: each ends as failed, with this reason, and none is offered again. */
  async clear(code: string, message: string): Promise<void> {
    const gone = this.slots;
    this.slots = [];
    this.cleared++;
    this.cancelExpiry?.();
    for (const slot of gone) {
      this.cancel(slot);
      for (const waiter of slot.waiters.splice(0)) waiter({ type: 'failed', code, message });
    }
    this.emitter.emit('changed', undefined);
    await this.host.store.clear();
  }

  /** Offers whatever may be offered now. */
  pump(): void {
    if (this.reviewing) return;
    const now = this.host.environment.now();
    const ahead: Write[] = [];
    for (const slot of [...this.slots]) {
      if (slot.write.state === 'failed') continue;
      if (slot.requests.length === 0 && now - slot.write.queued_at >= EXPIRY_MS) {
        this.end(slot, { type: 'failed', code: 'expired', message: 'It could not be delivered for 24 hours.' });
        continue;
      }
      const blocked =
        !slot.stored ||
        slot.sealing ||
        slot.resting ||
        this.quarantined(slot) ||
        ahead.some((write) => conflict(write, slot.write));
      if (!blocked && slot.requests.length === 0) this.offer(slot);
      if (this.slots.includes(slot) && slot.write.state === 'waiting') ahead.push(slot.write);
    }
    this.expireLater(now);
  }

  /** A write without a connection fails when its day is over, not when somebody next looks. */
  private expireLater(now: number): void {
    this.cancelExpiry?.();
    this.cancelExpiry = undefined;
    const waiting = this.slots.filter((slot) => slot.write.state === 'waiting' && slot.requests.length === 0);
    if (waiting.length === 0) return;
    const oldest = Math.min(...waiting.map((slot) => slot.write.queued_at));
    this.cancelExpiry = this.host.environment.after(Math.max(1, oldest + EXPIRY_MS - now), () => this.pump());
  }

  /**
   * The connection is lost: nothing on it will be answered. `code`: how the socket ended, if it ended by itself. True: a write is to blame, so a
   * connection without it will stand.
   */
  disconnected(code?: number): boolean {
    const now = this.host.environment.now();
    let blamed = false;
    for (const slot of [...this.slots]) {
      const against = code === undefined || slot.requests.length === 0 ? 0 : blame(code, now - slot.sent_at);
      slot.requests = [];
      if (against > 0) {
        blamed = true;
        this.blame(slot, against);
        if (!this.slots.includes(slot) || slot.write.state === 'failed') continue;
      }
      // A rest that the server asked for goes on; our own and a wait for an answer do not: what waits leaves with the next connection.
      if (slot.resting === 'told') continue;
      slot.resting = false;
      this.cancel(slot);
    }
    this.expireLater(now);
    return blamed;
  }

  accepted(frame: AcceptedFrame): void {
    const slot = this.answered(frame.request);
    if (slot) this.end(slot, { type: 'accepted', accepted: frame });
  }

  rejected(frame: RejectedFrame): void {
    const slot = this.answered(frame.request);
    if (!slot) return;
    this.cancel(slot);
    slot.requests = [];
    if (frame.retry === 'never') {
      this.end(slot, { type: 'failed', code: frame.code, message: frame.message });
      return;
    }
    const rest = frame.after_ms ?? retryDelay(slot.attempts - 1, this.host.environment.random);
    slot.resting = frame.after_ms === undefined ? 'own' : 'told';
    slot.cancel = this.host.environment.after(rest, () => {
      slot.resting = false;
      slot.cancel = undefined;
      this.pump();
    });
  }

  /** A write that is blamed goes alone, so that the next end of a socket tells whether it was this one. */
  private quarantined(slot: Slot): boolean {
    const others = this.slots.filter((other) => other !== slot && other.requests.length > 0);
    return slot.write.blame ? others.length > 0 : others.some(({ write }) => write.blame);
  }

  /** Kept, so that the next page does not begin again with a write that stops everything behind it. */
  private blame(slot: Slot, against: number): void {
    const blamed = (slot.write.blame ?? 0) + against;
    slot.write = { ...slot.write, blame: blamed };
    if (isEnough(blamed))
      this.end(slot, { type: 'failed', code: 'ends_socket', message: 'The connection ends when it is sent.' });
    else void this.host.store.put(slot.write);
  }

  private slot(write: Write, stored: boolean): Slot {
    return {
      write,
      stored,
      sealing: false,
      requests: [],
      sent_at: 0,
      attempts: 0,
      cancel: undefined,
      resting: false,
      waiters: [],
    };
  }

  private ended(slot: Slot): Promise<Outcome> {
    return new Promise((resolve) => slot.waiters.push(resolve));
  }

  private answered(request: number | undefined): Slot | undefined {
    return request === undefined ? undefined : this.slots.find((slot) => slot.requests.includes(request));
  }

  private offer(slot: Slot): void {
    if (!slot.write.sealed) {
      const prepared = this.host.prepare(slot.write);
      if (!prepared) return;
      if ('outcome' in prepared) {
        this.end(slot, prepared.outcome);
        return;
      }
      if (tooLarge(prepared.frame)) {
        this.end(slot, TOO_LARGE);
        return;
      }
      this.seal(slot, prepared.frame, prepared.at ?? this.host.environment.now());
      return;
    }
    const frame = this.host.stamp?.(slot.write) ?? slot.write.frame;
    // Sealed by a page that did not look.
    if (tooLarge(frame)) {
      this.end(slot, TOO_LARGE);
      return;
    }
    if (!this.transmitAs(slot, frame)) return;
    slot.sent_at = this.host.environment.now();
    slot.attempts++;
    this.cancel(slot);
    const patience = ANSWER_MS + (slot.attempts > 1 ? retryDelay(slot.attempts - 2, this.host.environment.random) : 0);
    slot.cancel = this.host.environment.after(patience, () => {
      slot.cancel = undefined;
      this.offer(slot);
    });
  }

  /** Whatever happens to the page from here on, what is repeated is what was said. */
  private seal(slot: Slot, frame: WriteFrame, sealed_at: number): void {
    const said = slot.write.frame;
    const thread = said.type === 'send' && said.thread !== undefined ? { thread: said.thread } : {};
    slot.write = { ...slot.write, ...thread, frame, sealed: true, sealed_at };
    slot.sealing = true;
    void this.host.store.put(slot.write).then(() => {
      slot.sealing = false;
      this.pump();
    });
  }

  private transmitAs(slot: Slot, frame: WriteFrame): boolean {
    const request = ++this.request;
    if (!this.host.transmit({ ...frame, request })) return false;
    slot.requests.push(request);
    return true;
  }

  private end(slot: Slot, outcome: Outcome): void {
    this.cancel(slot);
    slot.requests = [];
    this.host.settle(slot.write, outcome);
    const isMessage = slot.write.frame.type === 'send';
    if (outcome.type === 'failed' && isMessage) {
      slot.write = { ...slot.write, state: 'failed', failure: { code: outcome.code, message: outcome.message } };
      void this.host.store.put(slot.write);
      this.emitter.emit('changed', undefined);
    } else if (outcome.type === 'accepted' && isMessage && this.epoch !== undefined) {
      this.forget(slot);
      const thread = outcome.accepted.thread ?? slot.write.thread;
      const write = { ...slot.write, ...(thread === undefined ? {} : { thread }) };
      void this.host.store.accept({ write, epoch: this.epoch, at: this.host.environment.now() });
    } else this.drop(slot);
    for (const waiter of slot.waiters.splice(0)) waiter(outcome);
    // Not at once: a caller in the middle of `pump` finishes its round first.
    queueMicrotask(() => this.pump());
  }

  private drop(slot: Slot): void {
    this.forget(slot);
    void this.host.store.remove(slot.write.client_id);
  }

  private forget(slot: Slot): void {
    this.slots = this.slots.filter((candidate) => candidate !== slot);
    this.emitter.emit('changed', undefined);
  }

  private cancel(slot: Slot): void {
    slot.cancel?.();
    slot.cancel = undefined;
  }
}
