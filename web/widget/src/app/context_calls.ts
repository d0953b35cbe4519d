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
} from '@beckon/sdk';
import type { ContextCall, ContextResult, HostPage, PortError } from '../port';
import type { WidgetConfig } from '../theme';
import { excess, fold, type Patch } from './holding';
import type { TabMemory } from './tab_memory';

/** What the page calls back with. */
export type Answer = { result: ContextResult } | { error: PortError };

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
  /** The thread that `ACTIVE` means, by what is on screen; it may be closed, or not exist yet. */
  active(): string | undefined;
  page(): HostPage | undefined;
  now(): number;
}

/** Lane of everything that reads or changes what is held. */
const HELD = 'held';

const PENDING: ContextResult = { pending: true, conversations: [], ignored: [] };
const CODES: { [code: string]: number } = { metadata_invalid: 1202, bad_request: 1202, metadata_limit: 1203 };
/** The conversation went away between the call and its turn. */
const UNREACHABLE = ['closed', 'not_found'];

function failed(code: number, message: string): Answer {
  return { error: { code, message } };
}

/** Decides for each context call whether it is held, and sends the others; gives what is held to the conversation it waited for. */
export class ContextCalls {
  private readonly answers = new Map<string, (answer: Answer) => void>();

  constructor(private readonly situation: Situation) {}

  /** Takes a call over. The answer comes when it is held or on disk; a call seen before is not applied again. */
  async take(call: ContextCall): Promise<Answer> {
    const { memory, outbox } = this.situation;
    if (memory.isFinished(call.client_id)) return { result: { ...PENDING, pending: false } };
    const waiting = outbox.everything().find((write) => covers(write).includes(call.client_id));
    if (waiting) return this.answerOf(call.client_id);

    const patch: Patch = { mode: call.mode, metadata: JSON.parse(call.metadata) as JsonObject };
    const target = this.target(call);
    const lanes = target === HELD ? [HELD] : target === 'all' || target === 'single' ? ['*'] : [target];
    if (target === HELD && !outbox.busy(lanes)) return this.hold(patch, this.standsIn(call), [call.client_id]);

    const answer = this.answerOf(call.client_id);
    if (!this.join(call, target, patch)) {
      const frame: ContextFrame = { type: 'context', client_id: call.client_id, strategy: call.strategy, ...patch };
      this.enqueue(frame, lanes, {
        target,
        covers: call.client_id,
        standing: target === HELD && this.standsIn(call) ? 'yes' : 'no',
      });
    }
    return answer;
  }

  /** Finishes a write whose turn has come. */
  prepare(write: Write): Prepared | undefined {
    const { frame, hint } = write;
    if (frame.type === 'context' && hint?.target === HELD) return { outcome: accepted({ pending: true }) };
    if (!this.situation.live()) return undefined;
    if (frame.type === 'context') return this.prepareContext(frame, hint?.target);
    if (frame.type === 'send') return { frame: this.prepareSend(frame) };
    return { frame };
  }

  /** A write ended: remember it, then answer the page. */
  settle(write: Write, outcome: Outcome): void {
    const { memory } = this.situation;
    const { frame } = write;
    if (frame.type === 'send' && outcome.type === 'accepted') memory.delivered(frame.client_id);
    if (frame.type !== 'context') return;
    const calls = covers(write);
    if (outcome.type === 'accepted' && outcome.accepted.pending) {
      const answer = this.hold(frame, write.hint?.standing === 'yes', calls);
      this.reply(calls, answer);
    } else if (outcome.type === 'accepted') {
      memory.finish(calls);
      const { conversations = [], ignored = [] } = outcome.accepted;
      const reached = conversations.map(({ thread, conversation, version }) => ({
        threadId: thread,
        conversationId: conversation,
        version,
      }));
      this.reply(calls, { result: { pending: false, conversations: reached, ignored } });
    } else if (UNREACHABLE.includes(outcome.code)) {
      this.reply(calls, this.hold(frame, false, calls));
    } else if (outcome.code === 'client_id_reused') {
      memory.finish(calls);
      this.reply(calls, { result: { ...PENDING, pending: false } });
    } else {
      memory.finish(calls);
      this.reply(calls, failed(CODES[outcome.code] ?? 1205, outcome.message));
    }
  }

  /** A failed message is thrown away: what it would have carried is held again, below what was held since. */
  giveBack(message: string): void {
    const { memory } = this.situation;
    const taken = memory.takeBack(message);
    if (!taken) return;
    const held = taken.held && memory.held ? fold(taken.held, memory.held) : (taken.held ?? memory.held);
    const standing =
      taken.standing && memory.standing ? fold(taken.standing, memory.standing) : (taken.standing ?? memory.standing);
    memory.hold(held, standing, []);
  }

