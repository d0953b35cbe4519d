import { Connection, type Feed, IndexedStore, type Status, type Thread, uuid, type Write } from '@beckon/sdk';
import { batch, computed, effect, type ReadonlySignal, type Signal, signal } from '@preact/signals-core';
import type { ContextCall, HostPage, View } from '../port';
import type { WidgetConfig } from '../theme';
import type { Answer } from './answers';
import { arrivals } from './arrivals';
import { Clock } from './clock';
import { ContextCalls, type Screen } from './context_calls';
import { Drafts } from './drafts';
import { Endings } from './endings';
import { channel } from './locks';
import { Neighbours } from './neighbours';
import { addressOf } from './page_view';
import { Places } from './places';
import { type Server, WRONG_ADDRESS } from './server';
import { SessionKeeper } from './session_keeper';
import { Sound } from './sound';
import { TabMemory } from './tab_memory';
import { Tabs } from './tabs';
import type { SentMessage } from './timeline';
import { Typing } from './typing';
import { type SiteStorage, SiteWayBack } from './way_back';

/** Lanes of a message that may start a conversation: it reads what is held. */
const HELD_LANE = 'held';
/** Close codes of a session: not known here, ended on purpose, not used for too long; and HTTP's word for a widget that is not known here. */
const UNKNOWN = 4500;
const REVOKED = 4503;
const EXPIRED = 4507;
const NO_WIDGET = 404;
/** The visitor has the chat open in as many tabs as the server allows. */
export const TOO_MANY_TABS = 4504;
/** One of them may have been closed after so long, milliseconds. */
const TABS_RETRY_MS = 30_000;
/** What is written here waits so long for what earlier pages left, milliseconds. */
const RESTORE_MS = 3000;

/** Written and removed at once, to see whether there is any storage. */
const STORAGE_TRIAL = 'beckon:trial';

/** The whole chat of one visitor in one tab; the views only read it and call it. */
export class Chat {
  readonly threads: Signal<Thread[]> = signal([]);
  readonly places: Places;
  /** The window is on screen. */
  readonly open = signal(false);
  /** It covers the screen of a phone. */
  readonly full = signal(false);
  /** The tab is looked at. */
  readonly visible = signal(document.visibilityState === 'visible');
  readonly online: Signal<boolean>;
  readonly status: Signal<Status> = signal({ state: 'idle' });
  /** There was a welcome since the page loaded, so `threads` is true. */
  readonly welcomed = signal(false);
  readonly writes: Signal<Write[]> = signal([]);
  /** On disk, but their events have not come yet. */
  readonly sent: Signal<SentMessage[]> = signal([]);
  /** Counts up when the feed on screen has changed. */
  readonly feedVersion = signal(0);
  readonly feed: Signal<Feed | undefined> = signal(undefined);
  /** Texts begun and not sent, by thread. */
  readonly drafts: Drafts;
  /** The visitor opened the window to write: the field may take the focus, which is the page's otherwise. */
  readonly invited = signal(false);
  readonly typing: Typing;
  readonly sound: Sound;
  /** The thread of the newest message that was not in front of the visitor's eyes. */
  readonly news: Signal<Thread | undefined> = signal(undefined);

  /** The next page needs the chat, too: its window is open, something waits to be sent, or a conversation is not closed. */
  readonly wanted = computed(
    () =>
      this.open.value || this.writes.value.some(waits) || this.threads.value.some(({ status }) => status !== 'CLOSED'),
  );
  readonly unread: ReadonlySignal<number>;
  readonly view: ReadonlySignal<View>;

