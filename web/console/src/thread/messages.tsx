import type { Row } from '@beckon/sdk';
import { calendarDay, Dot, pastInstant } from '@beckon/ui';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { now } from '../clock';
import { text } from '../locales/en';
import { visitorName } from '../names';
import { attentive } from '../viewport';
import { BubbleGroup, type Reached } from './bubble_group';
import { ContextLine } from './context_line';
import { ContextThen } from './context_then';
import type { Conversation } from './conversation';
import { NoteRow } from './note_row';
import styles from './thread.module.css';
import { type TimelineItem, timelineOf } from './timeline';
import { TimelineLine } from './timeline_line';
import { TypingRow } from './typing_row';

/** So near to the end counts as being at the end. CSS pixels. */
const NEAR_END = 48;
/** So near to the beginning older messages are asked for. CSS pixels. */
const NEAR_BEGINNING = 400;

interface MessagesProps {
  conversation: Conversation;
  row: Row;
  me: { id: string; name: string };
  offline: boolean;
  onRetry: (clientId: string) => void;
  onDelete: (clientId: string) => void;
  /** The agent sees everything up to this position. */
  onSeen: (position: number) => void;
  /** The card shall show what it showed at a position. `at` in milliseconds. */
  onThen: (position: number, at: number) => void;
}

/** Puts the focus on the messages on screen, where no field takes single keys for text. */
export function focusMessages(): void {
  document.querySelector<HTMLElement>('[data-messages]')?.focus({ preventScroll: true });
}

/** The messages and lines of a conversation, newest at the bottom. */
export function Messages({ conversation, row, me, offline, onRetry, onDelete, onSeen, onThen }: MessagesProps) {
  const log = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const [newBelow, setNewBelow] = useState(false);
  const events = conversation.events.value;
  const pending = conversation.pending.value;
  const complete = conversation.complete.value;
  const earlier = conversation.earlier.value;
  const author = { type: 'agent', id: me.id, name: me.name } as const;
  const items = timelineOf(events, pending, author, conversation.context.fold.value);
  const newestOfTeam = items.findLast((item) => item.type === 'group' && item.side === 'team')?.key;
  const typing = conversation.typing.value;

  const before = useRef({ first: 0, last: 0, own: 0, height: 0 });
  useLayoutEffect(() => {
    const element = log.current;
    if (!element) return;
    const first = events[0]?.position ?? 0;
    const last = events[events.length - 1]?.position ?? 0;
    const known = before.current;
    const grewAbove = known.last > 0 && first < known.first && last === known.last;
    if (grewAbove) {
      element.scrollTop += element.scrollHeight - known.height;
    } else if (atEnd.current || pending.length > known.own) {
      element.scrollTop = element.scrollHeight;
      setNewBelow(false);
    } else if (last > known.last && isWritten(events[events.length - 1]?.event.kind)) {
      setNewBelow(true);
    }
    before.current = { first, last, own: pending.length, height: element.scrollHeight };
  }, [events, pending, typing]);

  // A pane that gets smaller (the composer grows, a keyboard opens) must not hide the end.
  useEffect(() => {
    const element = log.current;
    if (!element) return;
    const watcher = new ResizeObserver(() => {
      if (atEnd.current) element.scrollTop = element.scrollHeight;
    });
    watcher.observe(element);
    return () => watcher.disconnect();
  }, []);

  // A first page of events that nobody sees (context only) would leave nothing to scroll.
  useEffect(() => {
    const element = log.current;
    if (element && !complete && earlier === 'idle' && element.scrollTop < NEAR_BEGINNING)
      void conversation.loadEarlier();
  }, [conversation, complete, earlier, events]);

  const seen = (): void => {
    if (attentive.peek() && atEnd.current) onSeen(conversation.head);
  };
  const looking = attentive.value;
  // A new event, coming back to the page, and a connection to tell it over: each is a reason to say what was seen.
  useEffect(seen, [conversation, events, looking, offline]);

  const scrolled = (): void => {
    const element = log.current;
    if (!element) return;
    atEnd.current = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR_END;
    if (atEnd.current) {
      setNewBelow(false);
      seen();
    }
    if (element.scrollTop < NEAR_BEGINNING && earlier === 'idle') void conversation.loadEarlier();
  };

  return (
    <div class={styles.stage}>
      <div
        class={styles.log}
        ref={log}
        onScroll={scrolled}
        role="log"
        aria-label={text.messages}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls has to be reached with the keyboard.
        tabIndex={0}
        data-messages
      >
        <div class={styles.column}>
          {complete && <p class={styles.beginning}>{text.beginning}</p>}
          {earlier === 'loading' && <p class={styles.beginning}>{text.earlier}</p>}
          {earlier === 'failed' && (
            <p class={styles.beginning} role="alert">
              {text.earlierFailed}{' '}
              <button type="button" class={styles.act} onClick={() => void conversation.loadEarlier()}>
                {text.tryAgain}
              </button>
            </p>
          )}
          {items.map((item) => (
            <Item
              key={item.key}
              item={item}
              row={row}
              me={me.id}
              offline={offline}
              reached={conversation.cursors.value}
              newest={item.key === newestOfTeam}
              onRetry={onRetry}
              onDelete={onDelete}
              onThen={onThen}
            />
          ))}
          {typing && <TypingRow author={typing} row={row} />}
        </div>
      </div>
      {newBelow && (
        <button
          type="button"
          class={styles.jump}
          onClick={() => {
            const element = log.current;
            if (element) element.scrollTop = element.scrollHeight;
          }}
        >
          <Dot label={text.newBelow} />
          {text.newest}
        </button>
      )}
    </div>
  );
}

type ItemProps = Pick<MessagesProps, 'row' | 'offline' | 'onRetry' | 'onDelete' | 'onThen'> & {
  item: TimelineItem;
  me: string;
  reached: Reached;
  newest: boolean;
};

/** Whether an event of this kind was written by somebody, to be read. */
function isWritten(kind: string | undefined): boolean {
  return kind === 'message' || kind === 'note';
}

function Item({ item, me, reached, newest, ...rest }: ItemProps) {
  switch (item.type) {
    case 'day':
      return <p class={styles.day}>{dayWords(item.at, now.value)}</p>;
    case 'line':
      return (
        <TimelineLine event={item.event} visitor={visitorName(rest.row)} me={me}>
          <ContextThen position={item.position} at={pastInstant(item.event.at)} onThen={rest.onThen} over />
        </TimelineLine>
      );
    case 'context':
      return <ContextLine row={item} onThen={rest.onThen} />;
    case 'group':
      return <BubbleGroup group={item} me={me} reached={reached} newest={newest} {...rest} />;
    case 'note': {
      const { row, ...others } = rest;
      return <NoteRow note={item} visitor={visitorName(row)} me={me} {...others} />;
    }
  }
}

/** *Today*, *Yesterday*, *23 Nov 2026*. Times in milliseconds. */
function dayWords(at: number, present: number): string {
  const [date, today] = [new Date(at), new Date(present)];
  const yesterday = new Date(today.getFullYear(), today.getMonth(), today.getDate() - 1);
  if (date.toDateString() === today.toDateString()) return text.today;
  if (date.toDateString() === yesterday.toDateString()) return text.yesterday;
  return calendarDay(date.getFullYear(), date.getMonth() + 1, date.getDate(), text.locale);
}
