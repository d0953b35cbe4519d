import type { Author, ConversationEvent, Row } from '@beckon/sdk';

export const VISITOR: Author = { type: 'visitor', id: 'v', name: null };
export const MAJA = { type: 'agent', id: 'maja', name: 'Maja' } as const;
export const LUKA = { type: 'agent', id: 'luka', name: 'Luka' } as const;

/** A conversation row; the parts a test is about are given. */
export function row(conversation: string, parts: Partial<Row> = {}): Row {
  return {
    conversation,
    head: 1,
    status: 'OPEN',
    widget: { id: 'w', name: 'Website' },
    visitor: { id: `visitor of ${conversation}`, name: null },
    agent: null,
    queue: null,
    unread: 0,
    preview: null,
    waiting_since: null,
    last_visitor_message_at: '2026-11-23T09:00:00.000+00:00',
    page: null,
    facts: [],
    created_at: '2026-11-23T08:00:00.000+00:00',
    updated_at: '2026-11-23T09:00:00.000+00:00',
    sort_at: '2026-11-23T09:00:00.000+00:00',
    ...parts,
  };
}

/** A moment of one day, `09:12` or `09:12:45`, in the test's own time zone. */
export function clock(time: string): string {
  return new Date(`2026-11-23T${time}`).toISOString();
}

let made = 0;

/** A message at a moment. */
export function message(author: Author, at: string, text: string, clientId: string | null = null): ConversationEvent {
  made++;
  return { id: `e${made}`, kind: 'message', at, author, client_id: clientId, message: { type: 'TEXT', text } };
}
