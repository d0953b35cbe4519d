import type { ClientFrame, ConversationEvent, Row, ServerFrame } from '@beckon/sdk';
import { vi } from 'vitest';
import type { QuickReply } from '../src/replies/quick_replies';
import type { SessionBody } from '../src/session';

export const WHO: SessionBody = {
  agent: { id: 'maja', name: 'Maja', email: 'maja@example.com', role: 'ADMIN' },
  server: { public_url: 'http://localhost:8080', widget_origins: [], epoch: 'home' },
};
const PASSWORD = 'a good password';

/** A request, its body parsed. */
export interface FakeCall {
  method: string;
  path: string;
  body: Record<string, unknown>;
}

interface Held {
  row: Row;
  events: ConversationEvent[];
  context: { text: string; version: number; updated_at: string | null };
}

/** A server in memory that speaks the console's part of the wire. Installs itself as `fetch` and `WebSocket`. */
export class FakeServer {
  signedIn = true;
  setUpDone = true;
  /** Of the database that answers. */
  epoch = 'home';
  /** Who is signed in. */
  who = WHO;
  /** Leaves the sockets' first frame without an answer while true. */
  silent = false;
  /** Answers HTTP with an error while true. */
  broken = false;
  /** Answers the request for a socket ticket instead of the usual one. */
  onTicket: (() => Response | undefined) | undefined;
  /** What is done with a write; by default it is taken. */
  onWrite: ((frame: ClientFrame & { type: 'send' | 'command'; request: number }) => void) | undefined;
  /** Happens while the answer to signing out is on its way. */
  onSignOut: (() => void) | undefined;
  /** Answers what this server does not know of; undefined leaves it unknown. */
  other: ((call: FakeCall) => Response | undefined) | undefined;
  quickReplies: QuickReply[] = [];
  readonly asked: string[] = [];
  readonly frames: ClientFrame[] = [];
  readonly #held = new Map<string, Held>();
  #socket: FakeSocket | undefined;

