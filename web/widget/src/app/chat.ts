import { Connection, IndexedStore, type Status, type Thread, uuid, type Write } from '@beckon/sdk';
import { batch, computed, effect, type ReadonlySignal, type Signal, signal } from '@preact/signals-core';
import { wellFormed } from '../cut';
import type { ContextCall, HostPage, View } from '../port';
import type { WidgetConfig } from '../theme';
import { type Answer, failed } from './answers';
import { Clock } from './clock';
import { ContextCalls, type Screen } from './context_calls';
import { Conversations } from './conversations';
import { Copies } from './copies';
import { Drafts } from './drafts';
import { Endings } from './endings';
import { Era } from './era';
import { EraStore } from './era_store';
import { Leaving } from './leaving';
import { Neighbours } from './neighbours';
import { addressOf } from './page_view';
import { Places } from './places';
import { Receipts } from './receipts';
import { type Server, WRONG_ADDRESS } from './server';
import { SessionKeeper } from './session_keeper';
import { keepsStorage } from './shared_storage';
import { Sound } from './sound';
import { TabMemory } from './tab_memory';
import { Tabs } from './tabs';
import { Typing } from './typing';
import { type SiteStorage, SiteWayBack } from './way_back';

/** Lanes of a message that may start a conversation: it reads what is held. */
const HELD_LANE = 'held';
/** The visitor has the chat open in as many tabs as the server allows. */
export const TOO_MANY_TABS = 4504;
/** One of them may have been closed after so long, milliseconds. */
const TABS_RETRY_MS = 30_000;
/** What is written here waits so long for what earlier pages left, milliseconds. */
const RESTORE_MS = 3000;

/** The whole chat of one visitor in one tab; the views only read it and call it. */
export class Chat {
  readonly conversations = new Conversations();
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
  /** Texts begun and not sent, by thread. */
  readonly drafts: Drafts;
  /** The visitor opened the window to write: the field may take the focus, which is the page's otherwise. */
  readonly invited = signal(false);
  readonly typing: Typing;
  readonly sound: Sound;
  /** The thread of the newest message that was not in front of the visitor's eyes. */
  readonly news: Signal<Thread | undefined> = signal(undefined);

  /** The next page needs the chat as well: its window is open, something waits to be sent, or a conversation is not closed. */
  readonly wanted = computed(
    () =>
      this.open.value ||
      this.writes.value.some(waits) ||
      this.conversations.threads.value.some(({ status }) => status !== 'CLOSED'),
  );
  /** Between which logouts of this browser it is. */
  readonly era: Era;
  readonly leaving: Leaving;
  readonly unread: ReadonlySignal<number>;
  readonly view: ReadonlySignal<View>;

