import type { Thread } from '@beckon/sdk';
import { hueOf, initials } from '@beckon/ui';
import type { News } from '../port';

/** More does not fit into two lines; the rest of a message never leaves the chat, characters. */
const FIRST_WORDS = 160;

/** The threads in which something new was written to the visitor between two looks at the list, the newest last. */
export function arrivals(before: readonly Thread[], now: readonly Thread[]): Thread[] {
  const unread = new Map(before.map((thread) => [thread.thread, thread.unread]));
  return now
    .filter(({ thread, unread: count, preview }) => {
      const written = preview !== null && preview.author.type !== 'visitor';
      return written && count > (unread.get(thread) ?? 0);
    })
    .sort((one, other) => one.updated_at.localeCompare(other.updated_at));
}

/** What the bubble beside the launcher shows of a thread. `team` stands for an author without a name. */
export function newsOf({ thread, preview }: Thread, team: string): News {
  const author = preview?.author;
  const name = author?.name ?? team;
  const text = Array.from(preview?.text ?? '')
    .slice(0, FIRST_WORDS)
    .join('');
  return { thread, name, initials: initials(name), hue: hueOf(author?.id ?? name), text };
}