  /** An existing thread is on screen: it gets a copy of what is held, which stays held. */
  opened(thread: Thread): void {
    const { memory, config } = this.situation;
    if (thread.status === 'CLOSED') return;
    const { held } = memory;
    if (!held || !memory.copyOnce(thread.thread)) return;
    this.write(held, thread);
    // The one conversation of a single-thread widget is what it was held for.
    if (!config.multiThread) memory.hold(null, memory.standing, []);
  }

  /** Somebody else began a conversation: it gets what is held, which is thereby used up. */
  startedByOthers(thread: Thread): void {
    const { memory } = this.situation;
    const { held } = memory;
    if (!held) return;
    this.write(held, thread);
    memory.hold(null, memory.standing, []);
  }

  private write(patch: Patch, thread: Thread): void {
    const client_id = uuid();
    const frame: ContextFrame = { type: 'context', client_id, strategy: 'ACTIVE', ...patch };
    this.enqueue(frame, [thread.thread], { target: thread.thread, covers: client_id });
  }

  /** Where a call goes: `held`, `all`, `single`, or a thread. What is on screen now counts, whenever the turn comes. */
  private target(call: ContextCall): string {
    const { situation } = this;
    const sends = situation.outbox.everything().flatMap(({ frame }) => (frame.type === 'send' ? [frame.thread] : []));
    if (!situation.known() && sends.length === 0) return HELD;
    if (!situation.config.multiThread) return 'single';
    if (call.strategy !== 'ACTIVE') return 'all';
    const active = situation.active();
    if (active === undefined) return HELD;
    const exists = situation.threads().some(({ thread }) => thread === active);
    // Before the first welcome nobody knows which threads exist; then it is decided when the turn comes.
    return exists || sends.includes(active) || !situation.live() ? active : HELD;
  }

  private standsIn(call: ContextCall): boolean {
    return call.strategy === 'ALL_PLUS_NEW' && this.situation.config.multiThread;
  }

  private hold(patch: Patch, stands: boolean, calls: string[]): Answer {
    const { memory, config } = this.situation;
    const held = fold(memory.held, patch);
    const standing = stands ? fold(memory.standing, patch) : memory.standing;
    const problem = excess(held, config.limits) ?? (standing ? excess(standing, config.limits) : undefined);
    if (problem) {
      memory.finish(calls);
      return failed(1203, problem);
    }
    memory.hold(held, standing, calls);
    return { result: PENDING };
  }

  /** Folds a call into one that still waits for its turn and goes the same way. */
  private join(call: ContextCall, target: string, patch: Patch): boolean {
    const { outbox, config } = this.situation;
    const last = outbox.everything().at(-1);
    if (last?.frame.type !== 'context' || last.sealed || last.hint?.target !== target) return false;
    const { frame, hint } = last;
    if (frame.strategy !== call.strategy) return false;
    const both = fold(frame, patch);
    if (excess(both, config.limits)) return false;
    return outbox.amend(last.client_id, (write) => ({
      ...write,
      frame: { ...frame, ...both },
      hint: { ...hint, covers: [...covers(last), call.client_id].join() },
    }));
  }

  private enqueue(frame: ContextFrame, lanes: string[], hint: { [name: string]: string }): void {
    const { outbox, memory, now } = this.situation;
    void outbox.add({
      client_id: frame.client_id,
      lanes,
      frame,
      sealed: false,
      hint,
      state: 'waiting',
      queued_at: now(),
      tab: memory.tab,
    });
  }

  private prepareContext(frame: ContextFrame, target: string | undefined): Prepared {
    const open = this.situation.threads().filter(({ status }) => status !== 'CLOSED');
    if (target === 'all') return { frame };
    const thread = target === 'single' ? open[0] : open.find((candidate) => candidate.thread === target);
    if (!thread) return { outcome: accepted({ pending: true }) };
    return { frame: { ...frame, strategy: 'ACTIVE', conversation: thread.conversation } };
  }

  private prepareSend(frame: SendFrame): SendFrame {
    const { memory, threads, page } = this.situation;
    const known = threads().find(({ thread }) => thread === frame.thread);
    if (known) {
      const { thread: _, ...rest } = frame;
      return { ...rest, conversation: known.conversation };
    }
    const { held, standing, client_id } = memory.take(frame.client_id);
    const where = page();
    return {
      ...frame,
      ...(held ? { context: { ...held, client_id } } : {}),
      ...(standing ? { standing } : {}),
      ...(where ? { page: where } : {}),
    };
  }

  private answerOf(call: string): Promise<Answer> {
    return new Promise((resolve) => this.answers.set(call, resolve));
  }

  private reply(calls: string[], answer: Answer): void {
    for (const call of calls) {
      this.answers.get(call)?.(answer);
      this.answers.delete(call);
    }
  }
}

function covers(write: Write): string[] {
  return write.hint?.covers?.split(',') ?? [];
}

function accepted(fields: { pending: boolean }): Outcome {
  return { type: 'accepted', accepted: { type: 'accepted', request: 0, duplicate: false, ...fields } };
}