  private readonly disk: IndexedStore;
  private readonly store: EraStore;
  private readonly connection: Connection;
  private readonly session: SessionKeeper;
  private readonly memory: TabMemory;
  private readonly calls: ContextCalls;
  private readonly tabs: Tabs;
  private readonly copies: Copies;
  private readonly way: SiteWayBack;
  private readonly receipts: Receipts;
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
    this.era = new Era(`${name}:era`);
    this.memory = new TabMemory(name, this.era);
    this.drafts = new Drafts(`${name}:drafts`, this.era);
    this.disk = new IndexedStore(name);
    this.store = new EraStore(this.disk, this.era);
    this.way = new SiteWayBack(server, site, config.hostHandle ?? true, !keepsStorage());
    const endings = new Endings(`${name}:ending`, server);
    const sessions = {
      createSession: () => server.createSession(),
      endSession: (token: string) => endings.add([token]),
    };
    this.session = new SessionKeeper(name, sessions, this.disk, this.way);
    this.sound = new Sound(`${name}:sound`, config.sound ?? false);
    this.connection = new Connection({
      url: server.socketUrl,
      role: 'visitor',
      tab: this.memory.tab,
      store: this.store,
      credentials: async () => {
        this.leaving.keepUp();
        const { token, visitor } = await this.session.ensure(this.writing());
        this.token = token;
        this.visitor = visitor;
        return { token, widget: config.id };
      },
      author: () => this.visitor,
      again: (code) => this.leaving.again(code, this.token, this.writing()),
      history: (conversation, before) => server.history(this.token ?? '', conversation, before),
      prepare: (write) => (this.restored ? this.calls.prepare(write) : undefined),
      stamp: (write) => this.calls.stamp(write),
      settle: (write, outcome) => {
        this.calls.settle(write, outcome);
        if (outcome.type === 'accepted') this.conversations.arrived(write, outcome.accepted);
      },
    });
    this.typing = new Typing((conversation, on) => this.connection.tell({ type: 'typing', conversation, on }));
    this.tabs = new Tabs(`${name}:browser`, this.memory.tab, (thread) => {
      // Without a connection it knows of no thread.
      this.connection.start();
      this.copies.add(thread);
    });
    const clock = new Clock(`${name}:clock`);
    this.calls = new ContextCalls({
      config,
      memory: this.memory,
      outbox: this.connection.outbox,
      known: () => this.session.token !== undefined,
      live: () => this.connection.status.state === 'live',
      threads: () => this.conversations.threads.value,
      screen: () => this.screen(),
      othersVisible: () => this.tabs.othersVisible(),
      alone: () => this.tabs.alone(),
      page: () => this.page,
      now: () => clock.now(),
      at: (wall) => clock.at(wall),
    });
    this.copies = new Copies(
      () => this.conversations.threads.value,
      (thread) => this.calls.startedByOthers(thread),
    );
    this.unread = computed(() => this.conversations.threads.value.reduce((sum, { unread }) => sum + unread, 0));
    this.places = new Places({
      multiThread: config.multiThread,
      threads: this.conversations.threads,
      // Before the first welcome nobody knows which conversations a visitor with a session has.
      unsure: () => !this.welcomed.value && (this.session.token !== undefined || !this.session.looked),
      lastThread: () => this.memory.lastThread,
      guessed: () => this.memory.guessed,
      lastList: () => this.memory.list,
      begun: (thread) => this.begun(thread),
      drafts: this.drafts,
    });
    this.view = computed(() => this.places.view);
    const { connection, session, era } = this;
    this.receipts = new Receipts({
      connection,
      sound: this.sound,
      conversations: this.conversations,
      thread: this.places.thread,
      open: this.open,
      hidden: () => this.hidden,
      news: this.news,
    });
    this.leaving = new Leaving({
      name,
      era,
      session,
      endings,
      way: this.way,
      empty: () => this.empty(),
      emptyShared: () => {
        this.tabs.forget();
        void this.disk.clear();
      },
      connection,
    });
    this.listen();
    void this.restore(name);
  }

  /** The name visitors know us by. */
  get name(): string {
    return this.config.teamName || this.config.name;
  }

  /** The window came on screen or left it. `hidden`: nothing of the widget may be seen or heard. */
  setWindow(open: boolean, hidden: boolean, full: boolean, page: HostPage): void {
    this.leaving.keepUp();
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
    this.leaving.keepUp();
    const place = this.places.place.value;
    if (place.name !== 'thread') return;
    const client_id = uuid();
    const known = this.places.thread.value;
    this.typing.rest();
    this.tabs.used(place.thread);
    void this.connection.write(
      { type: 'send', client_id, thread: place.thread, message: { type: 'TEXT', text: wellFormed(text) } },
      { lanes: known ? [place.thread] : [place.thread, HELD_LANE] },
    );
    this.connection.start();
  }

  /** The visitor changed what stands in the composer. Only agents of a conversation that has begun can see it. */
  typed(text: string): void {
    const conversation = this.conversations.feed.value?.live && this.places.thread.value?.conversation;
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
    this.leaving.keepUp();
    const { now } = this.era;
    // A page that has not heard of the newest logout kept it from before.
    if (call.era !== undefined && now !== '' && call.era !== now) return failed(1205, 'The session ended');
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
        (thread) => this.tabs.lastUsed === thread || this.begun(thread),
      );
      this.session.works(this.token);
      void this.way.inUse(this.token ?? '', this.session.stored);
      const first = !this.welcomed.value;
      const before = this.conversations.threads.value;
      this.conversations.learn(threads);
      this.online.value = online;
      this.receipts.forget();
      // What was there before the page is no news: the dot tells of it.
      this.receipts.received(first ? threads : before);
      this.welcomed.value = true;
      if (first) this.places.learned(this.open.value);
      this.copies.giveDue();
    });
    connection.on('thread', ({ thread, started_by }) => {
      const before = this.conversations.threads.value;
      this.conversations.set(thread);
      this.receipts.received(before);
      void this.tabs.learn([thread.thread], () => !started_by || started_by.type === 'visitor');
      this.copies.giveDue();
    });
    connection.on('typing', (frame) => this.typing.hear(frame));
    connection.on('presence', ({ online }) => {
      this.online.value = online;
    });
    connection.outbox.onChange(() => {
      this.writes.value = connection.outbox.writes();
    });
    effect(() => {
      const shown = this.places.thread.value?.conversation;
      this.conversations.follow(shown, connection, this.typing, () => this.receipts.markRead());
    });
    effect(() => this.remember());
    effect(() => this.receipts.markRead());
    effect(() => this.tabs.show(this.visible.value));
    addEventListener('focus', () => {
      if (this.visible.value) this.tabs.show(true);
    });
    document.addEventListener('visibilitychange', () => {
      this.leaving.keepUp();
      this.visible.value = document.visibilityState === 'visible';
      void this.calls.resume();
      this.receipts.markRead();
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

  /** The visitor has left: nothing of what this tab holds is kept. */
  private empty(): void {
    this.token = undefined;
    this.connection.stop();
    void this.connection.outbox.clear('session_ended', 'The session ended');
    this.calls.forget();
    this.copies.forget();
    this.drafts.clear();
    this.receipts.forget();
    this.typing.forget();
    batch(() => {
      this.welcomed.value = false;
      this.conversations.forget();
      this.news.value = undefined;
      this.places.reset(this.open.value);
    });
  }

  /** Something that the visitor wrote waits to be sent. */
  private writing(): boolean {
    return this.connection.outbox.everything().some((write) => write.frame.type === 'send' && waits(write));
  }

  private screen(): Screen {
    const visible = this.visible.value;
    const place = this.places.place.value;
    const shown = visible && this.open.value && place.name === 'thread' ? place.thread : undefined;
    const used = this.tabs.lastUsed;
    return { visible, ...(shown && { on_screen: shown }), ...(used && { last_used: used }) };
  }

  /** A message of this tab began it, or is about to. */
  private begun(thread: string): boolean {
    const sends = this.connection.outbox.everything();
    return (
      sends.some(({ frame }) => frame.type === 'send' && frame.thread === thread) ||
      this.conversations.sent.value.some((message) => message.thread === thread)
    );
  }

  /** The thread on screen is the one that a later visit means; once begun, also the one that was used last. */
  private remember(): void {
    const place = this.places.place.value;
    const thread = this.places.thread.value;
    if (place.name !== 'nowhere') this.memory.showedList(this.places.onList);
    if (!this.open.value || place.name !== 'thread') return;
    this.memory.showed(place.thread, !this.places.chosen);
    if (!thread || !this.visible.value) return;
    this.tabs.used(thread.thread);
    this.calls.opened(thread);
  }
}

function waits({ state }: Write): boolean {
  return state === 'waiting';
}
