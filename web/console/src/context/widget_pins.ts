import { signal } from '@preact/signals';
import type { Pins } from '../card/pins';

/** The pins of every widget; rejects when they cannot be read. */
export type ReadPins = () => Promise<readonly { id: string; pins: readonly string[] }[]>;
/** Keeps the pins of a widget for all agents; rejects when they were not kept. */
export type KeepPins = (widget: string, pins: readonly string[]) => Promise<void>;

/** What stands first in the card, per widget. Shown as chosen at once, and taken back if the server does not keep it. */
export class WidgetPins {
  readonly #pins = signal<ReadonlyMap<string, readonly string[]>>(new Map());

  constructor(
    private readonly read: ReadPins,
    private readonly keep: KeepPins,
  ) {}

  /** Reads what other agents chose. Without an answer nothing is pinned, which hides nothing. */
  async load(): Promise<void> {
    try {
      this.#pins.value = new Map((await this.read()).map(({ id, pins }) => [id, pins ?? []]));
    } catch {
      // The next sign-in or reconnection asks again.
    }
  }

  /** The pins of one widget, for its conversations' cards. */
  of(widget: string): Pins {
    return { paths: this.#pins.value.get(widget) ?? [], set: (paths) => this.#set(widget, paths) };
  }

  async #set(widget: string, paths: readonly string[]): Promise<boolean> {
    const before = this.#pins.peek().get(widget) ?? [];
    this.#put(widget, paths);
    try {
      await this.keep(widget, paths);
      return true;
    } catch {
      // Somebody may have chosen otherwise meanwhile; what was there before this try is the nearest known.
      if (this.#pins.peek().get(widget) === paths) this.#put(widget, before);
      return false;
    }
  }

  #put(widget: string, paths: readonly string[]): void {
    this.#pins.value = new Map(this.#pins.peek()).set(widget, paths);
  }
}
