import type { ConnectionEvents, ConnectionOptions, Credentials, PassingFrame, Status } from './connection_options';
import { Refused, RetryLater } from './connection_options';
import { reconnectDelay } from './delay';
import { Emitter } from './emitter';
import { browserEnvironment, type Environment, type SocketLike } from './environment';
import { Feed } from './feed';
import { type ClientFrame, PROTOCOL_VERSION, type ServerFrame, type WelcomeFrame, type WriteFrame } from './frames';
import { Heartbeat, PROBE_MS, SILENCE_MS } from './heartbeat';
import { uuid } from './identifier';
import { Outbox, type Outcome } from './outbox';
import { MemoryStore } from './write_store';

/** A connection that stood this long was a good one: the next wait starts small again, milliseconds. */
const STABLE_MS = 5_000;
/** From here on a close code means: do not come back by yourself. */
const FIRST_FINAL_CODE = 4500;
const LAST_FINAL_CODE = 4999;

/** One socket that comes back by itself, the conversations that are followed over it, and the writes that wait for an answer. */
export class Connection {
  status: Status = { state: 'idle' };
  /** The last one, also while the connection is lost. */
  welcome: WelcomeFrame | undefined;
  readonly outbox: Outbox;
  readonly tab: string;

  private readonly environment: Environment;
  private readonly emitter = new Emitter<ConnectionEvents>();
  private readonly feeds = new Map<string, Feed>();
  private inbox = 0;
  private socket: SocketLike | undefined;
  private attempt = 0;
  private cancelRetry: (() => void) | undefined;
  /** When the next try begins, milliseconds since 1970. */
  private retryAt = 0;
  /** What carried the last connection may be dead for others as well: the next try is given up soon, so that the one after it finds another way. */
  private diedInSilence = false;
  private unwatch: (() => void) | undefined;
  /** The page was left: it is connected again as soon as it is back. */
  private away = false;
  /** Not before this time may the server be asked again: it said so. Milliseconds since 1970. */
  private restUntil = 0;
  private readonly heartbeat: Heartbeat;
  /** The server is about to stop, and its clients come back over this time, milliseconds. */
  private spread: number | undefined;
  private cancelDrain: (() => void) | undefined;
  /** Counts starts and losses, so that a late answer of an earlier try is recognised. */
  private era = 0;

  constructor(private readonly options: ConnectionOptions) {
    this.environment = options.environment ?? browserEnvironment;
    this.tab = options.tab ?? uuid();
    this.heartbeat = new Heartbeat(
      this.environment,
      () => this.transmit({ type: 'ping' }),
      () => {
        this.diedInSilence = this.status.state === 'live';
        this.ended(4012);
      },
    );
    this.outbox = new Outbox({
      store: options.store ?? new MemoryStore(),
      environment: this.environment,
      tab: this.tab,
      transmit: (frame) => this.transmit(frame),
      prepare: options.prepare ?? ((write) => (this.status.state === 'live' ? { frame: write.frame } : undefined)),
      stamp: options.stamp,
      settle: (write, outcome) => options.settle?.(write, outcome),
    });
  }

  /** Listens until the returned function is called. */
  on<Name extends keyof ConnectionEvents>(name: Name, listener: (value: ConnectionEvents[Name]) => void): () => void {
    return this.emitter.on(name, listener);
  }

  /**
   * Connects and stays connected, except while the page is in the back/forward cache or frozen. Does nothing while it already does so, or
   * when the server said not to come back yet.
   */
  start(): void {
    if (this.status.state === 'connecting' || this.status.state === 'live' || this.resting || this.away) return;
    this.cancelRetry?.();
    this.unwatch ??= this.environment.watch({
      looked: () => this.looked(),
      left: () => this.left(),
      returned: () => this.returned(),
    });
    void this.connect();
  }

  /** Disconnects. Followed conversations and waiting writes stay for the next `start()`. */
  stop(): void {
    this.unwatch?.();
    this.unwatch = undefined;
    this.away = false;
    this.rest();
  }

  /** Follows a conversation; the same feed for everyone who asks, until it is closed. */
  follow(conversation: string): Feed {
    const known = this.feeds.get(conversation);
    if (known) return known;
    const feed = new Feed(conversation, {
      request: (asking) => this.requestFeed(asking),
      history: this.options.history,
      closed: (closing) => this.unfollow(closing),
    });
    this.feeds.set(conversation, feed);
    if (this.status.state === 'live') this.requestFeed(feed);
    return feed;
  }

  /** Agents: `row` and `gone` for the whole inbox, again after each reconnect. Returns how to stop. */
  followInbox(): () => void {
    if (this.inbox++ === 0) this.transmit({ type: 'subscribe', topic: { inbox: true } });
    let following = true;
    return () => {
      if (!following) return;
      following = false;
      if (--this.inbox === 0) this.transmit({ type: 'unsubscribe', topic: { inbox: true } });
    };
  }

