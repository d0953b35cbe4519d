import { storedJson, storeJson } from './shared_storage';

/** Nothing is kept to be older than this, milliseconds: 30 days. */
export const OLDEST_MS = 30 * 24 * 60 * 60 * 1000;
/** How far it may run on before it is written down again, milliseconds. */
const NOTE_MS = 1_000;

interface Noted {
  own: number;
  wall: number;
}

/** The two clocks of a page: the time of day in milliseconds, which may be set, and one that only counts from the page's beginning. */
export interface Ticks {
  wall(): number;
  count(): number;
}

const browser: Ticks = { wall: () => Date.now(), count: () => performance.now() };

/**
 * One clock for all tabs and pages of this browser, milliseconds: it never goes back, whatever is done to the time of day. A counter alone will not do:
 * browsers stop it while the device sleeps, so it goes on by whichever of the two has gone on further.
 */
export class Clock {
  private last: Noted & { count: number };
  private noted = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly name: string,
    private readonly ticks: Ticks = browser,
  ) {
    const wall = ticks.wall();
    const { own = wall, wall: then = wall } = storedJson<Partial<Noted>>(name) ?? {};
    this.last = { own: own + Math.min(Math.max(0, wall - then), OLDEST_MS), wall, count: ticks.count() };
  }

  now(): number {
    const wall = this.ticks.wall();
    const count = this.ticks.count();
    const gone = Math.max(0, count - this.last.count, wall - this.last.wall);
    const own = this.last.own + gone;
    const moved = Math.abs(wall - this.last.wall - gone) > NOTE_MS;
    this.last = { own, wall, count };
    if (moved || own - this.noted > NOTE_MS) {
      this.noted = own;
      storeJson(this.name, { own, wall });
    }
    return own;
  }

  /** A moment of the page's time of day, by this clock. */
  at(wall: number): number {
    const ago = this.ticks.wall() - wall;
    // Not a number where the page's code changed the call on its way.
    return this.now() - (ago > 0 ? Math.min(ago, OLDEST_MS) : 0);
  }
}
