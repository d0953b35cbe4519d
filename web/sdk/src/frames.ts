import type {
  Author,
  Context,
  ContextMode,
  ConversationEvent,
  Cursors,
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
  context?: { metadata: JsonObject; mode: ContextMode; client_id: string };
  /** Held `ALL_PLUS_NEW` context, for every later conversation too. */
  standing?: { metadata: JsonObject; mode: ContextMode };
  page?: { url: string; title: string };
}
/** Visitors only. */
export interface ContextFrame {
  type: 'context';
  client_id: string;
  strategy: Strategy;
  /** The active one, as the widget sees it. */
  conversation?: string;
  mode: ContextMode;
  metadata: JsonObject;
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
  conversations?: { thread: string; conversation: string; version: number }[];
  /** Context only: nothing was reached, the widget must hold it. */
  pending?: boolean;
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
  | PresenceFrame
  | TypingFrame
  | ViewersFrame
  | BaselineFrame
  | CursorFrame
  | PongFrame
  | DrainFrame;
