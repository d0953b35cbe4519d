/** What frames carry. Ids are UUID strings, times `2026-11-23T09:12:45.090+00:00`, positions count from 1 in a conversation. */

export type AuthorType = 'visitor' | 'agent' | 'bot' | 'api' | 'system';

/** Who did something. `name` is null for a visitor who never gave one. */
export interface Author {
  type: AuthorType;
  id: string | null;
  name: string | null;
}

/** A named thing that is pointed at: an agent, a queue, a widget. */
export interface Named {
  id: string;
  name: string;
}

export interface TextMessage {
  type: 'TEXT';
  /** 1 to 4096 characters. */
  text: string;
}
export type Message = TextMessage;

/** What an agent notes for the team: 1 to 4000 characters. Sent like a message; no visitor ever gets it. */
export interface NoteMessage {
  type: 'NOTE';
  text: string;
}

export type ConversationStatus = 'OPEN' | 'WAITING' | 'SOLVED' | 'CLOSED';

/** Where a context write came from. */
export type ContextSource = 'page' | 'signed' | 'api' | 'bot' | 'agent';

/** How context is written: `merge` by top-level key (null removes), or `replace` all of it. */
export type ContextMode = 'merge' | 'replace';

/** Which conversations a context call reaches. */
export type Strategy = 'ACTIVE' | 'ALL' | 'ALL_PLUS_NEW';

export type JsonValue = string | number | boolean | null | JsonValue[] | JsonObject;
export type JsonObject = { [key: string]: JsonValue };

interface EventBase {
  id: string;
  at: string;
  author: Author;
  /** Sent back to the event's own author only. */
  client_id: string | null;
}
export interface MessageEvent extends EventBase {
  kind: 'message';
  message: Message;
}
/** Internal: agents only. */
export interface NoteEvent extends EventBase {
  kind: 'note';
  note: { text: string };
}
export interface StatusEvent extends EventBase {
  kind: 'status';
  from: ConversationStatus;
  to: ConversationStatus;
}
export interface JoinedEvent extends EventBase {
  kind: 'joined';
  agent: Named;
}
export interface LeftEvent extends EventBase {
  kind: 'left';
  agent: Named;
}
/** Internal: agents only. */
export interface AssignedEvent extends EventBase {
  kind: 'assigned';
  agent: Named | null;
}
/** Internal: agents only. `field` is topic, summary or priority. */
export interface EditedEvent extends EventBase {
  kind: 'edited';
  changes: { field: 'topic' | 'summary' | 'priority'; from: string | null; to: string | null }[];
}
/** Internal: agents only. The conversation waits in another queue. */
export interface MovedEvent extends EventBase {
  kind: 'moved';
  from: Named | null;
  to: Named | null;
}
/** One key of a context write. `from` and `to` are JSON text, null where the key was or became absent. */
export interface ContextChange {
  key: string;
  from: string | null;
  to: string | null;
}
/** Internal: agents only. */
export interface MetadataEvent extends EventBase {
  kind: 'metadata';
  version: number;
  source: ContextSource;
  mode: ContextMode;
  /** None when the write only locked or released keys. */
  changes: ContextChange[];
  /** Keys of the write that were left out, because the page may not write them. */
  ignored?: string[];
  /** Keys that the page may not write from now on, and those it may again. */
  locked?: string[];
  unlocked?: string[];
  /** That this conversation was meant is a best guess. */
  guessed?: true;
  /** The calls that changed the keys; missing when all were made at `at`, on no page that was told. */
  made?: ContextCall[];
}
/** A call of the page. Without keys it is that of all keys that no other call beside it has. */
export interface ContextCall {
  sent_at: string;
  /** Origin and path. */
  page?: string;
  keys?: string[];
}
/** One durable thing that happened in a conversation. */
export type ConversationEvent =
  | MessageEvent
  | NoteEvent
  | StatusEvent
  | JoinedEvent
  | LeftEvent
  | AssignedEvent
  | EditedEvent
  | MovedEvent
  | MetadataEvent;

/** An event and its place in the conversation, as this reader counts. */
export interface PositionedEvent {
  position: number;
  event: ConversationEvent;
}

/** The last message in one line. */
export interface Preview {
  author: Author;
  text: string;
  at: string;
}

/** A conversation as its visitor lists it. */
export interface Thread {
  conversation: string;
  thread: string;
  status: ConversationStatus;
  head: number;
  unread: number;
  preview: Preview | null;
  agent: Named | null;
  created_at: string;
  updated_at: string;
}

/** A conversation as agents list it. */
export interface Row {
  conversation: string;
  head: number;
  status: ConversationStatus;
  widget: Named;
  visitor: { id: string; name: string | null };
  agent: Named | null;
  queue: Named | null;
  unread: number;
  preview: Preview | null;
  waiting_since: string | null;
  last_visitor_message_at: string | null;
  page: { url: string; title: string } | null;
  /** At most two short plain values of the context; `text` is JSON text. */
  facts: { key: string; text: string }[];
  created_at: string;
  updated_at: string;
  /** Its place in the list, the highest first; not a time to show. */
  sort_at: string;
}

/** The context as JSON text, so that key order and digits survive. `{}` and version 0 when none was ever set. */
export interface Context {
  text: string;
  version: number;
  updated_at: string | null;
  /** Agents: who set each key last, in the context's order. */
  keys?: ContextKey[];
  /** Agents: the context as this one last answered or pressed *Seen*, or first opened it. */
  baseline?: ContextBaseline;
  /** Agents: another conversation of the same visitor whose context is newer. */
  elsewhere?: Elsewhere;
}

/** `at`: when that context last changed. It is newer as long as `at` is after this context's `updated_at`. */
export interface Elsewhere {
  conversation: string;
  at: string;
}

/** Who set a top-level key last. `locked`: the page may not write it. */
export interface ContextKey {
  key: string;
  version: number;
  at: string;
  source: ContextSource;
  author: Author;
  /** When the page called, or the program or person wrote: `at` or earlier. */
  sent_at: string;
  /** The page that called: origin and path. */
  page?: string;
  /** That this conversation was meant was a best guess. */
  guessed?: true;
  locked: boolean;
}

/** `text` is null when it equals the context as it is. */
export interface ContextBaseline {
  position: number;
  version: number;
  text: string | null;
}

/** One write of a context as its history tells it. */
export interface ContextVersion {
  version: number;
  position: number;
  at: string;
  source: ContextSource;
  mode: ContextMode;
  author: Author;
  changes: ContextChange[];
  ignored?: string[];
  locked?: string[];
  unlocked?: string[];
  guessed?: true;
  made?: ContextCall[];
}

/** Versions newest first; `next` asks for the ones before, null when there are none. */
export interface ContextHistoryPage {
  versions: ContextVersion[];
  next: number | null;
}

/** Another agent who has a conversation on screen, and what they are writing there. */
export interface Viewer {
  agent: Named;
  typing: 'reply' | 'note' | null;
}

/** How far the other side has received and read, and how far this side has read. */
export interface Cursors {
  delivered: number;
  read: number;
  own_read: number;
}

export interface Limits {
  text?: number;
  contextBytes?: number;
  contextKeys?: number;
  keyLength?: number;
  stringBytes?: number;
  depth?: number;
}
