import type { ContextHistoryPage, ContextVersion } from '@beckon/sdk';
import { type ReadonlySignal, signal } from '@preact/signals';

/** Reads a page of versions, newest first, of those before a version or of all. Rejects when it cannot. */
export type ReadVersions = (conversation: string, before: number | null) => Promise<ContextHistoryPage>;

export type HistoryPhase = 'idle' | 'loading' | 'ready' | 'failed';

/** The writes of one context, newest first and without gaps, read when somebody looks and kept up to date after that. */
export class VersionList {
  readonly #versions = signal<readonly ContextVersion[]>([]);
  readonly #phase = signal<HistoryPhase>('idle');
  readonly #complete = signal(false);
  /** What to ask for the next older page with; null: nothing was read yet, or there is none. */
  #next: number | null = null;
  /** Writes that were heard of while nothing was read that they continue. */
  #stale = true;

  constructor(
    private readonly conversation: string,
    private readonly read: ReadVersions,
  ) {}

  get versions(): ReadonlySignal<readonly ContextVersion[]> {
    return this.#versions;
  }
  get phase(): ReadonlySignal<HistoryPhase> {
    return this.#phase;
  }
  /** Nothing older exists. */
  get complete(): ReadonlySignal<boolean> {
    return this.#complete;
  }

  /** A write happened. */
  hear(version: ContextVersion): void {
    const newest = this.#versions.peek()[0];
    if (!this.#stale && (newest?.version ?? 0) + 1 === version.version) {
      this.#versions.value = [version, ...this.#versions.peek()];
    } else if (version.version > (newest?.version ?? 0)) this.#stale = true;
  }

  /** Reads the newest page, unless what is here is up to date. */
  async open(): Promise<void> {
    if (this.#phase.peek() === 'loading' || (!this.#stale && this.#phase.peek() === 'ready')) return;
    await this.#load(null);
  }

  /** Reads the next older page. */
  async more(): Promise<void> {
    if (this.#phase.peek() === 'loading' || this.#complete.peek()) return;
    await this.#load(this.#next);
  }

  async #load(before: number | null): Promise<void> {
    this.#phase.value = 'loading';
    if (before === null) this.#stale = false;
    try {
      const page = await this.read(this.conversation, before);
      const oldest = before ?? Number.POSITIVE_INFINITY;
      const kept = before === null ? [] : this.#versions.value.filter(({ version }) => version >= oldest);
      this.#versions.value = [...kept, ...page.versions];
      this.#next = page.next;
      this.#complete.value = page.next === null;
      this.#phase.value = 'ready';
    } catch {
      if (before === null) this.#stale = true;
      this.#phase.value = 'failed';
    }
  }
}
