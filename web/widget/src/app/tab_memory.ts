import { uuid } from '@beckon/sdk';
import type { Era } from './era';
import { fold, type Held, isObject, noted, storedHeld, strings, without } from './held';

/** As many finished calls are remembered, and never fewer than ended together, so that a page change in the wrong moment does not apply one twice. */
const FINISHED = 64;

/** What left with the first message of a new conversation. */
export interface Taken {
  /** The message's. */
  message: string;
  /** The context write's own. */
  client_id: string;
  /** With what the page view on screen had sent. */
  parcel: Held | null;
  held: Held | null;
  standing: Held | null;
}

/** Calls of a hidden tab that wait until it is looked at, folded; what they say is held as well. */
export interface Waiting {
  parcel: Held;
  calls: string[];
}

interface Kept {
  tab: string;
  /** The era that all of it is of. */
  era: string;
  /** The fold of every call that waits for the next conversation. */
  held: Held | null;
  /** The fold of the `ALL_PLUS_NEW` calls that the server does not know of. */
  standing: Held | null;
  waiting: Waiting | null;
  taken: Taken[];
  finished: string[];
  /** The thread last on screen in this tab. */
  lastThread: string | null;
  /** Nobody asked for it: it was empty, and shown for want of something better. */
  guessed: boolean;
  /** The list was asked for and is on screen. */
  list: boolean;
}

const EMPTY = {
  held: null,
  standing: null,
  waiting: null,
  taken: [],
  finished: [],
  lastThread: null,
  guessed: false,
  list: false,
};

/** What this tab remembers across page changes: session storage, or memory where that is blocked. Each change is one write, so it is whole or not there. */
export class TabMemory {
  private kept: Kept;

  constructor(
    private readonly name: string,
    private readonly era: Pick<Era, 'here'>,
  ) {
    const left = this.read();
    const { tab = uuid(), finished = [] } = left;
    // What a person left behind after a logout counts no more.
    const own = (left.era ?? '') === era.here ? left : {};
    this.kept = { ...EMPTY, finished, ...own, tab, era: era.here };
    this.write();
  }

  get tab(): string {
    return this.kept.tab;
  }

  get held(): Held | null {
    return this.kept.held;
  }

  get standing(): Held | null {
    return this.kept.standing;
  }

  get waiting(): Waiting | null {
    return this.kept.waiting;
  }

  get lastThread(): string | null {
    return this.kept.lastThread;
  }

  get guessed(): boolean {
    return this.kept.guessed;
  }

  get list(): boolean {
    return this.kept.list;
  }

  showed(lastThread: string, guessed: boolean): void {
    if (lastThread !== this.kept.lastThread || guessed !== this.kept.guessed) this.change({ lastThread, guessed });
  }

  showedList(list: boolean): void {
    if (list !== this.kept.list) this.change({ list });
  }

  /** Holds, and remembers which calls are thereby done. */
  hold(held: Held | null, standing: Held | null, calls: string[]): void {
    this.change({ held, standing, finished: this.finishedWith(calls) });
  }

  /** Holds, and keeps what is to be decided when the tab is looked at; null: nothing is. */
  wait(held: Held | null, waiting: Waiting | null): void {
    this.change({ held, waiting });
  }

  /** Notes which threads have what `parcel` says, or takes that back. */
  note(parcel: Held, threads: string[], have: boolean): void {
    if (this.kept.held) this.change({ held: noted(this.kept.held, parcel, threads, have) });
  }

  /** What these calls say is no longer held. */
  release(calls: string[]): void {
    this.change({ held: without(this.kept.held, calls) });
  }

  finish(calls: string[]): void {
    this.change({ finished: this.finishedWith(calls) });
  }

  isFinished(call: string): boolean {
    return this.kept.finished.includes(call);
  }

  /** Hands everything held to a message that starts a conversation, made into a parcel. The same message gets the same again. */
  take(message: string, parcelOf: (held: Held | null) => Held | null): Taken {
    const before = this.kept.taken.find((taken) => taken.message === message);
    if (before) return before;
    const { held, standing, taken } = this.kept;
    const now: Taken = { message, client_id: uuid(), parcel: parcelOf(held), held, standing };
    this.change({ held: null, standing: null, waiting: null, taken: [...taken, now] });
    return now;
  }

  /** The message arrived: what it took is on disk. */
  delivered(message: string): void {
    this.change({ taken: this.kept.taken.filter((taken) => taken.message !== message) });
  }

  /** The message was thrown away: what it took is held again, below what was held since. */
  giveBack(message: string): void {
    const taken = this.kept.taken.find((candidate) => candidate.message === message);
    if (!taken) return;
    const both = (first: Held | null, second: Held | null) => (first || second ? fold(first, second) : null);
    const { held, standing } = this.kept;
    this.delivered(message);
    this.change({ held: both(taken.held, held), standing: both(taken.standing, standing) });
  }

  /** The session ended: nothing of it is left in this tab. */
  forget(): void {
    const { tab, finished } = this.kept;
    this.kept = { ...EMPTY, tab, finished, era: this.era.here };
    this.write();
  }

  private finishedWith(calls: string[]): string[] {
    return [...this.kept.finished, ...calls].slice(-Math.max(FINISHED, calls.length));
  }

  private change(change: Partial<Kept>): void {
    this.kept = { ...this.kept, ...change };
    this.write();
  }

  private read(): Partial<Kept> {
    try {
      return kept(JSON.parse(sessionStorage.getItem(this.name) ?? '{}'), Date.now());
    } catch {
      return {};
    }
  }

  private write(): void {
    try {
      sessionStorage.setItem(this.name, JSON.stringify(this.kept));
    } catch {
      // Blocked: kept for this page only.
    }
  }
}

/** What was stored, by any version of the widget: the parts that are whole. */
function kept(stored: unknown, now: number): Partial<Kept> {
  if (!isObject(stored)) return {};
  const { tab, era, held, standing, waiting, taken, finished, lastThread, guessed, list } = stored;
  const waits = isObject(waiting) ? storedHeld(waiting.parcel, now) : null;
  return {
    ...(typeof tab === 'string' && tab && { tab }),
    ...(typeof era === 'string' && { era }),
    held: storedHeld(held, now),
    standing: storedHeld(standing, now),
    waiting: isObject(waiting) && waits ? { parcel: waits, calls: strings(waiting.calls) } : null,
    taken: Array.isArray(taken) ? taken.flatMap((one) => takenOf(one, now)) : [],
    finished: strings(finished),
    lastThread: typeof lastThread === 'string' ? lastThread : null,
    guessed: guessed === true,
    list: list === true,
  };
}

function takenOf(stored: unknown, now: number): Taken[] {
  if (!isObject(stored)) return [];
  const { message, client_id } = stored;
  if (typeof message !== 'string' || typeof client_id !== 'string') return [];
  const held = storedHeld(stored.held, now);
  // Without a parcel it is of a version that sent what was held as it was.
  const parcel = 'parcel' in stored ? storedHeld(stored.parcel, now) : held;
  return [{ message, client_id, parcel, held, standing: storedHeld(stored.standing, now) }];
}
