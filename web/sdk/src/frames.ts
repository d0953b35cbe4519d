import type {
  Author,
  Context,
  ContextMode,
  ConversationEvent,
  Cursors,
  Elsewhere,
  JsonObject,
  Limits,
  Message,
  Named,
  NoteMessage,
  Row,
  Strategy,
  Thread,
  Viewer,
} from './objects';

/** The one version of the protocol there is. */
export const PROTOCOL_VERSION = 1;

/** Where reading of a conversation stopped. A position belongs to an epoch. */
export interface ResumePoint {
  conversation: string;
  epoch: string;
  position: number;
}

// Client → server

/** A call of the page that was folded into a later one. */
export interface MadeCall {
  /** How long ago it was made, milliseconds by one clock of its browser. */
  age_ms: number;
  /** Address of the page that called, without query and fragment, at most 512 characters. */
  page?: string;
  /** Its top-level keys, also those set to null. */
  keys: string[];
}

/** What a page said of its context. */
export interface HeldContext {
  mode: ContextMode;
  metadata: JsonObject;
  /** Of the keys that no call in `made` has; default 0. */
  age_ms?: number;
  page?: string;
  made?: MadeCall[];
}

export interface SendFrame {
  type: 'send';
  client_id: string;
  /** An existing conversation, or … */
  conversation?: string;
  /** … the visitor's own UUID for one that is new. */
  thread?: string;
  /** Notes are for agents only. */
  message: Message | NoteMessage;
  /** Held context: written before the message, in the same transaction. */
  context?: HeldContext & { client_id: string };
  /** Held `ALL_PLUS_NEW` context, for every later conversation too. */
  standing?: HeldContext;
  page?: { url: string; title: string };
}
/** Visitors only. */
export interface ContextFrame extends HeldContext {
  type: 'context';
  client_id: string;
  strategy: Strategy;
  /** This one and no other, wherever the customer is: for copies of what is held. */
  conversation?: string;
  /** For `ACTIVE`: the thread that is the view of an open window, also one that has not begun. */
  on_screen?: string;
  /** The thread last shown, written in or started in this browser, any tab. */
  last_used?: string;
  /** Whether the tab is visible; in a hidden one nothing is on screen. */
  visible?: boolean;
}
/** `wait`: status WAITING. `release`: nobody's again. */
export type AgentCommand = 'take' | 'solve' | 'close' | 'reopen' | 'wait' | 'release';
/** Agents only. */
export interface CommandFrame {
  type: 'command';
  client_id: string;
  conversation: string;
  command: AgentCommand;
}
/** A frame that the server stores and answers; the connection adds `request`. */
export type WriteFrame = SendFrame | ContextFrame | CommandFrame;

export type Topic = { inbox: true } | { conversation: string };

export type ClientFrame =
  | {
      type: 'hello';
      version: number;
      token?: string;
      ticket?: string;
      tab: string;
      resume: ResumePoint[];
    }
  | (WriteFrame & { request: number })
  | { type: 'sync'; conversation: string; epoch?: string; position?: number }
  | { type: 'subscribe'; topic: Topic; epoch?: string; position?: number }
  | { type: 'unsubscribe'; topic: Topic }
  | { type: 'delivered' | 'read'; conversation: string; position: number }
  /** Agents: what changed in the context up to here was seen. */
  | { type: 'seen'; conversation: string; position: number }
  /** `note`: what is being written is a note; agents only, and the visitor never hears of it. */
  | { type: 'typing'; conversation: string; on: boolean; note?: true }
  | { type: 'ping' };

// Server → client

export interface WelcomeFrame {
  type: 'welcome';
  connection: string;
  epoch: string;
  now: string;
  limits: Limits;
  online: boolean;
  /** Visitors. */
  threads?: Thread[];
  /** Agents. */
  agent?: Named & { email?: string; role?: string };
}
export interface StateFrame {
  type: 'state';
  conversation: string;
  epoch: string;
  head: number;
  /** `replay`: events follow from where we stopped. `reset`: forget what you have, the latest follow. */
  mode: 'replay' | 'reset';
  /** Position of the oldest event in this answer. */
  first: number;
  cursors: Cursors;
  thread?: Thread;
  row?: Row;
  context?: Context;
}
export interface EventFrame {
  type: 'event';
  conversation: string;
  position: number;
  event: ConversationEvent;
}
export interface LiveFrame {
  type: 'live';
  conversation: string;
}
/** It is on disk. */
export interface AcceptedFrame {
  type: 'accepted';
  request: number;
  conversation?: string;
  thread?: string;
  position?: number;
  event_id?: string;
  at?: string;
  duplicate: boolean;
  /** Context only: what was reached. */
  conversations?: { thread: string; conversation: string; version: number; guessed?: true }[];
  /** Context only: nothing was reached, the widget must hold it. */
  pending?: boolean;
  /** `locked`: the page may not write it. `newer`: what is there was said later. */
  ignored?: { key: string; reason: string }[];
}
/** `same`: try again now; `later`: after a while; `never`: it will not be taken. */
export type Retry = 'same' | 'later' | 'never';
export interface RejectedFrame {
  type: 'rejected';
  request?: number;
  code: string;
  message: string;
  field?: string;
  limit?: number;
  retry: Retry;
  after_ms?: number;
}
export interface ThreadFrame {
  type: 'thread';
  thread: Thread;
  /** Only when it was just created. */
  started_by: Author | null;
}
export interface RowFrame {
  type: 'row';
  conversation: string;
  head: number;
  row: Row;
}
export interface GoneFrame {
  type: 'gone';
  conversation: string;
}
/** Agents: the page has written to another conversation of the same visitor. */
export interface ElsewhereFrame {
  type: 'elsewhere';
  conversation: string;
  elsewhere: Elsewhere;
}
export interface PresenceFrame {
  type: 'presence';
  online: boolean;
}
export interface TypingFrame {
  type: 'typing';
  conversation: string;
  author: Author;
  on: boolean;
}
/** Agents: in another tab this agent has seen the context up to here. A lower position than the known one says nothing. */
export interface BaselineFrame {
  type: 'baseline';
  conversation: string;
  position: number;
}
/** Agents: who else has this conversation on screen, all of them each time. */
export interface ViewersFrame {
  type: 'viewers';
  conversation: string;
  viewers: Viewer[];
}
export interface CursorFrame {
  type: 'cursor';
  conversation: string;
  delivered: number;
  read: number;
}
export interface PongFrame {
  type: 'pong';
  heads: { [conversation: string]: number };
}
export interface DrainFrame {
  type: 'drain';
  spread_ms: number;
}
export type ServerFrame =
  | WelcomeFrame
  | StateFrame
  | EventFrame
  | LiveFrame
  | AcceptedFrame
  | RejectedFrame
  | ThreadFrame
  | RowFrame
  | GoneFrame
  | ElsewhereFrame
  | PresenceFrame
  | TypingFrame
  | ViewersFrame
  | BaselineFrame
  | CursorFrame
  | PongFrame
  | DrainFrame;
