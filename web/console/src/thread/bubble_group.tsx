import type { Row } from '@beckon/sdk';
import { Avatar, PlainText, timeOfDay } from '@beckon/ui';
import { text } from '../locales/en';
import { authorName, visitorName } from '../names';
import styles from './thread.module.css';
import type { Pending, TimelineItem } from './timeline';

interface BubbleGroupProps {
  group: Extract<TimelineItem, { type: 'group' }>;
  row: Row;
  me: string;
  offline: boolean;
  onRetry: (clientId: string) => void;
  onDelete: (clientId: string) => void;
}

/** Messages of one author in a row: one face, one time, and what became of those on their way. */
export function BubbleGroup({ group, row, me, offline, onRetry, onDelete }: BubbleGroupProps) {
  const { author, side, bubbles } = group;
  const mine = author.type === 'agent' && author.id === me;
  const name = authorName(author, visitorName(row));
  const last = bubbles[bubbles.length - 1];
  const failed = last?.pending?.state === 'failed' ? last.pending : null;
  const sending = bubbles.some(({ pending }) => pending?.state === 'sending');
  return (
    <div class={`${styles.group} ${side === 'visitor' ? styles.visitor : styles.team}`}>
      {side === 'visitor' && (
        <span class={styles.face}>
          <Avatar id={row.visitor.id} name={author.name ?? row.visitor.name ?? undefined} size={24} />
        </span>
      )}
      <div class={styles.bubbles}>
        <span class="bk-spoken">{mine ? text.you : name}:</span>
        {bubbles.map((bubble) => (
          <p
            key={bubble.key}
            class={bubble.pending?.state === 'failed' ? `${styles.bubble} ${styles.failedBubble}` : styles.bubble}
            dir="auto"
          >
            <PlainText text={bubble.text} />
          </p>
        ))}
      </div>
      {last && !failed && (
        <p class={styles.foot}>
          {!mine && side === 'team' && <span>{name} ·</span>}
          <time dateTime={new Date(last.at).toISOString()}>{timeOfDay(last.at, text.locale)}</time>
          {sending && <span>· {offline ? text.sendingSlowly : text.sending}</span>}
        </p>
      )}
      {failed && <NotSent message={failed} onRetry={onRetry} onDelete={onDelete} />}
    </div>
  );
}

/** *Not sent · Try again · Delete*, with the reason. */
function NotSent({
  message,
  onRetry,
  onDelete,
}: {
  message: Pending;
  onRetry: (clientId: string) => void;
  onDelete: (clientId: string) => void;
}) {
  return (
    <p class={`${styles.foot} ${styles.footFailed}`} role="alert">
      <span>
        {text.notSent}
        {message.reason !== null && ` (${message.reason})`}
      </span>
      <button type="button" class={styles.act} onClick={() => onRetry(message.clientId)}>
        {text.tryAgain}
      </button>
      <button type="button" class={styles.act} onClick={() => onDelete(message.clientId)}>
        {text.delete}
      </button>
    </p>
  );
}
