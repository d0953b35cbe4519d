import type { Feed } from '@beckon/sdk';
import { ArrowClockwiseIcon, Avatar, Button, CheckIcon, PlainText, timeOfDay, UsersIcon, XIcon } from '@beckon/ui';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { words } from '../../locales/en';
import type { Chat } from '../chat';
import type { Group, Line } from '../timeline';
import styles from './message_list.module.css';

/** So close to an edge counts as being there, CSS pixels. */
const EDGE = 48;

/** The messages, from the welcome line down to what is being sent. Stays at the end unless the reader has scrolled away. */
export function MessageList({ chat, feed, items }: { chat: Chat; feed: Feed | undefined; items: (Group | Line)[] }) {
  const scroller = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const before = useRef({ height: 0, first: '' });
  const [behind, setBehind] = useState(false);
  const open = chat.open.value;
  const first = items[0]?.id ?? '';
  const lastMine = items.findLast((item): item is Group => item.kind === 'group' && item.mine);
  const newest = items[items.length - 1];
  const length = items.reduce((sum, item) => sum + (item.kind === 'group' ? item.bubbles.length : 1), 0);

  // Runs when something was added at either end, or the window opens.
  useLayoutEffect(() => {
    const box = scroller.current;
    if (!box) return;
    const grewUpward = before.current.first !== '' && before.current.first !== first && !atEnd.current;
    if (grewUpward) box.scrollTop += box.scrollHeight - before.current.height;
    else if (
      atEnd.current ||
      (newest?.kind === 'group' && newest.mine && newest.bubbles.at(-1)?.delivery === 'sending')
    ) {
      box.scrollTop = box.scrollHeight;
    } else setBehind(true);
    before.current = { height: box.scrollHeight, first };
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
    before.current = { height: box.scrollHeight, first };
  };

  const complete = feed ? feed.complete : !chat.thread.value;
  const answered = items.some((item) => item.kind === 'group' && !item.mine);
  const started = lastMine?.bubbles.some(({ delivery }) => delivery === 'sent');
  return (
    <div class={styles.place}>
      <div
        ref={scroller}
        class={styles.scroller}
        role="log"
        aria-label={words.messages}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it.
        tabIndex={0}
        onScroll={onScroll}
      >
        {feed && !complete && feed.events.length > 0 && <Earlier feed={feed} />}
        {complete && <p class={styles.welcome}>{chat.config.welcome}</p>}
        {items.map((item) =>
          item.kind === 'line' ? (
            <TimelineLine key={item.id} line={item} />
          ) : (
            <MessageGroup key={item.id} chat={chat} group={item} isLastMine={item === lastMine} />
          ),
        )}
        {started && !answered && complete && <p class={styles.promise}>{words.firstSent}</p>}
      </div>
      {behind && (
        <Button
          class={styles.newer ?? ''}
          onClick={() => scroller.current?.scrollTo({ top: scroller.current.scrollHeight })}
        >
          {words.newMessages}
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
      {failed ? words.earlierFailed : words.earlier}
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

function MessageGroup({ chat, group, isLastMine }: { chat: Chat; group: Group; isLastMine: boolean }) {
  const { mine, author, bubbles, at } = group;
  const name = author.name ?? words.team;
  const last = bubbles[bubbles.length - 1];
  const failed = bubbles.filter(({ delivery }) => delivery === 'failed');
  return (
    <div class={mine ? styles.mine : styles.theirs}>
      <span class="bk-spoken">{mine ? words.you : name}</span>
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
            <span class="ib-widget-message-text">
              <PlainText text={bubble.text} />
            </span>
          </div>
        ))}
        {failed.map(({ client_id, failure, id }) => (
          <p key={id} class={styles.failed} role="alert">
            {words.notSent}
            {failure && `: ${failure}`}{' '}
            <button type="button" onClick={() => client_id && chat.retry(client_id)}>
              {words.tryAgain}
            </button>{' '}
            <button type="button" onClick={() => client_id && chat.discard(client_id)}>
              {words.delete}
            </button>
          </p>
        ))}
        <p class={styles.under}>
          {!mine && `${name} · `}
          <time dateTime={new Date(at).toISOString()}>{timeOfDay(at, navigator.language)}</time>
          {isLastMine && last && last.delivery !== 'failed' && ` · ${deliveryText(chat, last.delivery)}`}
        </p>
      </div>
    </div>
  );
}

function deliveryText(chat: Chat, delivery: 'sent' | 'sending'): string {
  if (delivery === 'sent') return words.sent;
  return chat.status.value.state === 'waiting' ? words.waiting : words.sending;
}
