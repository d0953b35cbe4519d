import type { Author, Feed } from '@beckon/sdk';
import { ArrowClockwiseIcon, Avatar, Button, CheckIcon, PlainText, timeOfDay, UsersIcon, XIcon } from '@beckon/ui';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { fill } from '../../words';
import type { Chat } from '../chat';
import type { Bubble, Group, Item, Line } from '../timeline';
import { locale, words } from '../words';
import styles from './message_list.module.css';
import { MessageSkeleton } from './skeleton';

/** So close to an edge counts as being there, CSS pixels. */
const EDGE = 48;

/** The messages, from the welcome line down to what is being sent. Stays at the end unless the reader has scrolled away. */
export function MessageList({ chat, feed, items }: { chat: Chat; feed: Feed | undefined; items: Item[] }) {
  const scroller = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const before = useRef({ height: 0, first: '', length: 0, open: false });
  const [behind, setBehind] = useState(false);
  /** Something came while the window was closed. */
  const missed = useRef(false);
  const open = chat.open.value;
  const first = items[0]?.id ?? '';
  const lastMine = items.findLast((item): item is Group => item.kind === 'group' && item.mine);
  const newest = items[items.length - 1];
  const length = items.reduce((sum, item) => sum + (item.kind === 'group' ? item.bubbles.length : 1), 0);
  const writer = chat.typing.writer.value;
  const writing = feed && writer?.conversation === feed.conversation ? writer.author : undefined;

  // Runs when something was added at either end, or the window opens.
  useLayoutEffect(() => {
    const box = scroller.current;
    if (!box) return;
    const { current: last } = before;
    const grewUpward = last.first !== '' && last.first !== first && !atEnd.current;
    const grewDownward = length > last.length && !grewUpward;
    const mine = newest?.kind === 'group' && newest.mine;
    // Whoever opens the window on something new wants to see it; whoever sends something, too.
    if (grewDownward && !open) missed.current = true;
    const wanted = (open && missed.current) || (grewDownward && mine);
    if (open) missed.current = false;
    if (grewUpward) box.scrollTop += box.scrollHeight - last.height;
    else if (atEnd.current || wanted) box.scrollTop = box.scrollHeight;
    else if (grewDownward && newest?.kind === 'group') setBehind(true);
    before.current = { height: box.scrollHeight, first, length, open };
  }, [first, length, open]);

  // What stands there may grow too: a message that failed says so in a line of its own.
  useLayoutEffect(() => {
    if (atEnd.current && scroller.current) scroller.current.scrollTop = scroller.current.scrollHeight;
  });

  useEffect(() => {
    const box = scroller.current;
    if (!box) return;
    // The keyboard of a phone, or a growing composer, takes height away.
    const observer = new ResizeObserver(() => {
      if (atEnd.current) box.scrollTop = box.scrollHeight;
    });
    observer.observe(box);
    return () => observer.disconnect();
  }, []);

  const onScroll = () => {
    const box = scroller.current;
    if (!box) return;
    atEnd.current = box.scrollHeight - box.scrollTop - box.clientHeight < EDGE;
    if (atEnd.current) setBehind(false);
    before.current = { ...before.current, height: box.scrollHeight };
  };

  const complete = feed ? feed.complete : !chat.places.thread.value;
  const answered = items.some((item) => item.kind === 'group' && !item.mine);
  const started = lastMine?.bubbles.some(({ delivery }) => delivery === 'sent');
  return (
    <div class={styles.place}>
      <div
        ref={scroller}
        class={styles.scroller}
        role="log"
        aria-label={words().messages}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it.
        tabIndex={0}
        onScroll={onScroll}
      >
        {feed && !complete && feed.events.length > 0 && <Earlier feed={feed} />}
        {complete && <p class={styles.welcome}>{chat.config.welcome ?? words().welcome}</p>}
        {feed && !complete && feed.events.length === 0 && <MessageSkeleton />}
        {items.map((item) => {
          if (item.kind === 'line') return <TimelineLine key={item.id} line={item} />;
          if (item.kind === 'day') return <h2 key={item.id} class={styles.day} children={item.text} />;
          return <MessageGroup key={item.id} chat={chat} feed={feed} group={item} isLastMine={item === lastMine} />;
        })}
        {started && !answered && complete && <p class={styles.promise}>{words().firstSent}</p>}
        {writing && <Writing author={writing} />}
      </div>
      {behind && (
        <Button
          class={styles.newer ?? ''}
          onClick={() => scroller.current?.scrollTo({ top: scroller.current.scrollHeight })}
        >
          {words().newMessages}
        </Button>
      )}
    </div>
  );
}

