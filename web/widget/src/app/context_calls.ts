import {
  type ContextFrame,
  type JsonObject,
  type Outbox,
  type Outcome,
  type Prepared,
  type SendFrame,
  type Thread,
  uuid,
  type Write,
  type WriteFrame,
} from '@beckon/sdk';
import { cut, TITLE_LENGTH, URL_LENGTH } from '../cut';
import type { ContextCall, HostPage } from '../port';
import type { WidgetConfig } from '../theme';
import { type Answer, Answers, CODES, failed, PENDING, written } from './answers';
import { accepted, covers, parcelOf } from './context_writes';
import { excess, fold, type Held, held, missing, noted, older, wire, without } from './held';
import { PageView } from './page_view';
import type { TabMemory } from './tab_memory';

/** What the customer looks at. */
export type Screen = Required<Pick<ContextFrame, 'visible'>> & Pick<ContextFrame, 'on_screen' | 'last_used'>;

/** What the rules need to know of the chat. */
export interface Situation {
  config: Pick<WidgetConfig, 'multiThread' | 'limits'>;
  memory: TabMemory;
  outbox: Outbox;
  /** This browser has a session, so it may have conversations. */
  known(): boolean;
  /** The connection stands, so `threads` is true. */
  live(): boolean;
  threads(): Thread[];
  screen(): Screen;
  /** Another tab of this widget is visible. */
  othersVisible(): Promise<boolean>;
  /** Resolves when none is. */
  alone(): Promise<void>;
  page(): HostPage | undefined;
  /** This browser's clock, milliseconds. */
  now(): number;
  /** A moment of the page's time of day, by this browser's clock. */
  at(wall: number): number;
}

/** Lane of everything that reads or changes what is held. */
const HELD = 'held';
/** An existing thread that is opened gets what was said so short a time ago, milliseconds: what is older was meant for something else. */
const RECENT_MS = 30 * 60_000;
/** Between two calls of one moment, milliseconds: the server counts in whole ones. */
const NEXT_MS = 1;

/** The conversation went away between the call and its turn. */
const UNREACHABLE = ['closed', 'not_found'];

/** Decides for each context call whether it is held, waits, or is sent; gives what is held to the conversation it waited for. */
export class ContextCalls {
  private readonly answers = new Answers();
  private readonly view = new PageView();
  /** When the newest call was made. */
  private newest = 0;
  /** Calls are taken in their order, also while it is asked whether another tab is visible. */
  private turn: Promise<unknown> = Promise.resolve();
  private asking = 0;
  private watching = false;
  /** Counts the sessions that ended: what was begun in one is not finished in the next. */
  private era = 0;

  constructor(private readonly situation: Situation) {}

  /** Takes a call over. The answer comes when it is held or on disk; a call seen before is not applied again. */
  async take(call: ContextCall): Promise<Answer> {
    const { memory, outbox, screen, known } = this.situation;
    if (memory.isFinished(call.client_id)) return { result: { ...PENDING, pending: false } };
    if (outbox.everything().some((write) => covers(write).includes(call.client_id)))
      return this.answers.of(call.client_id);
    if (memory.waiting?.calls.includes(call.client_id)) return this.answers.of(call.client_id);

    this.newest = Math.max(this.situation.at(call.made), this.newest + NEXT_MS);
    const said = { call: call.client_id, at: this.newest, ...(call.page && { page: call.page }) };
    const parcel = held(said, call.mode, JSON.parse(call.metadata) as JsonObject);
    const inTurn = call.strategy === 'ACTIVE' || !this.multiThread;
    if (inTurn) this.view.add(parcel, said);

    const answer = this.answers.of(call.client_id);
    if ((inTurn && !screen().visible && known()) || this.asking > 0) this.askFirst(call, parcel, inTurn);
    else this.place(call, parcel);
    return answer;
  }

  /** The page view on screen is of this address from now on. */
  viewed(page: string): void {
    this.view.move(page, this.situation.now());
  }