  private readonly store: IndexedStore;
  private readonly connection: Connection;
  private readonly session: SessionKeeper;
  private readonly memory: TabMemory;
  private readonly calls: ContextCalls;
  private readonly tabs: Tabs;
  /** Threads that others began and this tab is to give a copy of what it holds, once they are in the list. */
  private readonly copies = new Set<string>();
  private readonly endings: Endings;
  private readonly way: SiteWayBack;
  /** Tells the other tabs of this browser that the visitor has left. */
  private readonly farewells: BroadcastChannel | undefined;
  /** How far the server knows that this browser has what was written, by conversation. */
  private readonly delivered = new Map<string, number>();
  private hidden = false;
  /** What earlier pages left is in the queue, ahead of what is written here. */
  private restored = false;
  private page: HostPage | undefined;
  private token: string | undefined;
  private visitor: string | undefined;

  constructor(
    readonly config: WidgetConfig,
    private readonly server: Server,
    site: Promise<SiteStorage>,
  ) {
    const name = `beckon:${config.id}`;
    this.online = signal(config.online);
    this.memory = new TabMemory(name);
    this.drafts = new Drafts(`${name}:drafts`);
    this.store = new IndexedStore(name);
    this.way = new SiteWayBack(server, site, config.hostHandle ?? true, !keepsStorage());
    this.endings = new Endings(`${name}:ending`, server);
    const sessions = {
      createSession: () => server.createSession(),
      endSession: (token: string) => this.endings.add([token]),
    };
    this.session = new SessionKeeper(name, sessions, this.store, this.way);
    // Where it is blocked the server ends the sockets of the other tabs, and these then know.
    this.farewells = channel(`${name}:left`, () => void this.forget());
    this.sound = new Sound(`${name}:sound`, config.sound ?? false);
    this.connection = new Connection({
      url: server.socketUrl,
      role: 'visitor',
      tab: this.memory.tab,
      store: this.store,
      credentials: async () => {
        const { token, visitor } = await this.session.ensure(this.writing());
        this.token = token;
        this.visitor = visitor;
        return { token, widget: config.id };
      },
      author: () => this.visitor,
      again: (code) => this.again(code),
      history: (conversation, before) => server.history(this.token ?? '', conversation, before),
      prepare: (write) => (this.restored ? this.calls.prepare(write) : undefined),
      stamp: (write) => this.calls.stamp(write),
      settle: (write, outcome) => {
        this.calls.settle(write, outcome);
        if (write.frame.type === 'send' && outcome.type === 'accepted') this.arrived(write, outcome.accepted);
      },
    });
    this.typing = new Typing((conversation, on) => this.connection.tell({ type: 'typing', conversation, on }));
    this.tabs = new Tabs(`${name}:browser`, this.memory.tab, (thread) => this.copyTo(thread));
    const clock = new Clock(`${name}:clock`);
    this.calls = new ContextCalls({
      config,
      memory: this.memory,
      outbox: this.connection.outbox,
      known: () => this.session.token !== undefined,
      live: () => this.connection.status.state === 'live',
      threads: () => this.threads.value,
      screen: () => this.screen(),
      othersVisible: () => this.tabs.othersVisible(),
      alone: () => this.tabs.alone(),
      page: () => this.page,
      now: () => clock.now(),
      at: (wall) => clock.at(wall),
    });
    this.unread = computed(() => this.threads.value.reduce((sum, { unread }) => sum + unread, 0));
    this.places = new Places({
      multiThread: config.multiThread,
      threads: this.threads,
      // Before the first welcome nobody knows which conversations a visitor with a session has.
      unsure: () => !this.welcomed.value && (this.session.token !== undefined || !this.session.looked),
      lastThread: () => this.memory.lastThread,
      guessed: () => this.memory.guessed,
      begun: (thread) =>
        this.connection.outbox.everything().some(({ frame }) => frame.type === 'send' && frame.thread === thread) ||
        this.sent.value.some((message) => message.thread === thread),
      drafts: this.drafts,
    });
    this.view = computed(() => this.viewName());
    this.listen();
    void this.restore(name);
  }

  /** The name visitors know us by. */
  get name(): string {
    return this.config.teamName || this.config.name;
  }

