import { useEffect } from 'preact/hooks';
import { type Chat, TOO_MANY_TABS } from '../chat';
import { words } from '../words';
import styles from './chat_window.module.css';
import { Header } from './header';
import { MessageSkeleton } from './skeleton';
import { ThreadList } from './thread_list';
import { ThreadView } from './thread_view';

/** Everything inside the iframe. */
export function ChatWindow({ chat, onClose }: { chat: Chat; onClose: () => void }) {
  useEffect(() => {
    const onKey = (key: KeyboardEvent) => {
      if (key.key !== 'Escape' || key.defaultPrevented || key.isComposing) return;
      key.preventDefault();
      onClose();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [onClose]);

  const place = chat.places.place.value;
  return (
    <main class={styles.window} aria-label={chat.name}>
      <Header chat={chat} onClose={onClose} />
      <Notice chat={chat} />
      {place.name === 'list' && <ThreadList chat={chat} />}
      {place.name === 'thread' && <ThreadView key={place.thread} chat={chat} thread={place.thread} />}
      {place.name === 'nowhere' && (
        <div class={styles.skeleton}>
          <MessageSkeleton />
        </div>
      )}
    </main>
  );
}

/** What is wrong with the connection, in words; nothing while it is well. */
function Notice({ chat }: { chat: Chat }) {
  const status = chat.status.value;
  const text =
    status.state === 'refused'
      ? status.code === TOO_MANY_TABS
        ? words().tooManyTabs
        : words().refused
      : status.state === 'waiting' || (status.state === 'connecting' && status.attempt > 0)
        ? chat.welcomed.value
          ? words().reconnecting
          : words().unreachable
        : '';
  return (
    <div role="status" class={styles.noticePlace}>
      {text && <p class={styles.notice}>{text}</p>}
    </div>
  );
}
