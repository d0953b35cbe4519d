import type { Thread } from '@beckon/sdk';
import { uuid } from '@beckon/sdk';
import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals-core';
import type { View } from '../port';

/** What the window shows. A thread nobody has written in yet is a new conversation. */
export type Place = { name: 'nowhere' } | { name: 'list' } | { name: 'thread'; thread: string };

/** What the way through the window depends on. */
interface Around {
  multiThread: boolean;
  /** Newest first. */
  threads: ReadonlySignal<readonly Thread[]>;
  /** The visitor may have conversations that nobody here knows of yet. */
  unsure: () => boolean;
  /** The thread that was on screen last, also on an earlier page. */
  lastThread: () => string | null;
  /** Nobody asked for that one. */
  guessed: () => boolean;
  /** The list that was asked for was on screen last, also on an earlier page. */
  lastList: () => boolean;
  /** A first message of this thread is on its way, or on disk with its conversation not announced yet. */
  begun: (thread: string) => boolean;
  /** Texts begun and not sent, by thread. */
  drafts: Map<string, string>;
}

/** Where the window stands, and where it goes when it is opened. */
export class Places {
  readonly place: Signal<Place> = signal({ name: 'nowhere' });
  /** The thread on screen; undefined in the list, and for a new conversation. */
  readonly thread: ReadonlySignal<Thread | undefined>;
  /** A single-thread widget was asked for a new conversation before it was known whether there is an open one. */
  private wantsNew = false;
  /** The thread that was shown for want of something better to show; nobody asked for it. */
  private guess: string | undefined;
  /** Something was to be shown before it was known what there is. */
  private awaited = false;
  /** The list was asked for since the window was last closed. */
  private listAsked = false;

  constructor(private readonly around: Around) {
    this.thread = computed(() => {
      const place = this.place.value;
      return place.name === 'thread' ? around.threads.value.find(({ thread }) => thread === place.thread) : undefined;
    });
  }

  /** The place was chosen on purpose: by the site with a command, or by the visitor with a click or by writing there. */
  get chosen(): boolean {
    const place = this.place.value;
    if (place.name !== 'thread' || place.thread !== this.guess) return place.name !== 'nowhere';
    return !!this.thread.value || this.around.drafts.has(place.thread) || this.around.begun(place.thread);
  }

  /** The list is there because it was asked for. */
  get onList(): boolean {
    return this.listAsked && this.place.value.name === 'list';
  }

  /** By the name that the page is told. */
  get view(): View {
    const place = this.place.value;
    if (place.name === 'nowhere') return 'LOADING';
    if (place.name === 'list') return 'THREAD_LIST';
    if (!this.around.multiThread) return 'SINGLE_MODE_THREAD';
    return this.thread.value?.status === 'CLOSED' ? 'CLOSED_THREAD' : 'THREAD';
  }

  /** Shows what a visitor who opens the chat wants to see: `wanted`, or where the newest message can be read without another click. */
  show(wanted?: string): void {
    const { multiThread, threads } = this.around;
    this.awaited = false;
    if (!multiThread) this.showOnly();
    else if (threads.value.some(({ thread }) => thread === wanted)) this.showThread(wanted as string);
    else if (!this.chosen || (this.place.value.name === 'list' && !this.listAsked)) this.showBest();
  }

  showList(): void {
    if (!this.around.multiThread) return;
    this.listAsked = true;
    this.place.value = { name: 'list' };
  }

  /** The window was closed: whoever opens it again wants a conversation, not the list it stood on. */
  closed(): void {
    this.listAsked = false;
  }

  showThread(thread: string): void {
    this.place.value = { name: 'thread', thread };
  }

  /** An empty conversation; it comes to be with its first message. A single-thread widget goes on with the one that is open. */
  startNew(): void {
    this.guess = undefined;
    if (!this.around.multiThread) this.showOnly(true);
    else this.showThread(this.emptyThread() ?? uuid());
  }

  /** The visitor has left: the next one begins at the beginning. `open`: the window is on screen. */
  reset(open: boolean): void {
    this.wantsNew = this.awaited = false;
    this.guess = undefined;
    this.place.value = { name: 'nowhere' };
    this.looked(open);
  }

  /** It is known whether there may be any conversations. `open`: the window is on screen. */
  looked(open: boolean): void {
    if ((open || this.awaited) && !this.chosen) this.show();
  }

  /** It is known for the first time which conversations there are. `open`: the window is on screen. */
  learned(open: boolean): void {
    if (this.wantsNew) this.startNew();
    else if (!this.around.multiThread) this.show();
    else this.looked(open);
  }

  /** Nobody knows yet what there is to show, but a visitor who wants to write can. */
  showAnything(): void {
    if (this.place.value.name === 'nowhere') this.showGuess();
  }

  /** The last thread of the tab may have a message on its way that an earlier page left. */
  private showGuess(thread = this.emptyThread() ?? this.around.lastThread() ?? uuid()): void {
    this.guess = thread;
    this.showThread(thread);
  }

  private showOnly(fresh = false): void {
    const { threads, unsure, drafts } = this.around;
    if (unsure()) {
      this.awaited = true;
      this.wantsNew ||= fresh;
      return;
    }
    const open = threads.value.find(({ status }) => status !== 'CLOSED');
    const place = this.place.value;
    // What was just begun here stays on screen while its first message is on its way.
    const begun = place.name === 'thread' && !this.thread.value;
    if (open) {
      const draft = begun && drafts.get(place.thread);
      if (draft) drafts.set(open.thread, draft);
      this.showThread(open.thread);
    } else if (fresh && !begun) this.showThread(uuid());
    else if (!this.chosen) this.showGuess(threads.value[0]?.thread);
  }

  /** The list where the page was loaded again with it, else the thread last shown in this tab, else the only one that is open, else one with unread messages, else the list, else an empty one. */
  private showBest(): void {
    if (this.around.unsure()) {
      this.awaited = true;
      return;
    }
    const { begun, guessed } = this.around;
    const last = this.around.lastThread();
    const threads = this.around.threads.value;
    if (this.around.lastList() && this.place.value.name === 'nowhere' && threads.length > 0) {
      this.showList();
      return;
    }
    // What was begun on the page before goes on here.
    const drafted = last !== null && this.place.value.name === 'nowhere' && this.around.drafts.has(last);
    const there = threads.some(({ thread }) => thread === last);
    const shown = last !== null && (drafted || there || !guessed() || begun(last));
    const [open, another] = threads.filter(({ status }) => status === 'OPEN' || status === 'WAITING');
    const best = shown ? last : ((!another && open) || threads.find(({ unread }) => unread > 0))?.thread;
    if (best) this.showThread(best);
    else if (threads.length > 0) this.place.value = { name: 'list' };
    else this.showGuess();
  }

  private emptyThread(): string | undefined {
    const place = this.place.value;
    if (place.name !== 'thread' || this.thread.value || this.around.begun(place.thread)) return undefined;
    return place.thread;
  }
}
