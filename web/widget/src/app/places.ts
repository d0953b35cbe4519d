import type { Thread } from '@beckon/sdk';
import { uuid } from '@beckon/sdk';
import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals';

/** What the window shows. A thread nobody has written in yet is a new conversation. */
export type Place = { name: 'nowhere' } | { name: 'list' } | { name: 'thread'; thread: string };

/** What the way through the window depends on. */
interface Around {
  multiThread: boolean;
  /** Newest first. */
  threads: ReadonlySignal<readonly Thread[]>;
  unread: ReadonlySignal<number>;
  /** The visitor may have conversations that nobody here knows of yet. */
  unsure: () => boolean;
  /** The thread that was on screen last, also on an earlier page. */
  lastThread: () => string | null;
  /** A first message of this thread is on its way, or on disk with its conversation not announced yet. */
  begun: (thread: string) => boolean;
}

/** Where the window stands, and where it goes when it is opened. */
export class Places {
  readonly place: Signal<Place> = signal({ name: 'nowhere' });
  /** The thread on screen; undefined in the list, and for a new conversation. */
  readonly thread: ReadonlySignal<Thread | undefined>;
  /** A single-thread widget was asked for a new conversation before it was known whether there is an open one. */
  private wantsNew = false;

  constructor(private readonly around: Around) {
    this.thread = computed(() => {
      const place = this.place.value;
      return place.name === 'thread' ? around.threads.value.find(({ thread }) => thread === place.thread) : undefined;
    });
  }

  /** Somebody chose the place on purpose: the site by a command, or the visitor by a click. */
  get chosen(): boolean {
    return this.place.value.name !== 'nowhere';
  }

  /** Shows what a visitor who opens the chat wants to see: `wanted`, the newest message, or an empty new conversation. */
  show(wanted?: string): void {
    const { multiThread, threads } = this.around;
    if (!multiThread) this.showOnly();
    else if (threads.value.some(({ thread }) => thread === wanted)) this.showThread(wanted as string);
    else if (!this.chosen || this.hasNewsElsewhere()) this.showNewest();
  }

  showList(): void {
    if (this.around.multiThread) this.place.value = { name: 'list' };
  }

  showThread(thread: string): void {
    this.place.value = { name: 'thread', thread };
  }

  /** An empty conversation; it comes to be with its first message. A single-thread widget goes on with the one that is open. */
  startNew(): void {
    if (!this.around.multiThread) this.showOnly(true);
    else this.showThread(this.emptyThread() ?? uuid());
  }

  /** It is known for the first time which conversations there are. `open`: the window is on screen. */
  learned(open: boolean): void {
    if (!this.around.multiThread) this.showOnly(this.wantsNew);
    else if (open && !this.chosen) this.show();
  }

  /** Nobody knows yet what there is to show, but a visitor who wants to write can. */
  showAnything(): void {
    if (!this.chosen) this.showThread(this.around.lastThread() ?? uuid());
  }

  private showOnly(fresh = false): void {
    const { threads, unsure } = this.around;
    if (unsure()) {
      this.wantsNew ||= fresh;
      return;
    }
    const open = threads.value.find(({ status }) => status !== 'CLOSED');
    const place = this.place.value;
    // What was just begun here stays on screen while its first message is on its way.
    const begun = place.name === 'thread' && !this.thread.value;
    if (open) this.showThread(open.thread);
    else if (fresh && !begun) this.showThread(uuid());
    else if (place.name === 'nowhere') this.showThread(threads.value[0]?.thread ?? uuid());
  }

  private showNewest(): void {
    if (this.around.unsure()) return;
    const last = this.around.lastThread();
    const threads = this.around.threads.value;
    const shown = threads.find(({ thread }) => thread === last);
    const news = threads.some(({ unread }) => unread > 0);
    if (last !== null && (shown?.unread || !news)) this.showThread(last);
    else if (threads.length > 0) this.showList();
    else this.startNew();
  }

  /** Unread messages, and none of them where the window stands. An empty conversation that was asked for stays. */
  private hasNewsElsewhere(): boolean {
    const place = this.place.value;
    if (place.name !== 'thread' || !this.thread.value || this.thread.value.unread > 0) return false;
    return this.around.unread.value > 0;
  }

  private emptyThread(): string | undefined {
    const place = this.place.value;
    if (place.name !== 'thread' || this.thread.value || this.around.begun(place.thread)) return undefined;
    return place.thread;
  }
}