  /** The window came on screen or left it. `hidden`: nothing of the widget may be seen or heard. */
  setWindow(open: boolean, hidden: boolean, full: boolean, page: HostPage): void {
    this.page = page;
    this.calls.viewed(addressOf(page.url));
    this.hidden = hidden;
    this.full.value = full;
    if (this.open.value && !open) this.places.closed();
    this.open.value = open;
    if (!open) this.typing.rest();
    if (open) this.connection.start();
  }

  send(text: string): void {
    const place = this.places.place.value;
    if (place.name !== 'thread') return;
    const client_id = uuid();
    const known = this.places.thread.value;
    this.typing.rest();
    this.tabs.used(place.thread);
    void this.connection.write(
      { type: 'send', client_id, thread: place.thread, message: { type: 'TEXT', text } },
      { lanes: known ? [place.thread] : [place.thread, HELD_LANE] },
    );
    this.connection.start();
  }

  /** The visitor changed what stands in the composer. Only agents of a conversation that has begun can see it. */
  typed(text: string): void {
    const conversation = this.feed.value?.live && this.places.thread.value?.conversation;
    if (conversation) this.typing.typed(conversation, text.trim() !== '');
  }

  retry(client_id: string): void {
    this.connection.outbox.retry(client_id);
    this.connection.start();
  }

  discard(client_id: string): void {
    if (this.connection.outbox.discard(client_id)) this.calls.giveBack(client_id);
  }

  async takeContext(call: ContextCall): Promise<Answer> {
    const answer = this.calls.take(call);
    if (this.connection.outbox.everything().length > 0) this.connection.start();
    return answer;
  }

  /** Whether any tab has written what waits to be sent. */
  async leftBehind(): Promise<boolean> {
    return (await this.store.all()).some(waits);
  }

  private listen(): void {
    const { connection } = this;
    connection.on('status', (status) => {
      this.status.value = status;
      if (status.state !== 'live') this.typing.forget();
      if (status.state === 'refused') {
        if (status.code === WRONG_ADDRESS) void this.server.explainAddress();
        if (status.code === TOO_MANY_TABS) setTimeout(() => this.tryAgain(), TABS_RETRY_MS);
      }
      if ((status.state === 'waiting' || status.state === 'refused') && this.open.value) this.places.showAnything();
    });
    connection.on('welcome', ({ threads = [], online }) => {
      void this.tabs.learn(
        threads.map(({ thread }) => thread),
        (thread) => this.begunHere(thread),
      );
      this.session.works(this.token);
      void this.way.inUse(this.token ?? '', this.session.stored);
      const first = !this.welcomed.value;
      const before = this.threads.value;
      this.threads.value = newestFirst(threads);
      this.online.value = online;
      this.delivered.clear();
      // What was there before the page is no news: the dot tells of it.
      this.received(first ? threads : before);
      this.welcomed.value = true;
      if (first) this.places.learned(this.open.value);
      this.giveCopies();
    });
    connection.on('thread', ({ thread, started_by }) => {
      const before = this.threads.value;
      this.setThread(thread);
      this.received(before);
      void this.tabs.learn([thread.thread], () => !started_by || started_by.type === 'visitor');
      this.giveCopies();
    });
    connection.on('typing', (frame) => this.typing.hear(frame));
    connection.on('presence', ({ online }) => {
      this.online.value = online;
    });
    connection.outbox.onChange(() => {
      this.writes.value = connection.outbox.writes();
    });
    effect(() => this.followShown(this.places.thread.value?.conversation));
    effect(() => this.remember());
    effect(() => this.markRead());
    effect(() => this.tabs.show(this.visible.value));
    addEventListener('focus', () => {
      if (this.visible.value) this.tabs.show(true);
    });
    document.addEventListener('visibilitychange', () => {
      this.visible.value = document.visibilityState === 'visible';
      void this.calls.resume();
      this.markRead();
      this.tryAgain();
    });
  }

  /** Another tab may have made room for this one. */
  private tryAgain(): void {
    const status = this.status.value;
    if (status.state === 'refused' && status.code === TOO_MANY_TABS) this.connection.start();
  }