  constructor() {
    const server = this;
    vi.stubGlobal('fetch', (path: string, init: RequestInit) => server.#answer(path, init));
    vi.stubGlobal(
      'WebSocket',
      class extends FakeSocket {
        constructor() {
          super((frame) => server.#hear(frame));
          server.#socket = this;
          queueMicrotask(() => this.onopen?.());
        }
      },
    );
  }

  hold(
    row: Row,
    events: ConversationEvent[] = [],
    context = { text: '{}', version: 0, updated_at: null as string | null },
  ): void {
    this.#held.set(row.conversation, { row: { ...row, head: events.length }, events, context });
  }

  /** It is in nobody's reach any more, and the lists have not heard. */
  lose(conversation: string): void {
    this.#held.delete(conversation);
  }

  /** Something happened in a conversation: everybody hears of it. */
  happen(conversation: string, event: ConversationEvent, parts: Partial<Row> = {}): void {
    const held = this.#held.get(conversation);
    if (!held) throw new Error(`no conversation ${conversation}`);
    held.events.push(event);
    held.row = { ...held.row, head: held.events.length, ...parts };
    this.say({ type: 'event', conversation, position: held.events.length, event });
    this.say({ type: 'row', conversation, head: held.row.head, row: held.row });
  }

  say(frame: ServerFrame): void {
    this.#socket?.onmessage?.({ data: JSON.stringify(frame) });
  }

  /** Ends the socket. */
  cut(code = 4004): void {
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.onclose?.({ code });
  }

  async #answer(path: string, init: RequestInit): Promise<Response> {
    const url = new URL(path, 'http://localhost:8080');
    this.asked.push(`${init.method} ${url.pathname}${url.search}`);
    const body = typeof init.body === 'string' ? (JSON.parse(init.body) as FakeCall['body']) : {};
    if (this.broken) return refusal(500, 'broken');
    switch (`${init.method} ${url.pathname}`) {
      case 'GET /console/1/status':
        return Response.json({ set_up_done: this.setUpDone, epoch: this.epoch });
      case 'GET /console/1/session':
        return this.signedIn ? Response.json(this.who) : refusal(401, 'Unauthorized');
      case 'POST /console/1/session':
        if (body.password !== PASSWORD) return refusal(401, 'Invalid login details');
        this.signedIn = true;
        return Response.json(WHO);
      case 'DELETE /console/1/session':
        this.signedIn = false;
        this.onSignOut?.();
        await new Promise((resolve) => setTimeout(resolve, 20));
        return new Response(null, { status: 204 });
      case 'GET /console/1/setup/good':
        return Response.json({ valid: true });
      case 'POST /console/1/setup':
        if (body.password === 'password12') return refusal(400, 'Bad request', { password: ['Choose another one.'] });
        this.signedIn = true;
        return Response.json(WHO, { status: 201 });
      case 'POST /console/1/tickets': {
        const ticket = Response.json({ ticket: 't', expires_in: 60 }, { status: 201 });
        return this.onTicket?.() ?? (this.signedIn ? ticket : refusal(401, 'Unauthorized'));
      }
      case 'GET /console/1/quick-replies':
        return Response.json({ replies: this.quickReplies });
      case 'POST /console/1/quick-replies': {
        const { shortcut, text, shared } = body as Pick<QuickReply, 'shortcut' | 'text' | 'shared'>;
        if (this.quickReplies.some((reply) => reply.shortcut === shortcut))
          return refusal(400, 'Bad request', { shortcut: ['You have one of this name.'] });
        const id = `q${this.quickReplies.length + 1}`;
        this.quickReplies.push({ id, shortcut, text, shared, mine: true, updated_at: '' });
        return Response.json({ id }, { status: 201 });
      }
      case 'GET /ccaas/1/agents': {
        const agents = [
          { id: 'luka', displayName: 'Luka', role: 'AGENT', status: 'INVISIBLE' },
          { id: 'ivo', displayName: 'Ivo', role: 'AGENT', status: 'ACTIVE' },
          { id: 'maja', displayName: 'Maja', role: 'ADMIN', status: 'ACTIVE' },
        ];
        return Response.json({ agents });
      }
      case 'GET /ccaas/1/inbox':
        return this.signedIn ? this.#page(url) : refusal(401, 'Unauthorized');
    }
    const other = this.other?.({ method: init.method ?? 'GET', path: url.pathname, body });
    if (other) return other;
    if (init.method === 'PUT' && url.pathname.endsWith('/assignee')) return Response.json({});
    const [, conversation = '', what] =
      /^\/ccaas\/1\/conversations\/([^/]+)\/(events|metadata)$/.exec(url.pathname) ?? [];
    const held = this.#held.get(conversation);
    if (!held) return refusal(404, 'not found');
    if (what === 'metadata') return new Response(held.context.text);
    const before = Number(url.searchParams.get('before'));
    const events = positioned(held.events).filter(({ position }) => position < before);
    return Response.json({ events: events.slice(-50), head: held.events.length });
  }

  #page(url: URL): Response {
    const view = url.searchParams.get('view');
    const open = [...this.#held.values()].map(({ row }) => row).filter((row) => row.status !== 'CLOSED');
    const views: Record<string, Row[]> = {
      mine: open.filter((row) => row.agent?.id === WHO.agent.id),
      unassigned: open.filter((row) => row.agent === null),
      all: [...this.#held.values()].map(({ row }) => row),
    };
    const wanted = url.searchParams.get('status')?.split(',');
    if (wanted)
      for (const list of Object.values(views))
        list.splice(0, Number.POSITIVE_INFINITY, ...list.filter((row) => wanted.includes(row.status)));
    const counts = { mine: views.mine?.length, unassigned: views.unassigned?.length, all: open.length };
    return Response.json({ rows: views[view ?? ''] ?? [], next_cursor: null, counts });
  }

  #hear(frame: ClientFrame): void {
    this.frames.push(frame);
    switch (frame.type) {
      case 'hello':
        if (!this.silent) this.welcome();
        break;
      case 'subscribe':
        if ('conversation' in frame.topic) this.#tell(frame.topic.conversation);
        break;
      case 'send':
      case 'command':
        if (this.onWrite) this.onWrite(frame);
        else this.accept(frame.request);
        break;
    }
  }

  /** Answers the socket's first frame. */
  welcome(): void {
    this.say({
      type: 'welcome',
      connection: 'c',
      epoch: this.epoch,
      now: '',
      limits: {},
      online: true,
      agent: WHO.agent,
    });
  }

  accept(request: number): void {
    this.say({ type: 'accepted', request, duplicate: false });
  }

  #tell(conversation: string): void {
    const held = this.#held.get(conversation);
    if (!held) {
      this.say({ type: 'rejected', code: 'not_found', message: 'No such conversation.', retry: 'never' });
      return;
    }
    const latest = positioned(held.events).slice(-50);
    this.say({
      type: 'state',
      conversation,
      epoch: this.epoch,
      head: held.events.length,
      mode: 'reset',
      first: latest[0]?.position ?? 1,
      cursors: { delivered: 0, read: 0, own_read: 0 },
      row: held.row,
      context: {
        ...held.context,
        keys: [],
        baseline: { position: held.events.length, version: held.context.version, text: null },
      },
    });
    for (const { position, event } of latest) this.say({ type: 'event', conversation, position, event });
    this.say({ type: 'live', conversation });
  }
}

class FakeSocket {
  onopen: (() => void) | null = null;
  onmessage: ((message: { data: string }) => void) | null = null;
  onclose: ((end: { code: number }) => void) | null = null;
  constructor(private readonly hear: (frame: ClientFrame) => void) {}
  send(text: string): void {
    const frame = JSON.parse(text) as ClientFrame;
    queueMicrotask(() => this.hear(frame));
  }
  close(): void {
    this.onmessage = null;
  }
}

function positioned(events: readonly ConversationEvent[]) {
  return events.map((event, index) => ({ position: index + 1, event }));
}

export function refusal(status: number, text: string, validationErrors?: Record<string, string[]>): Response {
  return Response.json({ requestError: { serviceException: { messageId: 'X', text, validationErrors } } }, { status });
}
