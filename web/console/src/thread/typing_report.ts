import type { Kind } from './timeline';

/** Said again so often while somebody writes; the server believes it for 6 seconds. Milliseconds. */
const REPEAT_MS = 3_000;
/** Nobody pauses so long within a word. Milliseconds. */
const PAUSE_MS = 4_000;

/** Tells that the agent is writing: at the first key, again while it goes on, and when it stopped. */
export class TypingReport {
  #kind: Kind | null = null;
  #toldAt = 0;
  #pause: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly tell: (on: boolean, kind: Kind) => void) {}

  /** A key was pressed; `text` is all that stands there now. */
  wrote(kind: Kind, text: string): void {
    if (text.trim() === '') {
      this.stop();
      return;
    }
    if (this.#kind !== null && this.#kind !== kind) this.stop();
    const now = Date.now();
    if (this.#kind === null || now - this.#toldAt >= REPEAT_MS) {
      this.#kind = kind;
      this.#toldAt = now;
      this.tell(true, kind);
    }
    clearTimeout(this.#pause);
    this.#pause = setTimeout(() => this.stop(), PAUSE_MS);
  }

  /** Sent, cleared, or left. */
  stop(): void {
    clearTimeout(this.#pause);
    if (this.#kind === null) return;
    this.tell(false, this.#kind);
    this.#kind = null;
  }
}
