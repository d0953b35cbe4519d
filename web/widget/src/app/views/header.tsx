import { ArrowLeftIcon, Avatar, IconButton, Mark, XIcon } from '@beckon/ui';
import { words } from '../../locales/en';
import type { Chat } from '../chat';
import styles from './header.module.css';

/** Who is there, and the ways out: back to the list, and away. */
export function Header({ chat, onClose }: { chat: Chat; onClose: () => void }) {
  const inThread = chat.place.value.name === 'thread';
  const agent = inThread ? chat.thread.value?.agent : undefined;
  const canGoBack = chat.config.multiThread && inThread && chat.threads.value.length > 0;
  return (
    <header class={styles.header}>
      {canGoBack && (
        <IconButton touch label={words.back} onClick={() => chat.showList()}>
          <ArrowLeftIcon />
        </IconButton>
      )}
      {agent ? (
        <Avatar id={agent.id} name={agent.name} size={32} />
      ) : (
        <span class={styles.mark}>
          <Mark size={24} dot={false} />
        </span>
      )}
      <div class={styles.names}>
        <h1 class={styles.name}>{agent?.name ?? chat.config.name}</h1>
        <p class={styles.presence}>
          {chat.online.value && <span class={styles.here} aria-hidden="true" />}
          {chat.online.value ? words.online : words.away}
        </p>
      </div>
      {!chat.full.value && (
        <IconButton touch label={words.close} onClick={onClose}>
          <XIcon />
        </IconButton>
      )}
    </header>
  );
}
