import type { Row } from '@beckon/sdk';

/** What reached this console is told together, this long after the first of it came. Milliseconds. */
const TELL_AFTER_MS = 300;
/** Receipts told at once; the rest follows in the same rhythm, so that a long list stays far below the server's pace. */
const AT_ONCE = 20;

/**
 * Tells the server which visitors' messages have reached this console: a row that counts something unread is on the
 * agent's list, whether or not anybody opens it. Cumulative, so one receipt for a conversation is enough for a burst.
 */
export class Receipts {
  /** Head that the server was told of, by conversation. */
  readonly #told = new Map<string, number>();
  readonly #waiting = new Map<string, number>();
  #epoch: string | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `tell` returns false while there is no connection. */
  constructor(private readonly tell: (conversation: string, position: number) => boolean) {}

  /** Rows that came, by whichever way. */
  arrived(rows: readonly Row[]): void {
    for (const { conversation, head, unread } of rows) {
      // What is read is known to have arrived.
      if (unread === 0 || head <= (this.#told.get(conversation) ?? 0)) continue;
      this.#waiting.set(conversation, Math.max(head, this.#waiting.get(conversation) ?? 0));
    }
    this.#tellSoon();
  }

  /** The connection stands. In another epoch positions mean something else. */
  connected(epoch: string): void {
    if (epoch !== this.#epoch) {
      this.#told.clear();
      this.#waiting.clear();
    }
    this.#epoch = epoch;
    this.#tellSoon();
  }

  /** Stops what is planned. */
  end(): void {
    clearTimeout(this.#timer);
  }

  #tellSoon(): void {
    if (this.#waiting.size > 0) this.#timer ??= setTimeout(() => this.#tellNow(), TELL_AFTER_MS);
  }

  #tellNow(): void {
    this.#timer = undefined;
    for (const [conversation, position] of [...this.#waiting].slice(0, AT_ONCE)) {
      // The next connection asks again.
      if (!this.tell(conversation, position)) return;
      this.#told.set(conversation, position);
      this.#waiting.delete(conversation);
    }
    this.#tellSoon();
  }
}
