import { strings } from './held';
import { storedJson, storeJson } from './shared_storage';

/** So many logouts are remembered: one that a slow tab hears of late has happened already. */
const MOST = 20;

/**
 * The time between two logouts in this browser. Its id is in the storage that all tabs share, so a tab sees at once that what it holds is of a person who
 * has left, before any message about it arrives. Empty before the first logout.
 */
export class Era {
  /** Of what this tab holds. */
  here: string;

  constructor(readonly name: string) {
    this.here = this.now;
  }

  /** Of this browser. */
  get now(): string {
    return this.all().at(-1) ?? '';
  }

  /** Begins one; false: it has begun before. */
  begin(id: string): boolean {
    const all = this.all();
    if (all.includes(id)) return false;
    storeJson(this.name, [...all, id].slice(-MOST));
    return true;
  }

  /** True: what this tab holds is of an earlier one, and from now on it is not. */
  catchUp(): boolean {
    const behind = this.here !== this.now;
    this.here = this.now;
    return behind;
  }

  private all(): string[] {
    return strings(storedJson(this.name));
  }
}
