import { NoteIcon, PlainText, timeOfDay } from '@beckon/ui';
import { text } from '../locales/en';
import { authorName } from '../names';
import { NotSent } from './not_sent';
import styles from './note_row.module.css';
import type { TimelineItem } from './timeline';

interface NoteRowProps {
  note: Extract<TimelineItem, { type: 'note' }>;
  /** The visitor's name; of no use for a note's author, but every author may come without a name. */
  visitor: string;
  me: string;
  offline: boolean;
  onRetry: (clientId: string) => void;
  onDelete: (clientId: string) => void;
}

/** What agents tell each other about a conversation: the whole row is tinted, so that it is never taken for an answer. */
export function NoteRow({ note, visitor, me, offline, onRetry, onDelete }: NoteRowProps) {
  const { author, pending } = note;
  const mine = author.type === 'agent' && author.id === me;
  return (
    <div class={styles.note}>
      <NoteIcon size={16} />
      <div class={styles.body}>
        <p class={styles.head}>
          <span class={styles.author}>{text.noteBy(mine ? text.yourself : authorName(author, visitor))}</span>
          <span>
            <time dateTime={new Date(note.at).toISOString()}>{timeOfDay(note.at, text.locale)}</time>
            {pending?.state === 'sending' && ` · ${offline ? text.sendingSlowly : text.sending}`}
          </span>
        </p>
        <p class={styles.text} dir="auto">
          <PlainText text={note.text} />
        </p>
        {pending?.state === 'failed' && <NotSent message={pending} onRetry={onRetry} onDelete={onDelete} />}
      </div>
    </div>
  );
}