  private async restore(name: string): Promise<void> {
    const { connection } = this;
    await this.session.look();
    this.places.looked(this.open.value);
    await Promise.race([
      new Neighbours(name, this.memory.tab, (isGone) => connection.outbox.restore(isGone)).begin(),
      // A tab that was frozen may hold the lock on the queue.
      new Promise((resolve) => setTimeout(resolve, RESTORE_MS)),
    ]);
    this.restored = true;
    connection.outbox.pump();
    void this.calls.resume();
    if (this.session.token !== undefined || connection.outbox.everything().length > 0) connection.start();
  }

  /** The visitor leaves this browser: in all its tabs nothing is left, and the server ends the session as soon as it hears of it. */
  async logout(): Promise<void> {
    const told = this.forget();
    this.farewells?.postMessage(null);
    // What the frame does not know yet, the page may.
    await this.way.leave(told);
  }

  /** Resolves when it was tried to tell the server: whether it has heard. */
  private forget(): Promise<boolean> {
    const { tokens, more } = this.session.end();
    const first = this.endings.add(tokens);
    const told = more.then(async (late) =>
      late.length > 0 ? (await this.endings.add(late)) && (tokens.length === 0 || (await first)) : first,
    );
    this.token = undefined;
    this.connection.stop();
    void this.connection.outbox.clear('session_ended', 'The session ended');
    this.calls.forget();
    this.tabs.forget();
    this.copies.clear();
    this.drafts.clear();
    this.delivered.clear();
    this.typing.forget();
    batch(() => {
      this.welcomed.value = false;
      this.threads.value = [];
      this.sent.value = [];
      this.news.value = undefined;
      this.places.reset(this.open.value);
    });
    return told;
  }

  /** Something that the visitor wrote waits to be sent. */
  private writing(): boolean {
    return this.connection.outbox.everything().some((write) => write.frame.type === 'send' && waits(write));
  }

  /** What a refusal says of the session, and whether there is another way. */
  private again(code: number): 'now' | 'later' | undefined {
    const { session, token } = this;
    if (code === NO_WIDGET) return 'later';
    if (code === UNKNOWN) return session.unknown(token, this.writing());
    if (code === REVOKED && token === session.token) {
      // As if it had been said here: another tab, or whoever else holds the session, has left.
      queueMicrotask(() => void this.forget());
      return undefined;
    }
    if (code !== EXPIRED && code !== REVOKED) return undefined;
    session.ended(token);
    return 'later';
  }

  private screen(): Screen {
    const visible = this.visible.value;
    const place = this.places.place.value;
    const shown = visible && this.open.value && place.name === 'thread' ? place.thread : undefined;
    const used = this.tabs.lastUsed;
    return { visible, ...(shown && { on_screen: shown }), ...(used && { last_used: used }) };
  }

  /** A message of this browser began it, or is about to. */
  private begunHere(thread: string): boolean {
    const sends = this.connection.outbox
      .everything()
      .some(({ frame }) => frame.type === 'send' && frame.thread === thread);
    return sends || this.tabs.lastUsed === thread || this.sent.value.some((message) => message.thread === thread);
  }

  /** Others began this thread, and of all tabs this one gives what it holds. */
  private copyTo(thread: string): void {
    this.copies.add(thread);
    // Without a connection it knows of no thread.
    this.connection.start();
    this.giveCopies();
  }

  private giveCopies(): void {
    for (const thread of this.threads.value) if (this.copies.delete(thread.thread)) this.calls.startedByOthers(thread);
  }

  private setThread(thread: Thread): void {
    const others = this.threads.value.filter((known) => known.thread !== thread.thread);
    this.threads.value = newestFirst([...others, thread]);
  }

