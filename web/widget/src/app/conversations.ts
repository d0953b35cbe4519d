import type { Connection, Feed, Thread, Write } from '@beckon/sdk';
import { type ReadonlySignal, type Signal, signal } from '@preact/signals-core';
import type { SentMessage } from './timeline';
import type { Typing } from './typing';

/** The visitor's conversations as this tab knows them, and the one on screen. */
export class Conversations {
  /** Newest first. */
  readonly threads: Signal<Thread[]> = signal([]);
  /** On disk, but their events have not come yet. */
  readonly sent: Signal<SentMessage[]> = signal([]);
  private readonly followed: Signal<Feed | undefined> = signal(undefined);
  private readonly changes = signal(0);

  /** Of the conversation on screen. */
  get feed(): ReadonlySignal<Feed | undefined> {
    return this.followed;
  }

  /** Counts up when the feed has changed. */
  get feedVersion(): ReadonlySignal<number> {
    return this.changes;
  }

  /** All there are. */
  learn(threads: Thread[]): void {
    this.threads.value = newestFirst(threads);
  }

  set(thread: Thread): void {
    this.learn([...this.threads.value.filter((known) => known.thread !== thread.thread), thread]);
  }

  forget(): void {
    this.threads.value = [];
    this.sent.value = [];
  }

  /** A message is on disk. Its conversation counts from now on: the frame that announces a new one may still be on its way. */
  arrived({ frame }: Write, accepted: { conversation?: string; event_id?: string; at?: string }): void {
    if (frame.type !== 'send') return;
    const { event_id = '', at = new Date().toISOString(), conversation } = accepted;
    const thread =
      frame.thread ?? this.threads.value.find((known) => known.conversation === frame.conversation)?.thread;
    if (thread === undefined) return;
    const { client_id, message } = frame;
    this.sent.value = [...this.sent.value, { thread, client_id, event_id, at, text: message.text }];
    if (conversation === undefined || this.threads.value.some((known) => known.thread === thread)) return;
    this.set({
      conversation,
      thread,
      status: 'OPEN',
      head: 1,
      unread: 0,
      preview: { author: { type: 'visitor', id: null, name: null }, text: message.text, at },
      agent: null,
      created_at: at,
      updated_at: at,
    });
  }

  /** This one is on screen. `changed` is called whenever more of it is known. */
  follow(
    conversation: string | undefined,
    connection: Pick<Connection, 'follow'>,
    typing: Typing,
    changed: () => void,
  ): void {
    const before = this.followed.peek();
    if (before?.conversation === conversation) return;
    before?.close();
    typing.rest();
    if (conversation === undefined) {
      this.followed.value = undefined;
      return;
    }
    const feed = connection.follow(conversation);
    feed.subscribe((change) => {
      this.changes.value++;
      for (const { event } of change.type === 'events' ? change.events : []) {
        if (event.kind === 'message') typing.stopped(conversation, event.author);
      }
      const ids = new Set(feed.events.map(({ event }) => event.id));
      if (this.sent.value.some(({ event_id }) => ids.has(event_id))) {
        this.sent.value = this.sent.value.filter(({ event_id }) => !ids.has(event_id));
      }
      changed();
    });
    this.followed.value = feed;
  }
}

function newestFirst(threads: Thread[]): Thread[] {
  return [...threads].sort((one, other) => other.updated_at.localeCompare(one.updated_at));
}
