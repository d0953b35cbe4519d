import { signal } from '@preact/signals';
import type { Pins } from '../card/pins';

/** What is set about the card of one widget's conversations. */
export interface CardSetting {
  readonly pins: readonly string[];
  /** Origins whose pictures load by themselves, beside those that may embed a widget. */
  readonly imageHosts: readonly string[];
}

/** The settings of every widget; rejects when they cannot be read. */
export type ReadCards = () => Promise<readonly ({ readonly id: string } & CardSetting)[]>;
/** Keeps the pins of a widget for all agents; rejects when they were not kept. */
export type KeepPins = (widget: string, pins: readonly string[]) => Promise<void>;

const NOTHING: CardSetting = { pins: [], imageHosts: [] };

/** What is set about the card, per widget. A pin is shown as chosen at once, and taken back if the server does not keep it. */
export class CardSettings {
  readonly #cards = signal<ReadonlyMap<string, CardSetting>>(new Map());

  constructor(
    private readonly read: ReadCards,
    private readonly keep: KeepPins,
  ) {}

  /** Reads what is set. Without an answer nothing is pinned, which hides nothing, and pictures are links. */
  async load(): Promise<void> {
    try {
      this.#cards.value = new Map((await this.read()).map((card) => [card.id, card]));
    } catch {
      // The next sign-in or reconnection asks again.
    }
  }

  imageHosts(widget: string): readonly string[] {
    return (this.#cards.value.get(widget) ?? NOTHING).imageHosts;
  }

  /** The pins of one widget, for its conversations' cards. */
  pins(widget: string): Pins {
    return { paths: (this.#cards.value.get(widget) ?? NOTHING).pins, set: (paths) => this.#pin(widget, paths) };
  }

  async #pin(widget: string, paths: readonly string[]): Promise<boolean> {
    const before = this.#pinned(widget);
    this.#put(widget, paths);
    try {
      await this.keep(widget, paths);
      return true;
    } catch {
      // Somebody may have chosen otherwise meanwhile; what was there before this try is the nearest known.
      if (this.#pinned(widget) === paths) this.#put(widget, before);
      return false;
    }
  }

  #pinned(widget: string): readonly string[] {
    return (this.#cards.peek().get(widget) ?? NOTHING).pins;
  }

  #put(widget: string, pins: readonly string[]): void {
    const card = this.#cards.peek().get(widget) ?? NOTHING;
    this.#cards.value = new Map(this.#cards.peek()).set(widget, { ...card, pins });
  }
}
