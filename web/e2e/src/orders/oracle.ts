/** What is in a tab's window: `new` is a thread not begun yet, a number is a talk. */
export type View = 'closed' | 'list' | 'new' | number;
export type Strategy = 'ACTIVE' | 'ALL' | 'ALL_PLUS_NEW';
export type Metadata = Record<string, string | null>;

/** One thing that happens, in or to a tab or a talk. Talks and tabs are numbered in the order of their beginning. */
export type Step =
  | { verb: 'load'; tab: number }
  | { verb: 'route' | 'hide' | 'look' | 'list' | 'close'; tab: number }
  | { verb: 'show'; tab: number; talk: number | 'new' }
  | { verb: 'say'; tab: number; talk: number | 'new' }
  | { verb: 'call'; tab: number; metadata: Metadata; strategy?: Strategy; mode?: 'replace' }
  | { verb: 'answer' | 'solve' | 'shut'; talk: number }
  | { verb: 'start' };

/** How a call is answered; `waits`: not yet. */
export interface Expected {
  talks: number[];
  guessed: boolean;
  waits: boolean;
}

interface Call {
  tab: number;
  view: number;
  metadata: Metadata;
  replaces: boolean;
  /** It means what is on screen. */
  active: boolean;
  stands: boolean;
  held: boolean;
  waits: boolean;
  there: Set<number>;
}

interface Tab {
  view: View;
  visible: boolean;
  looked: number;
  pageView: number;
}

/**
 * What must come of a customer's steps, said once more and call by call: where each call goes, and what each conversation's context is then. Everything
 * happens within half an hour, so nothing is too old to be guessed or copied.
 */
export class Oracle {
  readonly tabs: Tab[] = [];
  readonly talks: { status: 'OPEN' | 'SOLVED' | 'CLOSED' }[] = [];
  private readonly calls: Call[] = [];
  private lastUsed: number | undefined;
  private count = 0;

  constructor(readonly multi: boolean) {}

  /** The talks that are not closed. */
  get open(): number[] {
    return [...this.talks.keys()].filter((talk) => this.talks[talk]?.status !== 'CLOSED');
  }

  /** The context of a talk: the calls that came to it, in the order in which they were made. */
  context(talk: number): Record<string, string> {
    const context = new Map<string, string>();
    for (const { metadata, replaces } of this.calls.filter(({ there }) => there.has(talk))) {
      if (replaces) context.clear();
      for (const [key, value] of Object.entries(metadata)) {
        if (value === null) context.delete(key);
        else context.set(key, value);
      }
    }
    return Object.fromEntries(context);
  }

  /** Lives through a step; for a call, how it is answered. */
  step(step: Step): Expected | undefined {
    switch (step.verb) {
      case 'load':
        this.load(step.tab);
        break;
      case 'route':
        this.tab(step.tab).pageView = this.next();
        break;
      case 'hide':
        this.tab(step.tab).visible = false;
        if (this.tabs.every(({ visible }) => !visible)) for (const tab of this.tabs.keys()) this.flush(tab);
        break;
      case 'look':
        this.look(step.tab);
        break;
      case 'list':
      case 'close':
        this.turnTo(step.tab).view = step.verb === 'list' ? 'list' : 'closed';
        break;
      case 'show':
        this.turnTo(step.tab).view = step.talk;
        this.shown(step.tab);
        break;
      case 'say':
        this.say(step.tab, step.talk);
        break;
      case 'call':
        return this.call(step);
      case 'answer':
        this.talk(step.talk).status = 'OPEN';
        break;
      case 'solve':
        this.talk(step.talk).status = 'SOLVED';
        break;
      case 'shut':
        this.talk(step.talk).status = 'CLOSED';
        break;
      case 'start': {
        const talk = this.begin();
        const chosen = this.lookedAtLast();
        if (chosen !== undefined) this.copy(chosen, talk);
      }
    }
    return undefined;
  }

  tab(tab: number): Tab {
    return this.tabs[tab] as Tab;
  }

  talk(talk: number): { status: 'OPEN' | 'SOLVED' | 'CLOSED' } {
    return this.talks[talk] as { status: 'OPEN' };
  }

