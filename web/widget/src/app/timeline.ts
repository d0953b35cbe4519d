import type { Author, ConversationEvent, PositionedEvent, Write } from '@beckon/sdk';
import { words } from '../locales/en';

/** A message that is on disk and whose event has not come yet. */
export interface SentMessage {
  thread: string;
  client_id: string;
  event_id: string;
  at: string;
  text: string;
}

export type Delivery = 'sent' | 'sending' | 'failed';

export interface Bubble {
  id: string;
  text: string;
  delivery: Delivery;
  /** Of a failed one: why. */
  failure?: string;
  client_id?: string;
}

/** Messages of one author, close together. */
export interface Group {
  kind: 'group';
  id: string;
  mine: boolean;
  author: Author;
  bubbles: Bubble[];
  /** Of the last message, milliseconds since 1970. */
  at: number;
}

/** Something that happened and is not a message. */
export interface Line {
  kind: 'line';
  id: string;
  what: 'joined' | 'left' | 'solved' | 'closed' | 'reopened';
  text: string;
}

/** Messages of one author belong together when they are at most so far apart, milliseconds. */
const GROUP_MS = 3 * 60 * 1000;
const ME: Author = { type: 'visitor', id: null, name: null };

/** What stands in a thread, top to bottom: events, then what is on its way. */
export function timeline(
  events: readonly PositionedEvent[],
  sent: readonly SentMessage[],
  writes: readonly Write[],
): (Group | Line)[] {
  const items: (Group | Line)[] = [];
  const shown = new Set<string>();

  function add(author: Author, at: number, bubble: Bubble): void {
    const last = items[items.length - 1];
    const together =
      last?.kind === 'group' && sameAuthor(last.author, author) && Math.abs(at - last.at) <= GROUP_MS
        ? last
        : undefined;
    if (together) {
      together.bubbles.push(bubble);
      together.at = at;
    } else {
      items.push({ kind: 'group', id: bubble.id, mine: author.type === 'visitor', author, bubbles: [bubble], at });
    }
  }

  for (const { event } of events) {
    if (event.client_id) shown.add(event.client_id);
    shown.add(event.id);
    if (event.kind === 'message') {
      add(event.author, Date.parse(event.at), { id: event.id, text: event.message.text, delivery: 'sent' });
    } else {
      const line = lineOf(event);
      if (line) items.push(line);
    }
  }
  for (const { client_id, event_id, at, text } of sent) {
    if (shown.has(event_id) || shown.has(client_id)) continue;
    shown.add(client_id);
    add(ME, Date.parse(at), { id: event_id, text, delivery: 'sent' });
  }
  for (const { client_id, frame, state, failure, queued_at } of writes) {
    if (frame.type !== 'send' || shown.has(client_id)) continue;
    const why = failure && (words.failures[failure.code] ?? failure.message);
    add(ME, queued_at, {
      id: client_id,
      client_id,
      text: frame.message.text,
      delivery: state === 'failed' ? 'failed' : 'sending',
      ...(why ? { failure: why } : {}),
    });
  }
  return items;
}

function sameAuthor(one: Author, other: Author): boolean {
  return one.type === other.type && (one.type === 'visitor' || one.id === other.id);
}

function lineOf(event: ConversationEvent): Line | undefined {
  const { id } = event;
  switch (event.kind) {
    case 'joined':
      return { kind: 'line', id, what: 'joined', text: words.joined(event.agent.name) };
    case 'left':
      return { kind: 'line', id, what: 'left', text: words.left(event.agent.name) };
    case 'status':
      if (event.to === 'SOLVED') return { kind: 'line', id, what: 'solved', text: words.solved };
      if (event.to === 'CLOSED') return { kind: 'line', id, what: 'closed', text: closedText(event.author) };
      // Between open and waiting there is nothing to tell a visitor.
      if (event.from === 'OPEN' || event.from === 'WAITING') return undefined;
      return { kind: 'line', id, what: 'reopened', text: words.reopened };
    default:
      return undefined;
  }
}

/** Why a conversation takes no more messages. */
export function closedText(author: Author | undefined): string {
  return author?.type === 'agent' && author.name ? words.closedBy(author.name) : words.closed;
}
