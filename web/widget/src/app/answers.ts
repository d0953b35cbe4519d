import type { AcceptedFrame } from '@beckon/sdk';
import type { ContextResult, PortError } from '../port';

/** What the page calls back with. */
export type Answer = { result: ContextResult } | { error: PortError };

export const PENDING: ContextResult = { pending: true, conversations: [], ignored: [] };
/** Codes of the page's errors, by those of the server's refusals. */
export const CODES: { [code: string]: number } = { metadata_invalid: 1202, bad_request: 1202, metadata_limit: 1203 };
export function failed(code: number, message: string): Answer {
  return { error: { code, message } };
}

/** What the page is told of a write that is on disk. */
export function written({ conversations = [], ignored = [] }: AcceptedFrame): Answer {
  const reached = conversations.map(({ thread, conversation, version, guessed }) => ({
    threadId: thread,
    conversationId: conversation,
    version,
    ...(guessed && { guessed }),
  }));
  return { result: { pending: false, conversations: reached, ignored } };
}

/** Calls whose page waits for an answer. */
export class Answers {
  private readonly waiting = new Map<string, (answer: Answer) => void>();

  of(call: string): Promise<Answer> {
    return new Promise((resolve) => this.waiting.set(call, resolve));
  }

  give(calls: string[], answer: Answer): void {
    for (const call of calls) {
      this.waiting.get(call)?.(answer);
      this.waiting.delete(call);
    }
  }

  /** The calls that wait. */
  get calls(): string[] {
    return [...this.waiting.keys()];
  }
}
