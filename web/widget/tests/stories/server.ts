import type { AcceptedFrame, ContextFrame, HeldContext, JsonValue, SendFrame, Thread } from '@beckon/sdk';

const HOUR_MS = 60 * 60_000;

interface Kept {
  value: JsonValue;
  /** When it was said. */
  at: number;
  /** By the page, and not by a program. */
  page: boolean;
}

/** A conversation as the server keeps it. */
export interface Conversation {
  visitor: string;
  thread: string;
  status: Thread['status'];
  newest: number;
  context: Map<string, Kept>;
  /** Keys that were taken away, and when that was said. */
  gone: Map<string, number>;
  version: number;
  /** The names of what was written, to see that nothing is written twice. */
  names: string[];
}

/** The rules of the server, as far as the widget's part of them is to be tried: written after the table, not after its code. */
export class Server {
  readonly conversations: Conversation[] = [];
  /** By visitor: `ALL_PLUS_NEW`. */
  readonly standing = new Map<string, { held: HeldContext; now: number }[]>();
  guessHours = 24;
  private readonly receipts = new Map<string, AcceptedFrame>();

  constructor(
    private readonly multi: boolean,
    private readonly now: () => number,
  ) {}

  of(visitor: string): Conversation[] {
    return this.conversations.filter((conversation) => conversation.visitor === visitor);
  }

  named(thread: string): Conversation {
    const found = this.conversations.find((conversation) => conversation.thread === thread);
    if (!found) throw new Error(`no conversation ${thread}`);
    return found;
  }

  start(visitor: string, thread: string): Conversation {
    const made: Conversation = {
      visitor,
      thread,
      status: 'OPEN',
      newest: this.now(),
      context: new Map(),
      gone: new Map(),
      version: 0,
      names: [],
    };
    this.conversations.push(made);
    for (const { held, now } of this.standing.get(visitor) ?? []) this.write(made, held, now);
    return made;
  }

  context(visitor: string, frame: ContextFrame & { request: number }): AcceptedFrame {
    const earlier = this.receipts.get(frame.client_id);
    if (earlier) return { ...earlier, request: frame.request, duplicate: true };
    if (frame.strategy === 'ALL_PLUS_NEW' && this.multi) this.stand(visitor, frame);
    const { targets, guessed } = this.resolve(visitor, frame);
    const answer: AcceptedFrame = {
      type: 'accepted',
      request: frame.request,
      duplicate: false,
      pending: targets.length === 0,
      conversations: targets.map((conversation) => ({
        thread: conversation.thread,
        conversation: conversation.thread,
        version: this.write(conversation, frame, this.now(), frame.client_id),
        ...(guessed && { guessed: true as const }),
      })),
    };
    if (targets.length > 0) this.receipts.set(frame.client_id, answer);
    return answer;
  }

  send(visitor: string, frame: SendFrame & { request: number }): AcceptedFrame {
    const thread = frame.thread ?? frame.conversation ?? '';
    const found = this.conversations.find((conversation) => conversation.thread === thread);
    const conversation = found ?? this.start(visitor, thread);
    const { context, standing, client_id, request } = frame;
    if (standing) {
      this.stand(visitor, standing);
      this.write(conversation, standing, this.now());
    }
    if (context) this.write(conversation, context, this.now(), context.client_id);
    conversation.newest = this.now();
    if (conversation.status !== 'CLOSED') conversation.status = 'OPEN';
    return { type: 'accepted', request, duplicate: false, conversation: thread, thread, event_id: client_id };
  }

  private stand(visitor: string, held: HeldContext): void {
    this.standing.set(visitor, [...(this.standing.get(visitor) ?? []), { held, now: this.now() }]);
  }

  private resolve(visitor: string, frame: ContextFrame): { targets: Conversation[]; guessed?: boolean } {
    const all = this.of(visitor);
    const open = all.filter(({ status }) => status !== 'CLOSED');
    if (frame.conversation) return { targets: open.filter(({ thread }) => thread === frame.conversation) };
    if (!this.multi) return { targets: open.slice(0, 1) };
    if (frame.strategy !== 'ACTIVE') return { targets: open };
    const { on_screen, last_used, visible = true } = frame;
    const shown = visible && on_screen ? all.find(({ thread }) => thread === on_screen) : undefined;
    if (visible && on_screen && shown?.status !== 'CLOSED') return { targets: shown ? [shown] : [] };
    const fresh = open.filter(
      ({ status, newest }) => status !== 'SOLVED' && this.now() - newest < this.guessHours * HOUR_MS,
    );
    const guess = last_used ? fresh.filter(({ thread }) => thread === last_used) : fresh.length === 1 ? fresh : [];
    return { targets: guess, guessed: true };
  }

  private write(into: Conversation, told: HeldContext, now: number, name?: string): number {
    const { mode, metadata, age_ms = 0, made = [] } = told;
    const groups = new Map(made.flatMap(({ keys, age_ms: age }) => keys.map((key) => [key, age] as const)));
    if (name) into.names.push(name);
    const before = JSON.stringify([...into.context]);
    if (mode === 'replace') {
      const moment = now - Math.max(age_ms, ...made.map((group) => group.age_ms));
      for (const [key, { page, at }] of into.context) if (page && at < moment) into.context.delete(key);
    }
    for (const [key, value] of Object.entries(metadata)) {
      const at = now - (groups.get(key) ?? age_ms);
      if ((into.context.get(key)?.at ?? into.gone.get(key) ?? 0) > at) continue;
      if (value === null) {
        into.context.delete(key);
        into.gone.set(key, at);
      } else into.context.set(key, { value, at, page: true });
    }
    if (JSON.stringify([...into.context]) !== before) into.version++;
    return into.version;
  }
}
