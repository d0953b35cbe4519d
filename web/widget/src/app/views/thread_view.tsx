import { Button } from '@beckon/ui';
import type { Chat } from '../chat';
import { WRONG_ADDRESS } from '../server';
import { closedText, timeline } from '../timeline';
import { words } from '../words';
import { Composer } from './composer';
import { MessageList } from './message_list';
import styles from './thread_view.module.css';

/** One conversation, or the empty beginning of one. */
export function ThreadView({ chat, thread }: { chat: Chat; thread: string }) {
  // Read for its change: the feed itself is not a signal.
  chat.conversations.feedVersion.value;
  const known = chat.places.thread.value;
  const feed = known ? chat.conversations.feed.value : undefined;
  const sent = chat.conversations.sent.value.filter((message) => message.thread === thread);
  const writes = chat.writes.value.filter(
    ({ frame }) =>
      frame.type === 'send' &&
      (frame.thread === thread || (known !== undefined && frame.conversation === known.conversation)),
  );
  const items = timeline(feed?.events ?? [], sent, writes, Date.now());
  const closed = known?.status === 'CLOSED';
  const status = chat.status.value;
  // What is written here would arrive nowhere.
  const nowhere = status.state === 'refused' && status.code === WRONG_ADDRESS;
  // The foot says it, with the way on.
  const last = items.at(-1);
  if (closed && last?.kind === 'line' && last.what === 'closed') items.pop();
  const closing = feed?.events.findLast(({ event }) => event.kind === 'status' && event.to === 'CLOSED');
  return (
    <>
      <MessageList chat={chat} feed={feed} items={items} />
      {closed ? (
        <footer class={styles.closed}>
          <p>{closedText(closing?.event.author)}</p>
          <Button variant="primary" touch onClick={() => chat.places.startNew()}>
            {words().newConversation}
          </Button>
        </footer>
      ) : (
        !nowhere && <Composer chat={chat} thread={thread} />
      )}
    </>
  );
}