/** Loads older messages when it comes into view, or is pressed. */
function Earlier({ feed }: { feed: Feed }) {
  const button = useRef<HTMLButtonElement>(null);
  const [failed, setFailed] = useState(false);
  const load = () => {
    setFailed(false);
    feed.loadEarlier().catch(() => setFailed(true));
  };
  useEffect(() => {
    const target = button.current;
    if (!target) return;
    const observer = new IntersectionObserver((seen) => {
      if (seen.some(({ isIntersecting }) => isIntersecting)) load();
    });
    observer.observe(target);
    return () => observer.disconnect();
  }, [feed, feed.events[0]?.position]);
  return (
    <Button buttonRef={button} variant="quiet" class={styles.earlier ?? ''} onClick={load}>
      {failed ? words().earlierFailed : words().earlier}
    </Button>
  );
}

const LINE_ICONS = {
  joined: UsersIcon,
  left: UsersIcon,
  solved: CheckIcon,
  closed: XIcon,
  reopened: ArrowClockwiseIcon,
};

function TimelineLine({ line }: { line: Line }) {
  const Icon = LINE_ICONS[line.what];
  return (
    <p class={styles.line}>
      <Icon size={16} />
      {line.text}
    </p>
  );
}

/** Somebody is writing: three dots, and who it is. Not read aloud each time: only what is written then is. */
function Writing({ author }: { author: Author }) {
  const name = author.name ?? words().team;
  return (
    <div class={styles.theirs} aria-live="off" data-writing>
      <span class={styles.face}>
        <Avatar id={author.id ?? name} name={name} bot={author.type === 'bot'} size={24} />
      </span>
      <div class={styles.bubbles}>
        <span class={`${styles.bubble} ${styles.dots}`} aria-hidden="true">
          <span />
          <span />
          <span />
        </span>
        <p class={styles.under}>{fill(words().writing, { name }, words())}</p>
      </div>
    </div>
  );
}

interface GroupProps {
  chat: Chat;
  feed: Feed | undefined;
  group: Group;
  isLastMine: boolean;
}

function MessageGroup({ chat, feed, group, isLastMine }: GroupProps) {
  const { mine, author, bubbles, at } = group;
  const name = author.name ?? words().team;
  const last = bubbles[bubbles.length - 1];
  const failed = bubbles.filter(({ delivery }) => delivery === 'failed');
  return (
    <div class={mine ? styles.mine : styles.theirs}>
      <span class="bk-spoken">{mine ? words().you : name}</span>
      {!mine && (
        <span class={styles.face}>
          <Avatar id={author.id ?? name} name={name} bot={author.type === 'bot'} size={24} />
        </span>
      )}
      <div class={styles.bubbles}>
        {bubbles.map((bubble) => (
          <div
            key={bubble.id}
            class={`${styles.bubble} ib-widget-message-bubble ${mine ? 'user' : 'agent'}`}
            data-delivery={bubble.delivery}
          >
            <span class="ib-widget-message-text" dir="auto">
              <PlainText text={bubble.text} />
            </span>
          </div>
        ))}
        {failed.map(({ client_id, failure, id }) => (
          <p key={id} class={styles.failed} role="alert">
            {words().notSent}
            {failure && `: ${failure}`}{' '}
            <button type="button" onClick={() => client_id && chat.retry(client_id)}>
              {words().tryAgain}
            </button>{' '}
            <button type="button" onClick={() => client_id && chat.discard(client_id)}>
              {words().delete}
            </button>
          </p>
        ))}
        <p class={styles.under}>
          {!mine && (
            <>
              <bdi>{name}</bdi>
              {' · '}
            </>
          )}
          <bdi>
            <time dateTime={new Date(at).toISOString()}>{timeOfDay(at, locale())}</time>
          </bdi>
          {isLastMine && last && last.delivery !== 'failed' && ` · ${deliveryText(chat, feed, last)}`}
        </p>
      </div>
    </div>
  );
}

function deliveryText(chat: Chat, feed: Feed | undefined, { delivery, position }: Bubble): string {
  if (delivery === 'sending') return chat.status.value.state === 'waiting' ? words().waiting : words().sending;
  const { delivered, read } = feed?.cursors ?? { delivered: 0, read: 0 };
  if (position !== undefined && position <= read) return words().seen;
  return position !== undefined && position <= delivered ? words().delivered : words().sent;
}
