import type { Author, Row } from '@beckon/sdk';
import { labelOf } from './card/label';
import { isSensitiveKey, MASK } from './card/sensitive';
import { Refused } from './http';
import { text } from './locales/en';

/** The visitor's name, or *Visitor 4F2A* by the end of the conversation's id: never an invented one. */
export function visitorName(row: Pick<Row, 'conversation' | 'visitor'>): string {
  return row.visitor.name ?? text.visitor(row.conversation.slice(-4).toUpperCase());
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

/**
 * A fact in a few words: text stands for itself, a number or *Yes* and *No* need the name of what they answer. Null:
 * nothing to show.
 */
export function factText({ key, text: json }: Row['facts'][number]): string | null {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return null;
  }
  if (isSensitiveKey(key) && typeof value !== 'boolean' && value !== '') return `${labelOf(key)}: ${MASK}`;
  if (typeof value === 'string') return value.trim() === '' ? null : value;
  if (typeof value === 'boolean') return `${labelOf(key)}: ${value ? text.yes : text.no}`;
  return typeof value === 'number' ? `${labelOf(key)}: ${json}` : null;
}

/** *Strand · Madder red*: the first short facts of the context in one line. */
export function factLine(row: Pick<Row, 'facts'>): string {
  return row.facts
    .map(factText)
    .filter((fact) => fact !== null)
    .join(' · ');
}

/** Why a request did not work, for people. */
export function reasonOf(error: unknown): string {
  return error instanceof Refused ? error.message : text.unreachable;
}