  /** Finishes a write whose turn has come. */
  prepare(write: Write): Prepared | undefined {
    const { frame, hint } = write;
    if (frame.type === 'context' && hint?.target === HELD) return { outcome: accepted({ pending: true }) };
    if (!this.situation.live()) return undefined;
    // Read once, so that the ages and the moment they are of agree.
    const now = this.situation.now();
    if (frame.type === 'context') return this.prepareContext(frame, write, now);
    if (frame.type === 'send') return { frame: this.prepareSend(frame, now), at: now };
    return { frame };
  }

  /** The ages in a sealed write, as of now. */
  stamp({ frame, sealed_at }: Write): WriteFrame {
    const by = sealed_at === undefined ? 0 : Math.max(0, this.situation.now() - sealed_at);
    if (frame.type === 'context') return older(frame, by);
    if (frame.type !== 'send') return frame;
    const { context, standing, ...rest } = frame;
    return {
      ...rest,
      ...(context && { context: older(context, by) }),
      ...(standing && { standing: older(standing, by) }),
    };
  }

  /** A write ended: remember it, then answer the page. */
  settle(write: Write, outcome: Outcome): void {
    const { memory } = this.situation;
    const { frame, hint } = write;
    if (frame.type === 'send' && outcome.type === 'accepted') memory.delivered(frame.client_id);
    if (frame.type !== 'context') return;
    const parcel = parcelOf(write, frame);
    if (hint?.copy) {
      // It stays held, and no call waits for an answer.
      memory.note(parcel, [hint.copy], outcome.type === 'accepted' && !outcome.accepted.pending);
      return;
    }
    const calls = covers(write);
    if (outcome.type === 'accepted' && outcome.accepted.pending) {
      this.answers.give(calls, this.hold(parcel, hint?.standing === 'yes', calls));
    } else if (outcome.type === 'accepted') {
      const { conversations = [] } = outcome.accepted;
      const guessed = conversations.filter((reached) => reached.guessed).map(({ thread }) => thread);
      // A guess waits for the next conversation as well.
      if (guessed.length > 0) this.keep(noted(parcel, parcel, guessed, true), false, calls);
      else memory.release(calls);
      memory.finish(calls);
      this.answers.give(calls, written(outcome.accepted));
    } else if (UNREACHABLE.includes(outcome.code)) {
      this.answers.give(calls, this.hold(parcel, false, calls));
    } else if (outcome.code === 'client_id_reused') {
      memory.finish(calls);
      this.answers.give(calls, { result: { ...PENDING, pending: false } });
    } else this.refuse(calls, CODES[outcome.code] ?? 1205, outcome.message);
  }

  /** A failed message is thrown away: what it would have carried is held again, below what was held since. */
  giveBack(message: string): void {
    this.situation.memory.giveBack(message);
  }

  /** An existing thread is on screen: it gets a copy of what was held of late, which stays held. */
  opened(thread: Thread): void {
    this.copy(thread, this.situation.now() - RECENT_MS);
  }

  /** Others began a conversation, and this tab was chosen: it gets a copy of what is held. */
  startedByOthers(thread: Thread): void {
    this.copy(thread);
  }

  /** The tab may have been looked at, or is alone: what waited for that is decided. */
  async resume(): Promise<void> {
    const { memory, screen, othersVisible, alone } = this.situation;
    if (!memory.waiting) return;
    if (!screen().visible && (await othersVisible())) {
      if (this.watching) return;
      this.watching = true;
      await alone();
      this.watching = false;
      return this.resume();
    }
    const { held, waiting } = memory;
    if (!waiting) return;
    // One of them may have been made into a write before its page was left.
    memory.wait(held, null);
    this.enqueue(uuid(), 'ACTIVE', waiting.parcel, { target: 'screen', covers: waiting.calls.join() });
  }

  /** The session ended: nothing of it is kept or held any more, and calls that wait for an answer are told so. The queue is emptied by the chat. */
  forget(): void {
    const { memory } = this.situation;
    this.era++;
    memory.forget();
    memory.finish(this.answers.calls);
    this.view.forget();
    this.answers.give(this.answers.calls, failed(1205, 'The session ended'));
  }

  private get multiThread(): boolean {
    return this.situation.config.multiThread;
  }

