import type { Thread } from '@beckon/sdk';
import { Avatar, Button, Dot, Mark, PlusIcon, pastInstant, shortWhen } from '@beckon/ui';
import { useEffect, useRef } from 'preact/hooks';
import { counted } from '../../words';
import type { Chat } from '../chat';
import { locale, words } from '../words';
import styles from './thread_list.module.css';

/** All conversations of this visitor, the newest on top. */
export function ThreadList({ chat }: { chat: Chat }) {
  const heading = useRef<HTMLHeadingElement>(null);
  const open = chat.open.value;
  useEffect(() => {
    if (open) heading.current?.focus();
  }, [open]);
  return (
    <section class={styles.place} aria-label={words().conversations}>
      <h2 ref={heading} tabIndex={-1} class={styles.heading}>
        {words().conversations}
      </h2>
      <div class={styles.first}>
        <Button variant="primary" touch onClick={() => chat.places.startNew()}>
          <PlusIcon />
          {words().newConversation}
        </Button>
      </div>
      <ul class={styles.list}>
        {chat.conversations.threads.value.map((thread) => (
          <li key={thread.thread}>
            <ThreadRow chat={chat} thread={thread} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function ThreadRow({ chat, thread }: { chat: Chat; thread: Thread }) {
  const { preview, agent, unread, status } = thread;
  const mine = preview?.author.type === 'visitor';
  const ended = status === 'CLOSED' ? words().statusClosed : status === 'SOLVED' ? words().statusSolved : '';
  return (
    <button
      type="button"
      class={styles.row}
      data-unread={unread > 0}
      onClick={() => chat.places.showThread(thread.thread)}
    >
      <span class={styles.gutter}>{unread > 0 && <Dot label={counted(words().unread, unread, locale())} />}</span>
      {agent ? (
        <Avatar id={agent.id} name={agent.name} size={32} />
      ) : (
        <span class={styles.mark}>
          <Mark size={20} dot={false} />
        </span>
      )}
      <span class={styles.name}>{agent?.name ?? chat.name}</span>
      <span class={styles.time}>{shortWhen(pastInstant(preview?.at ?? thread.updated_at), Date.now(), locale())}</span>
      <span class={styles.preview}>
        {mine && <span>{words().you} </span>}
        <bdi>{preview ? preview.text : words().noMessages}</bdi>
      </span>
      {ended && <span class={styles.status}>{ended}</span>}
    </button>
  );
}
