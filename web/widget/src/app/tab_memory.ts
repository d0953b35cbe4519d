import { uuid } from '@beckon/sdk';
import type { Patch } from './holding';

/** As many finished calls are remembered, and never fewer than ended together, so that a page change in the wrong moment does not apply one twice. */
const FINISHED = 64;

/** A patch that left with the first message of a new conversation. */
export interface Taken {
  /** The message's. */
  message: string;
  /** The context write's own. */
  client_id: string;
  held: Patch | null;
  standing: Patch | null;
}

interface Kept {
  tab: string;
  /** The fold of every call that found no conversation. */
  held: Patch | null;
  /** Grows with each change of `held`. */
  version: number;
  /** The fold of the `ALL_PLUS_NEW` calls that the server does not know of. */
  standing: Patch | null;
  taken: Taken[];
  /** Threads that already got a copy of `held`, and which version. */
  copied: { [thread: string]: number };
  finished: string[];
  /** The thread last on screen in this tab. */
  lastThread: string | null;
  /** Nobody asked for it: it was empty, and shown for want of something better. */
  guessed: boolean;
}

const EMPTY = {
  held: null,
  version: 0,
  standing: null,
  taken: [],
  copied: {},
  finished: [],
  lastThread: null,
  guessed: false,
};

/** What this tab remembers across page changes: session storage, or memory where that is blocked. Each change is one write, so it is whole or not there. */
export class TabMemory {
  private kept: Kept;

  constructor(private readonly name: string) {
    this.kept = { ...EMPTY, tab: uuid(), ...this.read() };
    this.write();
  }

  get tab(): string {
    return this.kept.tab;
  }

  get held(): Patch | null {
    return this.kept.held;
  }

  get standing(): Patch | null {
    return this.kept.standing;
  }

  get lastThread(): string | null {
    return this.kept.lastThread;
  }

  get guessed(): boolean {
    return this.kept.guessed;
  }

  showed(lastThread: string, guessed: boolean): void {
    if (lastThread !== this.kept.lastThread || guessed !== this.kept.guessed) this.change({ lastThread, guessed });
  }

  /** Holds, and remembers which calls are thereby done. */
  hold(held: Patch | null, standing: Patch | null, calls: string[]): void {
    this.change({ held, standing, version: this.kept.version + 1, finished: this.finishedWith(calls) });
  }

  finish(calls: string[]): void {
    this.change({ finished: this.finishedWith(calls) });
  }

  isFinished(call: string): boolean {
    return this.kept.finished.includes(call);
  }

  /** Hands everything held to a message that starts a conversation. The same message gets the same again. */
  take(message: string): Taken {
    const before = this.kept.taken.find((taken) => taken.message === message);
    if (before) return before;
    const { held, standing, taken, version } = this.kept;
    const now: Taken = { message, client_id: uuid(), held, standing };
    this.change({ held: null, standing: null, taken: [...taken, now], version: version + 1 });
    return now;
  }

  /** The message arrived: what it took is on disk. */
  delivered(message: string): void {
    this.change({ taken: this.kept.taken.filter((taken) => taken.message !== message) });
  }

  /** What the message took, or undefined; forgets it. */
  takeBack(message: string): Taken | undefined {
    const found = this.kept.taken.find((taken) => taken.message === message);
    if (found) this.delivered(message);
    return found;
  }

  /** True once for each thread and version of what is held. */
  copyOnce(thread: string): boolean {
    if (!this.kept.held || this.kept.copied[thread] === this.kept.version) return false;
    this.change({ copied: { ...this.kept.copied, [thread]: this.kept.version } });
    return true;
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
      return JSON.parse(sessionStorage.getItem(this.name) ?? '{}') as Partial<Kept>;
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
