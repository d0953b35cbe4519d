import type { Author, ConversationEvent, PositionedEvent, Write } from '@beckon/sdk';
import { dayName, pastInstant } from '@beckon/ui';
import { fill } from '../words';
import { locale, words } from './words';

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
  /** In the conversation; without one its event has not come yet. */
  position?: number;
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

/** A new day begins. */
export interface Day {
  kind: 'day';
  id: string;
  text: string;
}

export type Item = Group | Line | Day;

/** Messages of one author belong together when they are at most so far apart, milliseconds. */
const GROUP_MS = 3 * 60 * 1000;
const ME: Author = { type: 'visitor', id: null, name: null };

/** What stands in a thread, top to bottom: events, then what is on its way. `now`: milliseconds since 1970. */
export function timeline(
  events: readonly PositionedEvent[],
  sent: readonly SentMessage[],
  writes: readonly Write[],
  now: number,
): Item[] {
  const items: Item[] = [];
  const shown = new Set<string>();
  // Nobody needs to be told that it is today.
  let day = dayName(now, now, locale());

  function turn(at: number): void {
    const name = dayName(at, now, locale());
    if (name === day) return;
    day = name;
    items.push({ kind: 'day', id: `day ${at}`, text: name });
  }

  function add(author: Author, at: number, bubble: Bubble): void {
    turn(at);
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

  for (const { position, event } of events) {
    if (event.client_id) shown.add(event.client_id);
    shown.add(event.id);
    if (event.kind === 'message') {
      const { id, message } = event;
      add(event.author, pastInstant(event.at, now), { id, position, text: message.text, delivery: 'sent' });
    } else {
      const line = lineOf(event);
      if (!line) continue;
      turn(pastInstant(event.at, now));
      items.push(line);
    }
  }
  for (const { client_id, event_id, at, text } of sent) {
    if (shown.has(event_id) || shown.has(client_id)) continue;
    shown.add(client_id);
    add(ME, pastInstant(at, now), { id: event_id, text, delivery: 'sent' });
  }
  const failures: { [code: string]: string } = words().failures;
  for (const { client_id, frame, state, failure, queued_at } of writes) {
    if (frame.type !== 'send' || shown.has(client_id)) continue;
    const why = failure && (failures[failure.code] ?? failure.message);
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
      return { kind: 'line', id, what: 'joined', text: fill(words().joined, { name: event.agent.name }, words()) };
    case 'left':
      return { kind: 'line', id, what: 'left', text: fill(words().left, { name: event.agent.name }, words()) };
    case 'status':
      if (event.to === 'SOLVED') return { kind: 'line', id, what: 'solved', text: words().solved };
      if (event.to === 'CLOSED') return { kind: 'line', id, what: 'closed', text: closedText(event.author) };
      // Between open and waiting there is nothing to tell a visitor.
      if (event.from === 'OPEN' || event.from === 'WAITING') return undefined;
      return { kind: 'line', id, what: 'reopened', text: words().reopened };
    default:
      return undefined;
  }
}

/** Why a conversation takes no more messages. */
export function closedText(author: Author | undefined): string {
  const { closedBy, closed } = words();
  return author?.type === 'agent' && author.name ? fill(closedBy, { name: author.name }, words()) : closed;
}
