import { type ReadonlySignal, signal } from '@preact/signals';
import { ask } from '../http';
import { asAgent } from '../session';

/** A text that is ready to be sent, under a short name. */
export interface QuickReply {
  id: string;
  /** What is typed after the `/`: letters, digits, `-`, `_`. */
  shortcut: string;
  text: string;
  /** Every agent has it; supervisors and admins make such ones. */
  shared: boolean;
  /** Made by the agent who reads this. */
  mine: boolean;
  updated_at: string;
}

/** What an agent says of a quick reply. */
export type QuickReplyDetails = Pick<QuickReply, 'shortcut' | 'text' | 'shared'>;

export const SHORTCUT_LIMIT = 40;
export const REPLY_LIMIT = 4_096;
const PATH = '/console/1/quick-replies';

/** The quick replies that one agent may use: own and shared ones, by shortcut. */
export class QuickReplies {
  readonly #all = signal<readonly QuickReply[] | null>(null);
  readonly #failed = signal(false);

  /** Null until they were read once. */
  get all(): ReadonlySignal<readonly QuickReply[] | null> {
    return this.#all;
  }
  /** The last reading went wrong; what was known stays. */
  get failed(): ReadonlySignal<boolean> {
    return this.#failed;
  }

  /** Reads them again; colleagues may have changed shared ones. */
  async load(): Promise<void> {
    try {
      const { replies } = await asAgent(ask<{ replies: QuickReply[] }>('GET', PATH));
      this.#all.value = sorted(replies);
      this.#failed.value = false;
    } catch {
      this.#failed.value = true;
    }
  }

  /** Makes a new one (`id` null) or changes one. Throws what the server has against it. */
  async save(id: string | null, details: QuickReplyDetails): Promise<void> {
    await asAgent(id === null ? ask('POST', PATH, details) : ask('PUT', `${PATH}/${id}`, details));
    await this.load();
  }

  /** Throws what the server has against it. */
  async remove(id: string): Promise<void> {
    await asAgent(ask('DELETE', `${PATH}/${id}`));
    this.#all.value = this.#all.value?.filter((reply) => reply.id !== id) ?? null;
  }
}

function sorted(replies: readonly QuickReply[]): QuickReply[] {
  return [...replies].sort((one, other) => one.shortcut.localeCompare(other.shortcut) || (one.id < other.id ? -1 : 1));
}

/** What was typed after a `/` at the very start; null: no quick reply is being looked for. */
export function quickReplyQuery(draft: string): string | null {
  return /^\/([\p{L}\p{N}_-]*)$/u.exec(draft)?.[1] ?? null;
}

/** The ones that a query finds: by the start of the shortcut first, then anywhere in shortcut or text. */
export function findReplies(replies: readonly QuickReply[], query: string): QuickReply[] {
  const wanted = query.toLocaleLowerCase();
  const rank = ({ shortcut, text }: QuickReply): number => {
    const name = shortcut.toLocaleLowerCase();
    if (name.startsWith(wanted)) return 0;
    if (name.includes(wanted)) return 1;
    return text.toLocaleLowerCase().includes(wanted) ? 2 : 3;
  };
  return replies
    .map((reply) => ({ reply, rank: rank(reply) }))
    .filter((one) => one.rank < 3)
    .sort((one, other) => one.rank - other.rank)
    .map((one) => one.reply);
}
