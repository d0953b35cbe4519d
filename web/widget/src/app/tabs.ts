import { channel, livingTabs, locks } from './locks';
import { storedJson, storeJson } from './shared_storage';

/** So many tabs are remembered in the order they were looked at, and so many threads as known. Older ones are forgotten. */
const TABS_MOST = 30;
const THREADS_MOST = 200;
/** Without locks a visible tab says so this often, milliseconds, and is believed for twice as long and a little more. */
const SAY_MS = 2_000;
const BELIEVED_MS = 2 * SAY_MS + 1_000;

/** What the tabs of this browser know together. */
interface Shared {
  /** The thread last shown, written in or started. */
  used?: string;
  /** Tabs, the one looked at last at the end. */
  looked?: string[];
  /** Threads that some tab has heard of. */
  known?: string[];
  /** Without locks: when each visible tab last said so. */
  visible?: { [tab: string]: number };
}

/** One tab among those of this browser: which are visible, which was looked at last, and what was used last in any of them. */
export class Tabs {
  private shown = false;
  private release: (() => void) | undefined;
  private timer: ReturnType<typeof setInterval> | undefined;
  private readonly channel: BroadcastChannel | undefined;

  constructor(
    private readonly name: string,
    private readonly tab: string,
    /** This tab was chosen to give a thread a copy of what it holds. */
    private readonly chosen: (thread: string) => void,
  ) {
    this.channel = channel<{ tab?: string; thread?: string } | null>(`${name}:copy`, (told) => {
      if (told?.tab === tab && told.thread) chosen(told.thread);
    });
  }

  get lastUsed(): string | undefined {
    return this.read().used;
  }

  used(thread: string): void {
    if (this.lastUsed !== thread) this.change({ used: thread });
  }

  /** The tab became visible, was focused, or was left. */
  show(visible: boolean): void {
    this.shown = visible;
    if (visible) this.change({ looked: [...this.othersLooked(), this.tab].slice(-TABS_MOST) });
    void this.claim();
  }

  /** Whether another tab is visible. */
  async othersVisible(): Promise<boolean> {
    return (await this.visible()).length > 0;
  }

  /** Resolves when no other tab is visible. */
  async alone(): Promise<void> {
    for (;;) {
      const manager = await locks();
      const names = await this.visible();
      if (names.length === 0) return;
      // Shared, so that it is not taken for a visible tab's own.
      if (manager) for (const tab of names) await manager.request(this.lock(tab), () => undefined, { mode: 'shared' });
      else await new Promise((resolve) => setTimeout(resolve, SAY_MS));
    }
  }

  /**
   * Tells of all threads there are. Those that no tab had heard of were begun by others, unless it is the browser's first list: for each, one tab is
   * chosen, the last looked at among the visible ones, else the last looked at.
   */
  async learn(threads: string[], own: (thread: string) => boolean): Promise<void> {
    const manager = await locks();
    const fresh = await (manager
      ? manager.request(`${this.name}:known`, () => this.news(threads))
      : this.news(threads));
    for (const thread of fresh.filter((candidate) => !own(candidate))) {
      const tab = await this.elected();
      if (tab === this.tab) this.chosen(thread);
      else this.channel?.postMessage({ tab, thread });
    }
  }

  /** The session ended: nothing of it is known any more. */
  forget(): void {
    const { looked, visible } = this.read();
    storeJson(this.name, { looked, visible });
  }

  private news(threads: string[]): string[] {
    const { known } = this.read();
    const fresh = threads.filter((thread) => !known?.includes(thread));
    if (!known || fresh.length > 0) this.change({ known: [...(known ?? []), ...fresh].slice(-THREADS_MOST) });
    return known ? fresh : [];
  }

  private async elected(): Promise<string> {
    const manager = await locks();
    const visible = [...(await this.visible()), ...(this.shown ? [this.tab] : [])];
    const living = manager && (await livingTabs(manager));
    const candidates = (this.read().looked ?? []).filter((tab) => tab === this.tab || !living || living.has(tab));
    return candidates.findLast((tab) => visible.includes(tab)) ?? candidates.at(-1) ?? this.tab;
  }

  /** The other tabs that are visible. */
  private async visible(): Promise<string[]> {
    const manager = await locks();
    if (!manager) {
      const now = Date.now();
      const said = Object.entries(this.read().visible ?? {});
      return said.flatMap(([tab, at]) => (tab !== this.tab && Math.abs(now - at) < BELIEVED_MS ? [tab] : []));
    }
    const { held = [], pending = [] } = await manager.query();
    return [...held, ...pending].flatMap(({ name = '', mode }) => {
      const tab = name.slice(this.lock('').length);
      return mode === 'exclusive' && name === this.lock(tab) && tab !== this.tab ? [tab] : [];
    });
  }

  /** Says that this tab is visible, or takes it back. */
  private async claim(): Promise<void> {
    const manager = await locks();
    if (!manager) {
      clearInterval(this.timer);
      const say = () => {
        const { [this.tab]: _, ...others } = this.read().visible ?? {};
        this.change({ visible: this.shown ? { ...others, [this.tab]: Date.now() } : others });
      };
      say();
      if (this.shown) this.timer = setInterval(say, SAY_MS);
      return;
    }
    if (!this.shown) {
      this.release?.();
      this.release = undefined;
      return;
    }
    if (this.release) return;
    let release = (): void => undefined;
    const left = new Promise<void>((resolve) => {
      release = resolve;
    });
    this.release = release;
    void manager.request(this.lock(this.tab), (held) => (held ? left : this.claim()));
  }

  private lock(tab: string): string {
    return `${this.name}:visible:${tab}`;
  }

  private othersLooked(): string[] {
    return (this.read().looked ?? []).filter((tab) => tab !== this.tab);
  }

  private read(): Shared {
    return storedJson<Shared>(this.name) ?? {};
  }

  private change(change: Partial<Shared>): void {
    storeJson(this.name, { ...this.read(), ...change });
  }
}
