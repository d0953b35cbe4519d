import type { Oracle, Step } from './oracle';

const TABS_MOST = 3;
const KEYS = ['a', 'b', 'c', 'd'] as const;

/** Makes up steps that can be taken; the same ones for the same seed. */
export class Chance {
  private values = 0;
  /** An order either takes keys away one by one, or all at once. */
  private readonly removes: boolean;

  constructor(
    private state: number,
    private readonly multi: boolean,
  ) {
    this.removes = this.roll(2) === 0;
  }

  next(oracle: Oracle): Step {
    for (;;) {
      const step = this.propose(oracle);
      if (step) return step;
    }
  }

  private propose(oracle: Oracle): Step | undefined {
    const count = oracle.tabs.length;
    if (count === 0 || (count < TABS_MOST && this.roll(8) === 0)) return { verb: 'load', tab: count };
    const tab = this.roll(count);
    const { visible, view } = oracle.tab(tab);
    const { open } = oracle;
    const verb = this.of([
      ...['call', 'call', 'call', 'call', 'call', 'call', 'say', 'say', 'show', 'show'],
      ...['route', 'load', 'hide', 'look', 'look', 'list', 'close', 'answer', 'solve', 'shut', 'start'],
    ]);
    switch (verb) {
      case 'call':
        return this.call(tab, oracle.talks.length > 0);
      case 'route':
        return { verb, tab };
      case 'load':
        // A list, an empty thread and the closed one of a single-thread widget need not come back as they were.
        return view === 'closed' || (typeof view === 'number' && (this.multi || open.includes(view)))
          ? { verb, tab }
          : undefined;
      case 'hide':
        return visible ? { verb, tab } : undefined;
      case 'look':
        return visible ? undefined : { verb, tab };
      case 'list':
        return visible && this.multi && oracle.talks.length > 0 ? { verb, tab } : undefined;
      case 'close':
        return visible && view !== 'closed' ? { verb, tab } : undefined;
      case 'show':
        return visible ? { verb, tab, talk: this.shown(oracle) } : undefined;
      case 'say': {
        if (!visible) return undefined;
        const here = this.multi ? open.find((talk) => talk === view) : open[0];
        return { verb, tab, talk: here ?? 'new' };
      }
      case 'answer':
      case 'solve':
        return open.length > 0 ? { verb, talk: this.of(open) } : undefined;
      case 'shut':
        return open.length > 0 && this.roll(2) === 0 ? { verb, talk: this.of(open) } : undefined;
      case 'start':
        return this.multi && oracle.talks.length > 0 ? { verb } : undefined;
      default:
        return undefined;
    }
  }

  private shown({ talks, open }: Oracle): number | 'new' {
    if (!this.multi) return open[0] ?? 'new';
    return talks.length === 0 || this.roll(4) === 0 ? 'new' : this.roll(talks.length);
  }

  private call(tab: number, begun: boolean): Step {
    const metadata: Record<string, string | null> = {};
    for (let key = this.roll(3); key >= 0; key--) {
      this.values += 1;
      metadata[this.of(KEYS)] = this.removes && this.roll(4) === 0 ? null : `v${this.values}`;
    }
    const strategy = this.of([undefined, undefined, undefined, 'ACTIVE', 'ALL', 'ALL_PLUS_NEW'] as const);
    const replaces = !this.removes && this.roll(5) === 0;
    return {
      verb: 'call',
      tab,
      metadata,
      // Before there is a session, what stands is known to its tab alone.
      ...(strategy && (begun || strategy === 'ACTIVE') && { strategy }),
      ...(replaces && { mode: 'replace' }),
    };
  }

  private of<Item>(items: readonly Item[]): Item {
    return items[this.roll(items.length)] as Item;
  }

  /** Mulberry32. */
  private roll(sides: number): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % sides;
  }
}
