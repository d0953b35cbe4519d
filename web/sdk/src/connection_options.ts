import type { Environment } from './environment';
import type { HistoryPage } from './feed';
import type {
  BaselineFrame,
  ClientFrame,
  CursorFrame,
  ElsewhereFrame,
  GoneFrame,
  PresenceFrame,
  RejectedFrame,
  RowFrame,
  ThreadFrame,
  TypingFrame,
  ViewersFrame,
  WelcomeFrame,
  WriteFrame,
} from './frames';
import type { Outcome, Prepared } from './outbox';
import type { Write, WriteStore } from './write_store';

/** Visitors say their session token and the widget it is for, agents a one-use ticket. */
export type Credentials = { token: string; widget?: string } | { ticket: string };

/** Thrown by `credentials`: try again, but not before `after_ms` (the server's `Retry-After`). */
export class RetryLater extends Error {
  constructor(readonly after_ms: number) {
    super();
  }
}

/** Thrown by `credentials`: there is no use in trying (signed out, unknown widget). The connection stops as `refused`. */
export class Refused extends Error {
  constructor(readonly code: number) {
    super(`refused: ${code}`);
  }
}

/**
 * `idle`: not started, or its page was left. `connecting`: on its way. `live`: welcome was said. `waiting`: lost, will come back by itself.
 * `refused`: stopped for good, `code` says why (a close code from 4500, or what `Refused` carried); `start()` tries anew.
 */
export type Status =
  | { state: 'idle' }
  | { state: 'connecting'; attempt: number }
  | { state: 'live' }
  | { state: 'waiting'; attempt: number }
  | { state: 'refused'; code: number };

export interface ConnectionOptions {
  /** `ws:` or `wss:` address of the socket. */
  url: string;
  role: 'visitor' | 'agent';
  /** Asked before each hello. A plain rejection counts as "offline": it is tried again later. */
  credentials: () => Promise<Credentials>;
  /** One page of events older than a position, over HTTP. */
  history: (conversation: string, before: number) => Promise<HistoryPage>;
  /** Where unanswered writes live. Default: memory. */
  store?: WriteStore;
  /**
   * Asked at a close code from 4500, and at what `Refused` carried: `now` and `later` come back all the same, at once or after the usual wait.
   * Default: the connection stops as `refused`.
   */
  again?: (code: number) => 'now' | 'later' | undefined;
  /**
   * Whose writes these are since the last hello. What was accepted of another author is offered again, as what another database accepted:
   * a visitor whose session was not known for a while wrote in another's name.
   */
  author?: () => string | undefined;
  /** UUID of this tab. Default: a new one. */
  tab?: string;
  /** Finishes a write when its turn comes; undefined: not yet. Default: sends its frame as it is, once there is a connection. */
  prepare?: (write: Write) => Prepared | undefined;
  /** Brings the ages in a sealed write up to date each time it goes out. */
  stamp?: (write: Write) => WriteFrame;
  /** Hears how each write ended, before the write is forgotten. */
  settle?: (write: Write, outcome: Outcome) => void;
  environment?: Environment;
}

/** What a connection tells. */
export interface ConnectionEvents {
  status: Status;
  welcome: WelcomeFrame;
  thread: ThreadFrame;
  row: RowFrame;
  gone: GoneFrame;
  presence: PresenceFrame;
  typing: TypingFrame;
  viewers: ViewersFrame;
  elsewhere: ElsewhereFrame;
  baseline: BaselineFrame;
  cursor: CursorFrame;
  /** A refusal that belongs to no write. */
  rejected: RejectedFrame;
}

/** Frames nobody waits for: lost when there is no connection. */
export type PassingFrame = Extract<ClientFrame, { type: 'delivered' | 'read' | 'seen' | 'typing' }>;
