import type { Row } from '@beckon/sdk';
import { Avatar, calendarDay, Dot, pastInstant, timeOfDay } from '@beckon/ui';
import { now } from '../clock';
import { factLine } from '../facts';
import { text } from '../locales/en';
import { previewPrefix, visitorName } from '../names';
import { hrefOf } from '../route';
import styles from './list.module.css';
import type { View } from './rows';
import { StatusMark } from './status_mark';
import { waitingTime } from './waiting';

const DAY_MS = 24 * 60 * 60_000;

interface ListRowProps {
  row: Row;
  view: View;
  me: string;
  /** Paths that come first among the facts. */
  pins: readonly string[];
  selected: boolean;
  /** The one row that the Tab key stops at. */
  stop: boolean;
  /** It belongs elsewhere by now and only keeps its place for a moment. */
  left: boolean;
}

/** One conversation of the list, as a link to it. */
export function ListRow({ row, view, me, pins, selected, stop, left }: ListRowProps) {
  const name = visitorName(row);
  const unread = row.unread > 0 && row.status !== 'CLOSED';
  const prefix = row.preview ? previewPrefix(row.preview.author, me) : null;
  const foot = left ? text.leftList : factLine(row, pins) || row.page?.title || row.page?.url || '';
  return (
    <a
      class={unread ? `${styles.row} ${styles.unread}` : (styles.row ?? '')}
      href={hrefOf({ page: 'inbox', view, conversation: row.conversation })}
      aria-current={selected ? 'true' : undefined}
      tabIndex={stop ? 0 : -1}
      data-conversation={row.conversation}
    >
      {unread && (
        <span class={styles.dot}>
          <Dot label={text.unread(row.unread)} />
        </span>
      )}
      <Avatar id={row.visitor.id} name={row.visitor.name ?? undefined} />
      <span class={styles.body}>
        <span class={styles.top}>
          <span class={styles.name}>
            <bdi>{name}</bdi>
          </span>
          <RowTime row={row} />
        </span>
        <span class={styles.preview}>
          {row.preview ? (
            <>
              {prefix !== null && <span class={styles.prefix}>{prefix}: </span>}
              <bdi>{row.preview.text}</bdi>
            </>
          ) : (
            text.noMessageYet
          )}
        </span>
        <span class={styles.foot}>
          <span class={styles.facts}>
            <bdi>{foot}</bdi>
          </span>
          {row.status !== 'OPEN' && <StatusMark status={row.status} />}
        </span>
      </span>
    </a>
  );
}

/** The waiting time while somebody waits; else when it last moved. */
function RowTime({ row }: { row: Row }) {
  const waiting = waitingTime(row, now.value);
  if (waiting) {
    return (
      <span class={waiting.overdue ? `${styles.time} ${styles.overdue}` : styles.time}>
        <span aria-hidden="true">{waiting.words}</span>
        <span class="bk-spoken">{text.waiting(waiting.words)}</span>
      </span>
    );
  }
  const at = pastInstant(row.preview?.at ?? row.created_at);
  const date = new Date(at);
  const recent = now.value - at < DAY_MS;
  const words = recent
    ? timeOfDay(at, text.locale)
    : calendarDay(date.getFullYear(), date.getMonth() + 1, date.getDate(), text.locale);
  return <span class={styles.time}>{words}</span>;
}