  /**
   * Queues a write; it is offered until it has an answer, also across reconnects (and pages, with a durable store). Writes of one lane keep
   * their order. `lanes` defaults to the frame's conversation or thread. `outbox.writes()` lists what is on its way or failed.
   */
  write(frame: WriteFrame, details?: { lanes?: string[]; hint?: { [name: string]: string } }): Promise<Outcome> {
    const thread = frame.type === 'send' ? frame.thread : undefined;
    return this.outbox.add({
      client_id: frame.client_id,
      lanes: details?.lanes ?? [frame.conversation ?? thread ?? '*'],
      frame,
      sealed: false,
      ...(details?.hint ? { hint: details.hint } : {}),
      state: 'waiting',
      queued_at: this.environment.now(),
      tab: this.tab,
    });
  }

  /** Sends a frame nobody waits for. False when it was lost for want of a connection. */
  tell(frame: PassingFrame): boolean {
    return this.transmit(frame);
  }

  private get resting(): boolean {
    return this.status.state === 'waiting' && this.environment.now() < this.restUntil;
  }

  private looked(): void {
    if (this.away) this.returned();
    else if (this.status.state === 'live') this.heartbeat.probe();
    else if (this.status.state === 'waiting' && !this.resting) {
      // As short as a first wait; and who looks twice does not wait longer.
      const wait = reconnectDelay(0, this.environment.random, true);
      if (this.environment.now() + wait < this.retryAt) this.connectIn(wait);
    }
  }

  /** Nobody is at this page any more, so nobody may seem to be: a page in the back/forward cache can keep its socket open. */
  private left(): void {
    if (this.status.state === 'idle' || this.status.state === 'refused') return;
    this.away = true;
    this.rest();
  }

  private returned(): void {
    if (!this.away) return;
    this.away = false;
    const wait = this.restUntil - this.environment.now();
    if (wait > 0) this.comeBack(wait);
    else void this.connect();
  }

  /** Lets go of everything until it is asked for again. */
  private rest(): void {
    this.cancelRetry?.();
    this.lose();
    this.become({ state: 'idle' });
    for (const feed of this.feeds.values()) feed.disconnected();
  }

  private async connect(): Promise<void> {
    const era = ++this.era;
    this.become({ state: 'connecting', attempt: this.attempt });
    this.heartbeat.open(this.diedInSilence ? PROBE_MS : SILENCE_MS);
    this.diedInSilence = false;
    let credentials: Credentials;
    try {
      credentials = await this.options.credentials();
    } catch (error) {
      if (era !== this.era) return;
      this.heartbeat.stop();
      if (error instanceof Refused) this.refused(error.code);
      else if (error instanceof RetryLater) {
        this.restUntil = this.environment.now() + error.after_ms;
        this.comeBack(error.after_ms);
      } else this.comeBack(this.nextWait);
      return;
    }
    if (era !== this.era) return;
    const socket = this.environment.open(this.options.url);
    this.socket = socket;
    socket.onopen = () => {
      const visitor = this.options.role === 'visitor';
      const resume = [...this.feeds.values()].flatMap(({ conversation, epoch, last }) =>
        visitor && epoch !== undefined ? [{ conversation, epoch, position: last }] : [],
      );
      this.deliver({ type: 'hello', version: PROTOCOL_VERSION, ...credentials, tab: this.tab, resume });
    };
    socket.onmessage = ({ data }) => {
      if (this.socket === socket && typeof data === 'string') this.receive(data);
    };
    socket.onclose = ({ code }) => {
      if (this.socket === socket) this.ended(code);
    };
    this.heartbeat.open();
  }

