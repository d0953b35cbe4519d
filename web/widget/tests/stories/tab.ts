import { type AcceptedFrame, MemoryStore, Outbox, type Thread, uuid, type WriteFrame } from '@beckon/sdk';
import type { Answer } from '../../src/app/answers';
import { ContextCalls } from '../../src/app/context_calls';
import { wire } from '../../src/app/held';
import { TabMemory } from '../../src/app/tab_memory';
import { Tabs } from '../../src/app/tabs';
import type { ContextCall } from '../../src/port';
import type { Server } from './server';

const LIMITS = { text: 4096, contextBytes: 65_536, contextKeys: 256, keyLength: 128, stringBytes: 8192, depth: 8 };

/** A browser: what its tabs share. */
export class Browser {
  readonly tabs: Tab[] = [];
  /** The visitor of its session, once there is one. */
  visitor: string | undefined;

  constructor(
    readonly name: string,
    readonly server: Server,
    readonly multi: boolean,
  ) {}

  threads(): Thread[] {
    if (!this.visitor) return [];
    return this.server
      .of(this.visitor)
      .map(({ thread, status }) => ({ thread, conversation: thread, status }) as Thread);
  }

  ensure(): string {
    this.visitor ??= uuid();
    return this.visitor;
  }

  /** Tells every tab of a thread; `others`: an agent, a bot or a program began it. */
  async tell(thread: string, others: boolean): Promise<void> {
    await Promise.all(this.tabs.map((tab) => tab.hear(thread, others)));
  }
}

/** One tab's page: the widget's own rules, storage and queue, with the window as a few fields. */
export class Tab {
  visible = true;
  place: { name: 'list' | 'thread'; thread?: string } | undefined;
  readonly calls: ContextCalls;
  readonly memory: TabMemory;
  readonly tabs: Tabs;
  private readonly outbox: Outbox;
  private readonly copies = new Set<string>();

  constructor(
    private readonly browser: Browser,
    readonly name: string,
    private page: string,
  ) {
    this.memory = new TabMemory(`${browser.name}:${name}`, { here: '' });
    this.tabs = new Tabs(browser.name, this.memory.tab, (thread) => {
      this.copies.add(thread);
      this.giveCopies();
    });
    this.outbox = new Outbox({
      store: new MemoryStore(),
      environment: {
        open: () => {
          throw new Error('no socket here');
        },
        now: () => Date.now(),
        visible: () => true,
        watch: () => () => undefined,
        random: () => 0.5,
        after: (milliseconds, run) => {
          const timer = setTimeout(run, milliseconds);
          return () => clearTimeout(timer);
        },
      },
      tab: this.memory.tab,
      transmit: (frame) => {
        void Promise.resolve().then(() => this.answer(frame));
        return true;
      },
      prepare: (write) => this.calls.prepare(write),
      stamp: (write) => this.calls.stamp(write),
      settle: (write, outcome) => this.calls.settle(write, outcome),
    });
    this.calls = new ContextCalls({
      config: { multiThread: browser.multi, limits: LIMITS },
      memory: this.memory,
      outbox: this.outbox,
      known: () => browser.visitor !== undefined,
      live: () => browser.visitor !== undefined,
      threads: () => browser.threads(),
      screen: () => ({
        visible: this.visible,
        ...(this.visible && this.place?.thread && { on_screen: this.place.thread }),
        ...(this.tabs.lastUsed && { last_used: this.tabs.lastUsed }),
      }),
      othersVisible: () => this.tabs.othersVisible(),
      alone: () => this.tabs.alone(),
      page: () => undefined,
      now: () => Date.now(),
      at: (wall) => wall,
    });
    this.calls.viewed(page);
    this.look(true);
    void this.tabs.learn(
      [...browser.threads()].map(({ thread }) => thread),
      () => false,
    );
  }

  get held(): object | null {
    return this.memory.held && wire(this.memory.held, 0).metadata;
  }

  look(visible: boolean): void {
    this.visible = visible;
    this.tabs.show(visible);
    void this.calls.resume();
    this.shown();
  }

  route(page: string): void {
    this.page = page;
    this.calls.viewed(page);
  }

  show(thread: string): void {
    this.place = { name: 'thread', thread: thread === 'new' ? uuid() : thread };
    this.shown();
  }

  call(metadata: object, strategy: ContextCall['strategy'], mode: ContextCall['mode']): Promise<Answer> {
    const call = { client_id: uuid(), strategy, mode, metadata: JSON.stringify(metadata) };
    return this.calls.take({ ...call, made: Date.now(), page: this.page });
  }

  /** A message in the thread on screen, which has this name from now on. */
  say(thread: string): void {
    const begins = !this.browser.threads().some((known) => known.thread === thread);
    if (begins) this.place = { name: 'thread', thread };
    this.browser.ensure();
    this.tabs.used(thread);
    const client_id = uuid();
    void this.outbox.add({
      client_id,
      lanes: begins ? [thread, 'held'] : [thread],
      frame: { type: 'send', client_id, thread, message: { type: 'TEXT', text: 'hello' } },
      sealed: false,
      state: 'waiting',
      queued_at: Date.now(),
      tab: this.memory.tab,
    });
  }

  async hear(thread: string, others: boolean): Promise<void> {
    await this.tabs.learn([thread], () => !others);
    this.giveCopies();
  }

  forget(): void {
    this.calls.forget();
    this.tabs.forget();
    this.copies.clear();
    this.place = undefined;
  }

  private shown(): void {
    const thread = this.browser.threads().find((known) => known.thread === this.place?.thread);
    if (!thread || !this.visible) return;
    this.tabs.used(thread.thread);
    this.calls.opened(thread);
  }

  private giveCopies(): void {
    for (const thread of this.browser.threads())
      if (this.copies.delete(thread.thread)) this.calls.startedByOthers(thread);
  }

  private answer(frame: WriteFrame & { request: number }): void {
    const visitor = this.browser.ensure();
    const { server } = this.browser;
    let answer: AcceptedFrame;
    if (frame.type === 'send') {
      answer = server.send(visitor, frame);
      void this.browser.tell(answer.thread ?? '', false);
    } else if (frame.type === 'context') answer = server.context(visitor, frame);
    else throw new Error(`what is ${frame.type}?`);
    this.outbox.accepted(answer);
  }
}
