import type { Author } from '@beckon/sdk';

/** Through which door a value came. */
export type Source = 'page' | 'signed' | 'api' | 'bot' | 'agent';

/** Who set a top-level key last. */
export interface Origin {
  readonly version: number;
  /** Time as on the wire. */
  readonly at: string;
  readonly source: Source;
  readonly author: Author;
  /** When the page called, or the program or person wrote. */
  readonly sentAt: string;
  /** The page that called: origin and path. */
  readonly page?: string;
  /** That this conversation was meant was a best guess. */
  readonly guessed?: true;
  /** The page may not write it. */
  readonly locked: boolean;
}

/** One write of the context, as the history tells it. */
export interface Version {
  readonly version: number;
  readonly position: number;
  readonly at: string;
  readonly source: Source;
  readonly author: Author;
  readonly changes: readonly { key: string; from: string | null; to: string | null }[];
  readonly guessed?: true;
  /** The calls of the page that made it, each with its page, where that was told. */
  readonly made?: readonly { readonly page?: string }[];
}

/** The writes of a context, newest first, read page by page. */
export interface History {
  /** Ascends with each new version; what was read is as new as this or gets so by `open`. */
  readonly versions: readonly Version[];
  readonly phase: 'idle' | 'loading' | 'ready' | 'failed';
  /** Nothing older exists. */
  readonly complete: boolean;
  /** Reads the newest versions that are not here yet. */
  open(): void;
  /** Reads the next older page. */
  more(): void;
}

/** A context as it was, instead of the one that is. */
export interface Moment {
  /** Place in the conversation. */
  readonly position: number;
  /** Milliseconds. */
  readonly at: number;
  /** The version that stood then, and how many came after it. */
  readonly version: number;
  /** JSON text; null until it was read. */
  readonly text: string | null;
  readonly failed: boolean;
}