  private receive(text: string): void {
    let frame: ServerFrame | null;
    try {
      frame = JSON.parse(text) as ServerFrame | null;
    } catch {
      this.ended(1002);
      return;
    }
    if (this.status.state === 'live') this.heartbeat.heard();
    // Here and below: what is not known is not for us.
    if (typeof frame !== 'object' || frame === null) return;
    switch (frame.type) {
      case 'welcome':
        this.welcomed(frame);
        break;
      case 'accepted':
        this.outbox.accepted(frame);
        break;
      case 'rejected':
        if (frame.request === undefined || frame.request === null) this.emitter.emit('rejected', frame);
        else this.outbox.rejected(frame);
        break;
      case 'state':
        this.feeds.get(frame.conversation)?.applyState(frame);
        break;
      case 'event':
        this.feeds.get(frame.conversation)?.applyEvent(frame);
        break;
      case 'live':
        this.feeds.get(frame.conversation)?.applyLive();
        break;
      case 'cursor':
        this.feeds.get(frame.conversation)?.applyCursor(frame);
        this.emitter.emit('cursor', frame);
        break;
      case 'thread':
        this.feeds.get(frame.thread.conversation)?.applyThread(frame.thread);
        this.emitter.emit('thread', frame);
        break;
      case 'row':
        this.feeds.get(frame.conversation)?.applyRow(frame.row);
        this.emitter.emit('row', frame);
        break;
      case 'gone':
        this.feeds.get(frame.conversation)?.applyGone();
        this.emitter.emit('gone', frame);
        break;
      case 'presence':
      case 'typing':
      case 'baseline':
      case 'viewers':
      case 'elsewhere':
        this.emitter.emit(frame.type, frame);
        break;
      case 'pong':
        for (const [conversation, head] of Object.entries(frame.heads)) this.feeds.get(conversation)?.applyHead(head);
        break;
      case 'drain':
        // The server ends its sockets in random order; until then everything goes on here.
        this.spread = frame.spread_ms;
        this.cancelDrain?.();
        this.cancelDrain = this.environment.after(frame.spread_ms + SILENCE_MS, () => this.ended(4001));
        break;
    }
  }

  private welcomed(frame: WelcomeFrame): void {
    this.welcome = frame;
    this.become({ state: 'live' });
    this.emitter.emit('welcome', frame);
    if (this.inbox > 0) this.transmit({ type: 'subscribe', topic: { inbox: true } });
    for (const feed of this.feeds.values()) {
      // A visitor's hello has already asked for these.
      if (this.options.role === 'agent' || feed.epoch === undefined) this.requestFeed(feed);
    }
    const author = this.options.author?.();
    void this.outbox.welcomed(author === undefined ? frame.epoch : `${frame.epoch} ${author}`);
    this.heartbeat.start();
    const era = this.era;
    this.environment.after(STABLE_MS, () => {
      if (era === this.era) this.attempt = 0;
    });
  }

  private requestFeed(feed: Feed): void {
    const { conversation, epoch, last } = feed;
    const from = epoch === undefined ? {} : { epoch, position: last };
    this.transmit(
      this.options.role === 'agent'
        ? { type: 'subscribe', topic: { conversation }, ...from }
        : { type: 'sync', conversation, ...from },
    );
  }

  private unfollow(feed: Feed): void {
    this.feeds.delete(feed.conversation);
    if (this.options.role === 'agent') {
      this.transmit({ type: 'unsubscribe', topic: { conversation: feed.conversation } });
    }
  }

  /** Sends on a live connection. */
  private transmit(frame: ClientFrame): boolean {
    if (this.status.state !== 'live') return false;
    return this.deliver(frame);
  }

  private deliver(frame: ClientFrame): boolean {
    try {
      this.socket?.send(JSON.stringify(frame));
      return this.socket !== undefined;
    } catch {
      return false;
    }
  }

  /** Lets go of the socket, whatever state it is in. `code`: it ended so by itself. True: it ended for a write. */
  private lose(code?: number): boolean {
    this.era++;
    this.heartbeat.stop();
    this.cancelDrain?.();
    this.spread = undefined;
    const socket = this.socket;
    this.socket = undefined;
    socket?.close();
    return this.outbox.disconnected(code);
  }

  private ended(code: number): void {
    const { spread } = this;
    const blamed = this.lose(code);
    if (code >= FIRST_FINAL_CODE && code <= LAST_FINAL_CODE && !blamed) this.refused(code);
    else if (spread === undefined) this.comeBack(this.nextWait);
    else this.comeBack(this.environment.random() * spread);
    for (const feed of this.feeds.values()) feed.disconnected();
  }

  private get nextWait(): number {
    return reconnectDelay(this.attempt, this.environment.random, this.environment.visible());
  }

  private refused(code: number): void {
    const again = this.options.again?.(code);
    if (again === undefined) this.become({ state: 'refused', code });
    else this.comeBack(again === 'now' ? 0 : this.nextWait);
  }

  private comeBack(wait: number): void {
    this.attempt++;
    this.become({ state: 'waiting', attempt: this.attempt });
    this.connectIn(wait);
  }

  private connectIn(wait: number): void {
    this.cancelRetry?.();
    this.retryAt = this.environment.now() + wait;
    this.cancelRetry = this.environment.after(wait, () => void this.connect());
  }

  private become(status: Status): void {
    this.status = status;
    this.emitter.emit('status', status);
  }
}

/** Makes a connection and starts it. */
export function connect(options: ConnectionOptions): Connection {
  const connection = new Connection(options);
  connection.start();
  return connection;
}
