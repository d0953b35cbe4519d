import type { Connection, Thread } from '@beckon/sdk';
import type { ReadonlySignal, Signal } from '@preact/signals-core';
import { arrivals } from './arrivals';
import type { Conversations } from './conversations';
import type { Sound } from './sound';

/** What the receipts are of. */
interface Around {
  connection: Pick<Connection, 'tell'>;
  sound: Sound;
  conversations: Conversations;
  /** The thread of the window, also while that is closed. */
  thread: ReadonlySignal<Thread | undefined>;
  /** The window is on screen. */
  open: ReadonlySignal<boolean>;
  /** Nothing of the widget may be seen or heard. */
  hidden(): boolean;
  /** Takes the thread of a message that was not in front of the visitor's eyes. */
  news: Signal<Thread | undefined>;
}

/** Says how far what was written has come: to this browser, and to the visitor's eyes. */
export class Receipts {
  /** How far the server knows that this browser has it, by conversation. */
  private readonly delivered = new Map<string, number>();

  constructor(private readonly around: Around) {}

  /** The connection is new, or the visitor is. */
  forget(): void {
    this.delivered.clear();
  }

  /** The list is new: says what has come to this browser, to the server and to a visitor who is not looking at it. */
  received(before: readonly Thread[]): void {
    const { connection, sound, conversations, thread: shown, open, hidden, news } = this.around;
    const { threads } = conversations;
    for (const { conversation, head, unread } of threads.value) {
      if (unread === 0 || (this.delivered.get(conversation) ?? 0) >= head) continue;
      if (connection.tell({ type: 'delivered', conversation, position: head })) this.delivered.set(conversation, head);
    }
    const seen = open.value && document.visibilityState === 'visible' ? shown.value?.thread : undefined;
    const newest = arrivals(before, threads.value).findLast(({ thread }) => thread !== seen);
    if (!newest || hidden()) return;
    void sound.play();
    news.value = newest;
  }

  /** Everything of the thread on screen has been seen, if it can be seen. */
  markRead(): void {
    const { connection, thread, open, conversations } = this.around;
    const feed = conversations.feed.value;
    // The version is read so that an effect follows it.
    if (!feed || !open.value || document.visibilityState !== 'visible' || conversations.feedVersion.value < 0) return;
    const known = thread.peek();
    if (!feed.live || !known || known.conversation !== feed.conversation) return;
    if (feed.last <= feed.cursors.own_read && known.unread === 0) return;
    if (!connection.tell({ type: 'read', conversation: feed.conversation, position: feed.last })) return;
    feed.cursors = { ...feed.cursors, own_read: feed.last };
    if (known.unread > 0) conversations.set({ ...known, unread: 0 });
  }
}
