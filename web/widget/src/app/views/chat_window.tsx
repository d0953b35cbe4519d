import { isInputMethods } from '@beckon/ui';
import { render } from 'preact';
import { useEffect } from 'preact/hooks';
import { type Chat, TOO_MANY_TABS } from '../chat';
import { WRONG_ADDRESS } from '../server';
import { words } from '../words';
import styles from './chat_window.module.css';
import { Header } from './header';
import { onUse } from './on_use';
import { MessageSkeleton } from './skeleton';
import { ThreadView } from './thread_view';

const list = onUse(() => import('./thread_list').then(({ ThreadList }) => ThreadList));

/** Puts the window into the page, in place of what was there. */
export function show(chat: Chat, onClose: () => void): void {
  document.body.replaceChildren();
  render(<ChatWindow chat={chat} onClose={onClose} />, document.body);
}

/** Everything inside the iframe. */
function ChatWindow({ chat, onClose }: { chat: Chat; onClose: () => void }) {
  useEffect(() => {
    const onKey = (key: KeyboardEvent) => {
      if (key.key !== 'Escape' || key.defaultPrevented || isInputMethods(key)) return;
      key.preventDefault();
      onClose();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [onClose]);

  // The way back leads there.
  const mayGoBack = chat.config.multiThread && chat.conversations.threads.value.length > 0;
  useEffect(() => {
    if (mayGoBack) list.load();
  }, [mayGoBack]);

  const place = chat.places.place.value;
  return (
    <main class={styles.window} aria-label={chat.name}>
      <Header chat={chat} onClose={onClose} />
      <Notice chat={chat} />
      {place.name === 'list' && <list.View chat={chat} />}
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
        : status.code === WRONG_ADDRESS
          ? words().wrongAddress
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
