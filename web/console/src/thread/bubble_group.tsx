import type { Cursors, Row } from '@beckon/sdk';
import { Avatar, CheckIcon, ChecksIcon, ClockIcon, PlainText, timeOfDay } from '@beckon/ui';
import { text } from '../locales/en';
import { authorName, visitorName } from '../names';
import { ContextThen } from './context_then';
import { NotSent } from './not_sent';
import styles from './thread.module.css';
import type { Bubble, TimelineItem } from './timeline';

/** How far the visitor's side received and read. */
export type Reached = Pick<Cursors, 'delivered' | 'read'>;

export interface BubbleGroupProps {
  group: Extract<TimelineItem, { type: 'group' }>;
  row: Row;
  me: string;
  offline: boolean;
  reached: Reached;
  /** It is the newest of our side: what became of it is said in words, not by a sign alone. */
  newest: boolean;
  onRetry: (clientId: string) => void;
  onDelete: (clientId: string) => void;
  onThen: (position: number, at: number) => void;
}

/** Messages of one author in a row: one face, one time, and what became of them. */
export function BubbleGroup({ group, row, me, offline, reached, newest, onRetry, onDelete, onThen }: BubbleGroupProps) {
  const { author, side, bubbles } = group;
  const mine = author.type === 'agent' && author.id === me;
  const name = authorName(author, visitorName(row));
  const last = bubbles[bubbles.length - 1];
  // Nothing was written between messages of one group, so one moment stands for all of them.
  const then = last != null && last.position !== null && (
    <ContextThen position={last.position} at={last.at} onThen={onThen} />
  );
  const failed = last?.pending?.state === 'failed' ? last.pending : null;
  return (
    <div class={`${styles.group} ${side === 'visitor' ? styles.visitor : styles.team}`} data-then>
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
          {side === 'team' && then}
          {!mine && side === 'team' && <span>{name} ·</span>}
          <time dateTime={new Date(last.at).toISOString()}>{timeOfDay(last.at, text.locale)}</time>
          {side === 'team' && <State bubbles={bubbles} reached={reached} offline={offline} newest={newest} />}
          {side === 'visitor' && then}
        </p>
      )}
      {failed && <NotSent message={failed} onRetry={onRetry} onDelete={onDelete} />}
    </div>
  );
}

/** Clock, check, two checks: on its way, stored, received. *Seen by visitor* is written out. */
function State({
  bubbles,
  reached,
  offline,
  newest,
}: Pick<BubbleGroupProps, 'reached' | 'offline' | 'newest'> & { bubbles: readonly Bubble[] }) {
  const last = bubbles[bubbles.length - 1];
  if (bubbles.some(({ pending }) => pending?.state === 'sending')) {
    return (
      <>
        <span>· {offline ? text.sendingSlowly : text.sending}</span>
        <ClockIcon size={14} />
      </>
    );
  }
  const position = last?.position ?? null;
  const seen = position !== null && reached.read >= position;
  const delivered = seen || (position !== null && reached.delivered >= position);
  const words = seen ? text.seenByVisitor : delivered ? text.delivered : text.sent;
  return (
    <>
      <span class={newest ? '' : 'bk-spoken'}>· {words}</span>
      {delivered ? <ChecksIcon size={14} /> : <CheckIcon size={14} />}
    </>
  );
}