  /** A message is on disk. Its conversation counts from now on: the frame that announces a new one may still be on its way. */
  private arrived(write: Write, accepted: { conversation?: string; event_id?: string; at?: string }): void {
    const { frame } = write;
    if (frame.type !== 'send') return;
    const { event_id = '', at = new Date().toISOString(), conversation } = accepted;
    const thread =
      frame.thread ?? this.threads.value.find((known) => known.conversation === frame.conversation)?.thread;
    if (thread === undefined) return;
    const { client_id, message } = frame;
    this.sent.value = [...this.sent.value, { thread, client_id, event_id, at, text: message.text }];
    if (conversation === undefined || this.threads.value.some((known) => known.thread === thread)) return;
    this.setThread({
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

  private followShown(conversation: string | undefined): void {
    const before = this.feed.peek();
    if (before?.conversation === conversation) return;
    before?.close();
    this.typing.rest();
    if (conversation === undefined) {
      this.feed.value = undefined;
      return;
    }
    const feed = this.connection.follow(conversation);
    feed.subscribe((change) => {
      this.feedVersion.value++;
      for (const { event } of change.type === 'events' ? change.events : []) {
        if (event.kind === 'message') this.typing.stopped(conversation, event.author);
      }
      const ids = new Set(feed.events.map(({ event }) => event.id));
      if (this.sent.value.some(({ event_id }) => ids.has(event_id))) {
        this.sent.value = this.sent.value.filter(({ event_id }) => !ids.has(event_id));
      }
      this.markRead();
    });
    this.feed.value = feed;
  }

  /** The list is new: says what has come to this browser, to the server and to whoever is not looking at it. */
  private received(before: readonly Thread[]): void {
    for (const { conversation, head, unread } of this.threads.value) {
      if (unread === 0 || (this.delivered.get(conversation) ?? 0) >= head) continue;
      if (this.connection.tell({ type: 'delivered', conversation, position: head }))
        this.delivered.set(conversation, head);
    }
    const seen =
      this.open.value && document.visibilityState === 'visible' ? this.places.thread.value?.thread : undefined;
    const news = arrivals(before, this.threads.value).filter(({ thread }) => thread !== seen);
    const newest = news.at(-1);
    if (!newest || this.hidden) return;
    void this.sound.play();
    this.news.value = newest;
  }

  /** The thread on screen is the one that a later visit means; once begun, also the one that was used last. */
  private remember(): void {
    const place = this.places.place.value;
    const thread = this.places.thread.value;
    if (!this.open.value || place.name !== 'thread') return;
    this.memory.showed(place.thread, !this.places.chosen);
    if (!thread || !this.visible.value) return;
    this.tabs.used(thread.thread);
    this.calls.opened(thread);
  }

  private markRead(): void {
    const feed = this.feed.value;
    const { feedVersion, open } = this;
    const { thread } = this.places;
    if (!feed || !open.value || document.visibilityState !== 'visible' || feedVersion.value < 0) return;
    const known = thread.peek();
    if (!feed.live || !known || known.conversation !== feed.conversation) return;
    if (feed.last <= feed.cursors.own_read && known.unread === 0) return;
    if (!this.connection.tell({ type: 'read', conversation: feed.conversation, position: feed.last })) return;
    feed.cursors = { ...feed.cursors, own_read: feed.last };
    if (known.unread > 0) this.setThread({ ...known, unread: 0 });
  }

  private viewName(): View {
    const place = this.places.place.value;
    if (place.name === 'nowhere') return 'LOADING';
    if (place.name === 'list') return 'THREAD_LIST';
    if (!this.config.multiThread) return 'SINGLE_MODE_THREAD';
    return this.places.thread.value?.status === 'CLOSED' ? 'CLOSED_THREAD' : 'THREAD';
  }
}

/** Whether this frame has storage at all: a browser may deny it to frames of other sites. */
function keepsStorage(): boolean {
  try {
    localStorage.setItem(STORAGE_TRIAL, '');
    localStorage.removeItem(STORAGE_TRIAL);
    return true;
  } catch {
    return false;
  }
}

function waits({ state }: Write): boolean {
  return state === 'waiting';
}

function newestFirst(threads: Thread[]): Thread[] {
  return [...threads].sort((one, other) => other.updated_at.localeCompare(one.updated_at));
}