  /** A hidden tab: where another one is visible, a call that means what is on screen waits. */
  private askFirst(call: ContextCall, parcel: Held, mayWait: boolean): void {
    const { era } = this;
    const { screen, othersVisible } = this.situation;
    this.asking++;
    this.turn = this.turn.then(async () => {
      const waits = mayWait && !screen().visible && (await othersVisible());
      this.asking--;
      if (era !== this.era) return;
      if (waits) this.wait(call, parcel);
      else this.place(call, parcel);
    });
  }

  /** Holds a call or queues it, by what is on screen now: that counts whenever its turn comes. */
  private place(call: ContextCall, parcel: Held): void {
    const { situation } = this;
    const { strategy, client_id } = call;
    const standing = strategy === 'ALL_PLUS_NEW' && this.multiThread;
    const target = this.target(call);
    if (target === HELD && !situation.outbox.busy([HELD])) {
      this.answers.give([client_id], this.hold(parcel, standing, [client_id]));
      return;
    }
    if (this.join(strategy, target, parcel, client_id)) return;
    const hint = { target, covers: client_id, standing: target === HELD && standing ? 'yes' : 'no' };
    this.enqueue(client_id, strategy, parcel, hint);
  }

  /** `held`: no conversation can be meant. `screen`: what is on screen decides, on the server. `all`: what is on screen does not matter. */
  private target({ strategy }: ContextCall): 'held' | 'screen' | 'all' {
    const { situation } = this;
    const sends = this.sends();
    if (!situation.known() && sends.length === 0) return HELD;
    if (this.multiThread && strategy !== 'ACTIVE') return 'all';
    // Before the first welcome nobody knows which threads exist.
    if (!situation.live() || sends.length > 0) return 'screen';
    const { on_screen, visible } = situation.screen();
    const threads = situation.threads();
    const begins = this.multiThread && visible && on_screen && !threads.some(({ thread }) => thread === on_screen);
    return begins || threads.every(({ status }) => status === 'CLOSED') ? HELD : 'screen';
  }

  /** The threads of messages that are on their way. */
  private sends(): (string | undefined)[] {
    const writes = this.situation.outbox.everything();
    return writes.flatMap(({ frame }) => (frame.type === 'send' ? [frame.thread] : []));
  }

  /** Another tab is in front of the customer: the call is held, and decided later. */
  private wait(call: ContextCall, parcel: Held): void {
    const { memory } = this.situation;
    const { waiting } = memory;
    const both = fold(waiting?.parcel ?? null, parcel);
    const all = fold(memory.held, parcel);
    const problem = excess(all, this.situation.config.limits);
    if (problem) {
      this.refuse([call.client_id], 1203, problem);
      return;
    }
    memory.wait(all, { parcel: both, calls: [...(waiting?.calls ?? []), call.client_id] });
    void this.resume();
  }

  private hold(parcel: Held, stands: boolean, calls: string[]): Answer {
    const problem = this.keep(parcel, stands, calls);
    if (!problem) return { result: PENDING };
    this.drop(calls);
    return failed(1203, problem);
  }

  /** Keeps it for the next conversation; what is too much about that, if anything. */
  private keep(parcel: Held, stands: boolean, calls: string[]): string | undefined {
    const { memory, config } = this.situation;
    // What it says may be held already, of a tab that waited.
    const whole = fold(without(memory.held, calls), parcel);
    const standing = stands ? fold(memory.standing, parcel) : memory.standing;
    const problem = excess(whole, config.limits) ?? (standing ? excess(standing, config.limits) : undefined);
    if (!problem) memory.hold(whole, standing, calls);
    return problem;
  }

  /** Folds a call into one that still waits for its turn and goes the same way. */
  private join(strategy: ContextFrame['strategy'], target: string, parcel: Held, call: string): boolean {
    const { outbox, config, screen } = this.situation;
    const last = outbox.everything().at(-1);
    if (last?.frame.type !== 'context' || last.sealed || last.hint?.copy || last.hint?.target !== target) return false;
    const { frame, hint } = last;
    const { on_screen, last_used, visible } = screen();
    const alike = frame.on_screen === on_screen && frame.last_used === last_used && frame.visible === visible;
    if (frame.strategy !== strategy || (target === 'screen' && !alike)) return false;
    const both = fold(parcelOf(last, frame), parcel);
    if (excess(both, config.limits)) return false;
    return outbox.amend(last.client_id, (write) => ({
      ...write,
      parcel: both,
      hint: { ...hint, covers: [...covers(last), call].join() },
    }));
  }

