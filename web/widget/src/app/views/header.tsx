import { ArrowLeftIcon, Avatar, BellIcon, BellSlashIcon, IconButton, Mark, XIcon } from '@beckon/ui';
import type { Chat } from '../chat';
import { words } from '../words';
import styles from './header.module.css';

/** Who is there, and the ways out: back to the list, and away. */
export function Header({ chat, onClose }: { chat: Chat; onClose: () => void }) {
  const inThread = chat.places.place.value.name === 'thread';
  const agent = inThread ? chat.places.thread.value?.agent : undefined;
  const live = chat.status.value.state === 'live';
  const canGoBack = chat.config.multiThread && inThread && chat.conversations.threads.value.length > 0;
  return (
    <header class={styles.header} data-full={chat.full.value}>
      {canGoBack && (
        <IconButton touch label={words().back} onClick={() => chat.places.showList()}>
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
        <h1 class={styles.name}>{agent?.name ?? chat.name}</h1>
        <p class={styles.presence}>
          {chat.online.value && live && <span class={styles.here} aria-hidden="true" />}
          {/* Without a connection nobody knows; the line keeps its height. */}
          {!live ? '\u00a0' : chat.online.value ? words().online : words().away}
        </p>
      </div>
      {/* Beside the way back there would be no room for the line under the name. */}
      {!canGoBack && <SoundSwitch chat={chat} />}
      {!chat.full.value && (
        <IconButton touch label={words().close} onClick={onClose}>
          <XIcon />
        </IconButton>
      )}
    </header>
  );
}

function SoundSwitch({ chat }: { chat: Chat }) {
  const { sound } = chat;
  const on = sound.on.value;
  return (
    <IconButton touch label={on ? words().soundOff : words().soundOn} onClick={() => sound.choose(!on)}>
      {on ? <BellIcon /> : <BellSlashIcon />}
    </IconButton>
  );
}
