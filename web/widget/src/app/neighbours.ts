import { channel, type Locks, livingTabs, locks, TAB } from './locks';

/** A page that is left may be followed by another one of the same tab, which knows more of its writes than we do, milliseconds. */
const NEXT_PAGE_MS = 10_000;

/** Takes over the writes of the tabs for which `isGone` holds. */
type TakeOver = (isGone: (tab: string) => boolean) => Promise<void>;

/**
 * The other tabs of this browser that share the queue of a widget. Each tab sends what was written in it, and holds a lock of its name as long as it
 * lives: when that comes free, a neighbour takes over what is left. Without locks (plain http) a page takes over everything when it begins, also of
 * tabs that live; the server still stores each write once.
 */
export class Neighbours {
  private readonly watched = new Set<string>();

  constructor(
    /** Of the queue. */
    private readonly name: string,
    private readonly tab: string,
    private readonly takeOver: TakeOver,
  ) {}

  /** Resolves when what earlier pages left has been taken over. */
  async begin(): Promise<void> {
    const manager = await locks();
    if (!manager) {
      await this.takeOver(() => true);
      return;
    }
    // Not awaited: while a page is reloaded its predecessor still has it for a moment.
    void manager.request(TAB + this.tab, () => new Promise<void>(() => undefined));
    await this.inherit(manager);
    this.greet(manager);
  }

  /** One tab at a time looks who is gone, so that no two take the same. */
  private async inherit(manager: Locks): Promise<void> {
    await manager.request(`${this.name}:queue`, async () => {
      const living = await livingTabs(manager);
      await this.takeOver((tab) => !living.has(tab));
    });
    await this.watchAll(manager);
  }

  /** Tells the others that there is one more to watch. */
  private greet(manager: Locks): void {
    channel(`${this.name}:tabs`, () => void this.watchAll(manager))?.postMessage(this.tab);
  }

  private async watchAll(manager: Locks): Promise<void> {
    for (const tab of await livingTabs(manager)) this.watch(manager, tab);
  }

  private watch(manager: Locks, tab: string): void {
    if (tab === this.tab || this.watched.has(tab)) return;
    this.watched.add(tab);
    // Granted when that page is gone.
    void manager
      .request(TAB + tab, (held) => held)
      .then(async (gone) => {
        if (!gone) return;
        await new Promise((resolve) => setTimeout(resolve, NEXT_PAGE_MS));
        this.watched.delete(tab);
        await this.inherit(manager);
      });
  }
}
