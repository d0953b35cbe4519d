import type { Author, ConversationEvent, PositionedEvent } from '@beckon/sdk';
import { pastInstant } from '@beckon/ui';
import type { Fold } from '../context/fold';
import { type ContextRow, contextRows } from './context_rows';

/** Messages of one author closer than this belong together. */
const GROUP_GAP_MS = 3 * 60_000;

/** What is written in a conversation: for the visitor, or for colleagues only. */
export type Kind = 'reply' | 'note';

/** A message or note that is on its way to the server, or did not get there. */
export interface Pending {
  kind: Kind;
  clientId: string;
  text: string;
  /** Milliseconds. */
  at: number;
  /** `sent`: it is on the server's disk, only its event is not here yet. */
  state: 'sending' | 'sent' | 'failed';
  /** Why it failed, for people. */
  reason: string | null;
}

/** One bubble. */
export interface Bubble {
  key: string;
  /** Its place in the conversation; null while it is on its way. */
  position: number | null;
  text: string;
  /** Milliseconds. */
  at: number;
  /** Null once it is on the server's disk. */
  pending: Pending | null;
}

export type TimelineItem =
  | { type: 'day'; key: string; at: number }
  | { type: 'group'; key: string; author: Author; side: 'visitor' | 'team'; bubbles: Bubble[] }
  | { type: 'note'; key: string; author: Author; text: string; at: number; pending: Pending | null }
  | {
      type: 'line';
      key: string;
      position: number;
      event: Extract<ConversationEvent, { kind: 'status' | 'joined' | 'left' | 'assigned' }>;
    }
  | ContextRow;

function sameDay(one: number, other: number): boolean {
  const [a, b] = [new Date(one), new Date(other)];
  return a.getFullYear() === b.getFullYear() && a.getMonth() === b.getMonth() && a.getDate() === b.getDate();
}

function sameAuthor(one: Author, other: Author): boolean {
  return one.type === other.type && one.id === other.id;
}

/** Lays a conversation out for reading: days, groups of bubbles, and the lines between them. `fold` is its context now. */
export function timelineOf(
  events: readonly PositionedEvent[],
  pending: readonly Pending[],
  me: Author,
  fold: Fold | null = null,
): TimelineItem[] {
  const items: TimelineItem[] = [];
  let day: number | null = null;

  const beginDay = (at: number, key: string): void => {
    if (day === null || !sameDay(day, at)) items.push({ type: 'day', key: `day ${key}`, at });
    day = at;
  };
  const add = (author: Author, bubble: Bubble): void => {
    beginDay(bubble.at, bubble.key);
    const last = items.at(-1);
    const before = last?.type === 'group' ? last.bubbles.at(-1) : undefined;
    const near = before !== undefined && bubble.at - before.at < GROUP_GAP_MS;
    // A message that failed stands alone, with its reason right below it.
    const alone = bubble.pending?.state === 'failed' || before?.pending?.state === 'failed';
    if (last?.type === 'group' && near && !alone && sameAuthor(last.author, author)) {
      last.bubbles.push(bubble);
      return;
    }
    const side = author.type === 'visitor' ? 'visitor' : 'team';
    items.push({ type: 'group', key: bubble.key, author, side, bubbles: [bubble] });
  };

  const note = (author: Author, key: string, text: string, at: number, waiting: Pending | null): void => {
    beginDay(at, key);
    items.push({ type: 'note', key, author, text, at, pending: waiting });
  };

  const arrived = new Set<string>();
  const written = contextRows(events, fold);
  for (const { position, event } of events) {
    const at = pastInstant(event.at);
    if (event.client_id !== null) arrived.add(event.client_id);
    if (event.kind === 'message') {
      // A bubble keeps its key from the moment it is written, so that it does not blink when the server confirms it.
      const key = event.client_id ?? event.id;
      add(event.author, { key, position, text: event.message.text, at, pending: null });
    } else if (event.kind === 'note') {
      note(event.author, event.client_id ?? event.id, event.note.text, at, null);
    } else if (event.kind === 'metadata') {
      const row = written.get(event.id);
      if (!row) continue;
      beginDay(at, event.id);
      items.push(row);
    } else if (event.kind !== 'edited' && event.kind !== 'moved') {
      const last = items.at(-1);
      if (last?.type === 'line' && isEcho(last.event, event)) {
        // Of the two, *joined* says more: it is what the visitor sees.
        if (event.kind === 'joined') last.event = event;
        continue;
      }
      beginDay(at, event.id);
      items.push({ type: 'line', key: event.id, position, event });
    }
  }
  for (const one of pending) {
    if (arrived.has(one.clientId)) continue;
    if (one.kind === 'note') note(me, one.clientId, one.text, one.at, one);
    else add(me, { key: one.clientId, position: null, text: one.text, at: one.at, pending: one });
  }
  return items;
}

/** Taking a conversation both assigns it and joins it: one line says so. */
function isEcho(last: ConversationEvent, event: ConversationEvent): boolean {
  if (!('agent' in last) || !('agent' in event)) return false;
  const kinds = [last.kind, event.kind];
  return kinds.includes('joined') && kinds.includes('assigned') && event.agent?.id === last.agent?.id;
}