  private copy(thread: Thread, since?: number): void {
    const { memory } = this.situation;
    const held = thread.status === 'CLOSED' ? null : without(memory.held, this.copied(thread.thread));
    const parcel = held && missing(held, thread.thread, since);
    // A name of its own: under the call's the server may remember a guess.
    if (parcel) this.enqueue(uuid(), 'ACTIVE', parcel, { copy: thread.thread });
  }

  /** Calls of which a copy to this thread is on its way. It is noted when it has arrived: a store that fails must not lose it. */
  private copied(thread: string): string[] {
    return this.situation.outbox.everything().flatMap((write) => {
      const { frame } = write;
      if (frame.type !== 'context' || write.hint?.copy !== thread || write.state !== 'waiting') return [];
      const { said, replaced } = parcelOf(write, frame);
      return [...said, ...(replaced ? [replaced] : [])].map(({ call }) => call);
    });
  }

  private enqueue(
    client_id: string,
    strategy: ContextFrame['strategy'],
    parcel: Held,
    hint: { [name: string]: string },
  ): void {
    const { outbox, memory, screen } = this.situation;
    const { on_screen, last_used, visible } = screen();
    const all = hint.target === 'all' || (hint.target === 'screen' && !this.multiThread);
    const used = [on_screen, last_used].filter((thread) => thread !== undefined);
    void outbox.add({
      client_id,
      lanes: hint.copy ? [HELD, hint.copy] : all ? ['*'] : hint.target === HELD ? [HELD] : [HELD, ...used],
      frame: {
        type: 'context',
        client_id,
        strategy,
        mode: 'merge',
        metadata: {},
        visible,
        ...(on_screen !== undefined && { on_screen }),
        ...(last_used !== undefined && { last_used }),
      },
      parcel,
      sealed: false,
      hint,
      state: 'waiting',
      queued_at: Date.now(),
      tab: memory.tab,
    });
  }

  private prepareContext(frame: ContextFrame, write: Write, at: number): Prepared {
    const { hint } = write;
    const told = { ...frame, ...wire(parcelOf(write, frame), at) };
    if (!hint?.copy) return { frame: told, at };
    const thread = this.situation.threads().find((candidate) => candidate.thread === hint.copy);
    if (!thread || thread.status === 'CLOSED') return { outcome: accepted({ pending: true }) };
    return { frame: { ...told, conversation: thread.conversation }, at };
  }

  private prepareSend(frame: SendFrame, now: number): SendFrame {
    const { memory, threads, page } = this.situation;
    const known = threads().find(({ thread }) => thread === frame.thread);
    if (known) {
      const { thread: _, ...rest } = frame;
      return { ...rest, conversation: known.conversation };
    }
    const waited = memory.waiting?.calls ?? [];
    const { parcel, standing, client_id } = memory.take(frame.client_id, (whole) => this.withView(whole));
    // What waited to be looked at goes with it.
    memory.finish(waited);
    this.answers.give(waited, { result: PENDING });
    const where = page();
    return {
      ...frame,
      ...(parcel && { context: { ...wire(parcel, now), client_id } }),
      ...(standing && { standing: wire(standing, now) }),
      ...(where && { page: { url: cut(where.url, URL_LENGTH), title: cut(where.title, TITLE_LENGTH) } }),
    };
  }

  /** What is held, with what the page view on screen sent, if both have room. */
  private withView(whole: Held | null): Held | null {
    const { said } = this.view;
    if (!said) return whole;
    const both = fold(whole, said);
    return excess(both, this.situation.config.limits) ? whole : both;
  }

  private refuse(calls: string[], code: number, message: string): void {
    this.drop(calls);
    this.answers.give(calls, failed(code, message));
  }

  /** What was answered with an error is stored nowhere, now or later. */
  private drop(calls: string[]): void {
    const { memory } = this.situation;
    memory.release(calls);
    memory.finish(calls);
    this.view.drop(calls);
  }
}