  private next(): number {
    this.count += 1;
    return this.count;
  }

  /** The customer looks at a tab to do something in it. */
  private turnTo(tab: number): Tab {
    const it = this.tab(tab);
    it.looked = this.next();
    return it;
  }

  /** A window that was open is open on the next page. */
  private load(tab: number): void {
    const before = this.tabs[tab];
    this.tabs[tab] = { view: 'closed', visible: true, looked: 0, ...before, pageView: this.next() };
    if (!this.tab(tab).visible) return;
    this.turnTo(tab);
    this.shown(tab);
  }

  private look(tab: number): void {
    this.turnTo(tab).visible = true;
    this.flush(tab);
    this.shown(tab);
  }

  /** What is in the window is before the customer's eyes: a talk is thereby used, and gets what it has not got of what is held. */
  private shown(tab: number): void {
    const { view } = this.tab(tab);
    if (typeof view !== 'number') return;
    this.lastUsed = view;
    this.copy(tab, view);
  }

  /** Where a call goes that means what is on screen, and whether that is a guess. */
  private active(tab: number): { talks: number[]; guessed: boolean } {
    const { view, visible } = this.tab(tab);
    if (!this.multi) return { talks: this.open, guessed: false };
    if (visible && view === 'new') return { talks: [], guessed: false };
    if (visible && typeof view === 'number' && this.open.includes(view)) return { talks: [view], guessed: false };
    const fresh = this.open.filter((talk) => this.talk(talk).status === 'OPEN');
    const talks = fresh.filter((talk) => (this.lastUsed === undefined ? fresh.length === 1 : talk === this.lastUsed));
    return { talks, guessed: talks.length > 0 };
  }

  private call({ tab, metadata, strategy = 'ACTIVE', mode }: Step & { verb: 'call' }): Expected {
    const active = strategy === 'ACTIVE';
    // In single-thread mode the strategy means nothing.
    const inTurn = active || !this.multi;
    const waits = inTurn && !this.tab(tab).visible && this.tabs.some(({ visible }) => visible);
    const { talks, guessed } = inTurn ? this.active(tab) : { talks: this.open, guessed: false };
    const there = waits ? [] : talks;
    this.calls.push({
      tab,
      view: this.tab(tab).pageView,
      metadata,
      replaces: mode === 'replace',
      active: inTurn,
      stands: this.multi && strategy === 'ALL_PLUS_NEW',
      held: !waits && (talks.length === 0 || guessed),
      waits,
      there: new Set(there),
    });
    return { talks: there, guessed: guessed && !waits, waits };
  }

  /** What waited in a tab is decided. */
  private flush(tab: number): void {
    const { talks, guessed } = this.active(tab);
    for (const call of this.calls.filter((one) => one.tab === tab && one.waits)) {
      call.waits = false;
      call.held = talks.length === 0 || guessed;
      for (const talk of talks) call.there.add(talk);
    }
  }

  private copy(tab: number, talk: number): void {
    if (!this.open.includes(talk)) return;
    for (const call of this.calls) if (call.tab === tab && call.held) call.there.add(talk);
  }

  private begin(): number {
    const talk = this.talks.push({ status: 'OPEN' }) - 1;
    for (const call of this.calls) if (call.stands) call.there.add(talk);
    return talk;
  }

  private say(tab: number, given: number | 'new'): void {
    const it = this.turnTo(tab);
    const talk = given === 'new' ? this.begin() : given;
    if (given === 'new') {
      for (const call of this.calls.filter((one) => one.tab === tab)) {
        if (call.held || call.waits || (call.active && call.view === it.pageView)) call.there.add(talk);
        call.held = call.waits = false;
      }
    }
    this.talk(talk).status = 'OPEN';
    it.view = talk;
    this.shown(tab);
  }

  /** The one of the visible tabs, else of all. */
  private lookedAtLast(): number | undefined {
    const seen = this.tabs.some(({ visible }) => visible);
    const candidates = [...this.tabs.keys()].filter((tab) => !seen || this.tab(tab).visible);
    return candidates.sort((one, other) => this.tab(other).looked - this.tab(one).looked)[0];
  }
}
