import { type Signal, signal } from '@preact/signals-core';
import { locks } from './locks';

/** For so long after one tab has sounded, the others of this browser are silent, milliseconds. */
const ONE_TAB_MS = 1_000;

/** The sound of a new message: heard only by who wants it. The choice is kept in this browser. */
export class Sound {
  readonly on: Signal<boolean>;
  private context: AudioContext | undefined;

  /** `usual`: for visitors who have not chosen. */
  constructor(
    private readonly name: string,
    usual: boolean,
  ) {
    this.on = signal(this.read() ?? usual);
  }

  /** The visitor's choice; switching it on lets it be heard, which also makes the browser allow it from now on. */
  choose(on: boolean): void {
    this.on.value = on;
    try {
      localStorage.setItem(this.name, JSON.stringify(on));
    } catch {
      // Blocked: the choice holds for this page.
    }
    if (on) void this.sing();
  }

  /** A message came. Of several tabs one is heard. */
  async play(): Promise<void> {
    if (!this.on.value) return;
    const manager = await locks();
    if (!manager) return this.sing();
    await manager.request(
      this.name,
      async (held) => {
        if (!held) return;
        void this.sing();
        await new Promise((resolve) => setTimeout(resolve, ONE_TAB_MS));
      },
      { ifAvailable: true },
    );
  }

  private async sing(): Promise<void> {
    try {
      this.context ??= new AudioContext();
      const { context } = this;
      // Suspended until something was pressed. A sound that is late by minutes would only startle.
      const allowed = await Promise.race([
        context.resume().then(() => true),
        new Promise<boolean>((resolve) => setTimeout(() => resolve(false), ONE_TAB_MS)),
      ]);
      if (!allowed) return;
      const { chime } = await import('./chime');
      chime(context);
    } catch {
      // No sound here: the dot says it as well.
    }
  }

  private read(): boolean | undefined {
    try {
      const kept: unknown = JSON.parse(localStorage.getItem(this.name) ?? 'null');
      return typeof kept === 'boolean' ? kept : undefined;
    } catch {
      return undefined;
    }
  }
}
