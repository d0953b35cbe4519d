import type { Kind } from './timeline';

/** What is being written in one conversation. */
export type DraftTexts = Readonly<Record<Kind, string>>;

const NO_DRAFT: DraftTexts = { reply: '', note: '' };

/** Conversations whose drafts are kept; of more, those that were written at longest ago go. */
const KEPT_DRAFTS = 100;
/** Longest text that is kept of a draft, in UTF-16 code units: twice what a message may hold. */
const KEPT_LENGTH = 8_192;
const PREFIX = 'beckon.draft.';

interface KeptDraft extends DraftTexts {
  /** When it was written at, milliseconds. */
  at: number;
}

/** The drafts of one agent in this browser. They outlive the page, never the agent's sign-out. */
export class Drafts {
  readonly #prefix: string;

  constructor(agent: string) {
    this.#prefix = `${PREFIX}${agent}.`;
  }

  read(conversation: string): DraftTexts {
    const kept = readDraft(this.#prefix + conversation);
    return kept ? { reply: kept.reply, note: kept.note } : NO_DRAFT;
  }

  /** Keeps a draft, or forgets it when nothing is left of it. A browser that keeps nothing loses drafts on reload. */
  keep(conversation: string, { reply, note }: DraftTexts): void {
    const key = this.#prefix + conversation;
    try {
      if (reply === '' && note === '') {
        localStorage.removeItem(key);
        return;
      }
      const isNew = localStorage.getItem(key) === null;
      const draft: KeptDraft = { reply: reply.slice(0, KEPT_LENGTH), note: note.slice(0, KEPT_LENGTH), at: Date.now() };
      localStorage.setItem(key, JSON.stringify(draft));
      if (isNew) this.#forgetOldest();
    } catch {
      // Full or forbidden; the draft is still in this page.
    }
  }

  #forgetOldest(): void {
    const kept = keysOf(this.#prefix);
    if (kept.length <= KEPT_DRAFTS) return;
    const byAge = kept.map((key) => ({ key, at: readDraft(key)?.at ?? 0 })).sort((one, other) => one.at - other.at);
    for (const { key } of byAge.slice(0, kept.length - KEPT_DRAFTS)) localStorage.removeItem(key);
  }
}

/** Removes all drafts of an agent who signs out, so that whoever sits here next cannot read them. */
export function forgetDrafts(agent: string): void {
  try {
    for (const key of keysOf(`${PREFIX}${agent}.`)) localStorage.removeItem(key);
  } catch {
    // Nothing is kept where nothing may be kept.
  }
}

function keysOf(prefix: string): string[] {
  return Array.from({ length: localStorage.length }, (_, index) => localStorage.key(index)).filter(
    (key): key is string => key?.startsWith(prefix) === true,
  );
}

function readDraft(key: string): KeptDraft | null {
  try {
    const { reply, note, at } = JSON.parse(localStorage.getItem(key) ?? 'null') as Record<string, unknown>;
    if (typeof reply !== 'string' || typeof note !== 'string') return null;
    return { reply, note, at: typeof at === 'number' ? at : 0 };
  } catch {
    return null;
  }
}
