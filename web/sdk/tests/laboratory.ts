import { Connection, type ConnectionOptions, type Environment, type SocketLike } from '../src';
import type { PageListener } from '../src/page';

/** A frame as it went over the wire. */
export type Wire = { type: string; request?: number; client_id?: string; [name: string]: unknown };

/** One socket, seen from the server. */
export class TestSocket implements SocketLike {
  onopen: (() => void) | null = null;
  onmessage: ((message: { data: unknown }) => void) | null = null;
  onclose: ((end: { code: number }) => void) | null = null;
  readonly sent: Wire[] = [];
  closed = false;

  send(text: string): void {
    this.sent.push(JSON.parse(text) as Wire);
  }

  close(): void {
    this.closed = true;
  }

  hear(frame: object): void {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }

  hearText(text: string): void {
    this.onmessage?.({ data: text });
  }

  drop(code = 1006): void {
    this.onclose?.({ code });
  }

  of(type: string): Wire[] {
    return this.sent.filter((frame) => frame.type === type);
  }
}

/** A clock that stands still until it is moved, chance that is always the same, and sockets that do nothing by themselves. */
export class Laboratory {
  readonly sockets: TestSocket[] = [];
  time = 1_000_000;
  chance = 0.5;
  /** Whether the page may be seen. */
  visible = true;
  /** What the page tells, once a connection listens to it. */
  page: PageListener | undefined;
  private timers: { at: number; run: () => void }[] = [];

  readonly environment: Environment = {
    open: () => {
      const socket = new TestSocket();
      this.sockets.push(socket);
      return socket;
    },
    now: () => this.time,
    random: () => this.chance,
    after: (milliseconds, run) => {
      const timer = { at: this.time + milliseconds, run };
      this.timers.push(timer);
      return () => {
        this.timers = this.timers.filter((other) => other !== timer);
      };
    },
    visible: () => this.visible,
    watch: (page) => {
      this.page = page;
      return () => {
        this.page = undefined;
      };
    },
  };

  get socket(): TestSocket {
    const last = this.sockets[this.sockets.length - 1];
    if (!last) throw new Error('nobody has connected');
    return last;
  }

  /** Moves the clock, running what is due on the way. */
  async pass(milliseconds: number): Promise<void> {
    const end = this.time + milliseconds;
    for (;;) {
      await settle();
      const [due] = this.timers.filter((timer) => timer.at <= end).sort((one, other) => one.at - other.at);
      if (!due) break;
      this.timers = this.timers.filter((other) => other !== due);
      this.time = Math.max(this.time, due.at);
      due.run();
    }
    this.time = end;
    await settle();
  }

  connection(options: Partial<ConnectionOptions> = {}): Connection {
    return new Connection({
      url: 'ws://test',
      role: 'visitor',
      credentials: async () => ({ token: 'secret' }),
      history: async () => ({ events: [], head: 0 }),
      environment: this.environment,
      ...options,
    });
  }

  /** Opens the newest socket and says welcome. */
  async welcome(epoch = 'one'): Promise<TestSocket> {
    await settle();
    const { socket } = this;
    socket.onopen?.();
    const now = new Date(this.time).toISOString();
    socket.hear({ type: 'welcome', connection: 'c', epoch, now, limits: {}, online: true, threads: [] });
    await settle();
    return socket;
  }

  /** Cuts the newest socket and says welcome to the next one. */
  async comeBack(epoch = 'one'): Promise<TestSocket> {
    const before = this.sockets.length;
    this.socket.drop();
    while (this.sockets.length === before) await this.pass(250);
    return this.welcome(epoch);
  }
}

/** Lets promises that are ready go on. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
}

/** An event at a position of the one conversation. */
export function eventAt(position: number): object {
  return {
    type: 'event',
    conversation: 'c1',
    position,
    event: {
      id: `e${position}`,
      kind: 'message',
      at: '2026-11-23T09:12:45.090+00:00',
      author: { type: 'agent', id: 'a', name: 'A' },
      client_id: null,
      message: { type: 'TEXT', text: String(position) },
    },
  };
}

/** The frame before the events of an answer. */
export function stateOf(head: number, mode: 'replay' | 'reset', first: number, epoch = 'one'): object {
  const cursors = { delivered: 0, read: 0, own_read: 0 };
  return { type: 'state', conversation: 'c1', epoch, head, mode, first, cursors };
}
