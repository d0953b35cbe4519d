import type { Author, Row } from '@beckon/sdk';
import { Refused } from './http';
import { text } from './locales/en';

/** The visitor's name, or *Visitor 4F2A* by the end of the visitor's id, the same in each conversation: never an invented one. */
export function visitorName(row: Pick<Row, 'visitor'>): string {
  return row.visitor.name ?? text.visitor(row.visitor.id.slice(-4).toUpperCase());
}

/** How an author is called in a thread with a visitor of this name. */
export function authorName(author: Author, visitor: string): string {
  if (author.name !== null) return author.name;
  switch (author.type) {
    case 'visitor':
      return visitor;
    case 'agent':
      return text.anAgent;
    case 'bot':
      return text.aBot;
    case 'api':
      return text.aProgram;
    case 'system':
      return text.theSystem;
  }
}

/** What stands before a preview: nothing for the visitor, *You* for the reader's own message. */
export function previewPrefix(author: Author, me: string): string | null {
  if (author.type === 'visitor') return null;
  if (author.type === 'agent' && author.id === me) return text.you;
  return author.name ?? (author.type === 'bot' ? text.aBot : author.type === 'api' ? text.aProgram : text.anAgent);
}

/** Why a request did not work, for people. */
export function reasonOf(error: unknown): string {
  return error instanceof Refused ? error.message : text.unreachable;
}
