import { until } from '../../../vitest.pace.ts';
import type { Beckon } from './beckon';

/** A conversation as the API tells it. */
export interface Conversation {
  id: string;
  status: 'OPEN' | 'WAITING' | 'SOLVED' | 'CLOSED';
  agentId: string | null;
  queueId: string | null;
  createdAt: string;
  updatedAt: string;
}

/** An entry of a conversation's journal, as agents read it. */
export interface JournalEntry {
  position: number;
  event: {
    id: string;
    kind: string;
    at: string;
    author: { type: string; id: string | null; name: string | null };
    message?: { type: string; text: string };
    version?: number;
    source?: string;
    guessed?: true;
    made?: { sent_at: string; page?: string; keys?: string[] }[];
    changes?: { key: string; from: string | null; to: string | null }[];
    from?: string;
    to?: string;
  };
}

interface InboxRow {
  conversation: string;
  preview: { text: string } | null;
}

/** All conversations of a server, oldest first. */
export async function conversations(beckon: Beckon): Promise<Conversation[]> {
  const answer = await beckon.api<{ conversations: Conversation[] }>(
    '/ccaas/1/conversations?limit=999&orderBy=createdAt:asc',
  );
  if (answer.status !== 200) throw new Error(`conversations answered ${answer.status}: ${answer.text}`);
  return answer.body.conversations;
}

/** Waits until the newest message of a conversation is `text` and returns that conversation's id. */
export async function conversationWith(beckon: Beckon, text: string): Promise<string> {
  return until(`a conversation saying "${text}"`, async () => {
    const answer = await beckon.api<{ rows: InboxRow[] }>('/ccaas/1/inbox?view=all&limit=200');
    if (answer.status !== 200) throw new Error(`inbox answered ${answer.status}: ${answer.text}`);
    return answer.body.rows.find((row) => row.preview?.text === text)?.conversation;
  });
}

export async function conversation(beckon: Beckon, id: string): Promise<Conversation> {
  return (await beckon.api<Conversation>(`/ccaas/1/conversations/${id}`)).body;
}

/** The context of a conversation as stored: JSON text. */
export async function contextText(beckon: Beckon, id: string): Promise<string> {
  const answer = await beckon.api(`/ccaas/1/conversations/${id}/metadata`);
  if (answer.status !== 200) throw new Error(`metadata answered ${answer.status}: ${answer.text}`);
  return answer.text;
}

/** The context of a conversation, parsed. */
export async function context(beckon: Beckon, id: string): Promise<unknown> {
  return JSON.parse(await contextText(beckon, id));
}

/** The newest two hundred entries of a conversation's journal, oldest first, internal ones too. */
export async function journal(beckon: Beckon, id: string): Promise<JournalEntry[]> {
  const answer = await beckon.api<{ events: JournalEntry[] }>(`/ccaas/1/conversations/${id}/events?limit=200`);
  if (answer.status !== 200) throw new Error(`events answered ${answer.status}: ${answer.text}`);
  return answer.body.events;
}

/** The texts of a conversation's messages, in order. */
export async function messages(beckon: Beckon, id: string): Promise<string[]> {
  return (await journal(beckon, id)).flatMap(({ event }) => (event.message ? [event.message.text] : []));
}
