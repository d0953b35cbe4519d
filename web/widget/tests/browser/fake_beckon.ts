import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type {
  Author,
  ConversationEvent,
  ConversationStatus,
  JsonObject,
  PositionedEvent,
  ServerFrame,
  Thread,
} from '@beckon/sdk';
import { inject } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import { until } from '../../../vitest.pace.ts';

const TYPES: { [ending: string]: string } = { html: 'text/html', js: 'text/javascript', css: 'text/css' };
const CSP =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self' ws://localhost:*; img-src 'self' data:; require-trusted-types-for 'script'; trusted-types 'none'";

/** A frame as a client sent it. */
export type Sent = { type: string; request?: number; client_id?: string; [name: string]: unknown };

type Unplaced<Event = ConversationEvent> = Event extends ConversationEvent ? Omit<Event, 'id' | 'at'> : never;

interface Conversation {
  thread: Thread;
  events: PositionedEvent[];
  context: JsonObject;
  version: number;
  /** Token of the session that began it; any may have what a test began. */
  owner?: string | undefined;
}

/** A visitor's Beckon, as far as the widget sees it: one visitor, conversations in memory, and a switch for everything that may go wrong. */
export class FakeBeckon {
  readonly conversations: Conversation[] = [];
  readonly frames: Sent[] = [];
  readonly requests: string[] = [];
  config = {
    id: 'a1b2c3d4-0000-4000-8000-000000000001',
    name: 'Norrvik',
    multiThread: true,
    allowedOrigins: [] as string[],
    themes: {
      default: { styles: {} },
      light: { styles: {}, scheme: 'light' },
      dark: { styles: {}, scheme: 'dark' },
      ocean: { styles: { '--bk-accent': '#1D5B86' }, darkStyles: { '--bk-accent': '#86C2EC' } },
    },
    welcome: 'Hello. What can we do for you?',
    teamName: null as string | null,
    language: null as string | null,
    titleUnread: false,
    sound: false,
    online: false,
    limits: { text: 4096, contextBytes: 65536, contextKeys: 256, keyLength: 128, stringBytes: 8192, depth: 8 },
  };
  /** Answers instead of the usual one, if it returns something; `null` answers nothing at all. */
  intercept: (frame: Sent) => object | null | undefined = () => undefined;
  /** Status and text of the configuration request, when it shall fail. */
  refusal: { status: number; text: string } | undefined;
  /** Nothing is answered: each connection ends without a word. */
  down = false;
  /** Tokens of sessions that were ended, as often as it was told. */
  readonly ended: string[] = [];
  /** A session that was ended closes its sockets. */
  tellsEnd = true;
  /** Connections that were ended because it was down. */
  dropped = 0;

  private closing: number | undefined;
  private sessions = 0;
  private handles = 0;
  private readonly sockets = new Set<WebSocket>();
  /** Whose they are, by token. */
  private readonly owners = new Map<WebSocket, string>();
  private onHello: (() => void)[] = [];
  private readonly answers = new Map<string, object>();
  private constructor(
    private readonly http: Server,
    private readonly pages: Map<string, { text: string; headers: { [name: string]: string } }>,
  ) {}

  static async start(): Promise<FakeBeckon> {
    const pages: FakeBeckon['pages'] = new Map();
    const http = createServer();
    const fake = new FakeBeckon(http, pages);
    http.on('request', (request, response) => void fake.serve(request, response));
    const sockets = new WebSocketServer({ noServer: true });
    http.on('upgrade', (request, socket, head) => {
      if (fake.down) fake.drop(socket);
      else sockets.handleUpgrade(request, socket, head, (accepted) => fake.accept(accepted));
    });
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
    return fake;
  }

  async stop(): Promise<void> {
    this.cut();
    this.http.closeAllConnections();
    await new Promise((resolve) => this.http.close(resolve));
  }

  private get port(): number {
    return (this.http.address() as AddressInfo).port;
  }

  /** Where the widget comes from. */
  get origin(): string {
    return `http://localhost:${this.port}`;
  }

  /** The site, another one: a page with this body. */
  page(path: string, body: string, head = '', headers: { [name: string]: string } = {}): string {
    this.pages.set(path, {
      headers,
      text: `<!doctype html><html lang="en"><head><title>Site</title><link rel="icon" href="data:,">${head}</head><body>${body}</body></html>`,
    });
    return `http://127.0.0.1:${this.port}${path}`;
  }

  /** The snippet as sites paste it. */
  snippet(then = ''): string {
    return `<script>(function(w,d,s,u,n){w[n]=w[n]||function(){(w[n].q=w[n].q||[]).push(arguments)};w[n].t=+new Date();var e=d.createElement(s),f=d.getElementsByTagName(s)[0];e.async=1;e.src=u;f.parentNode.insertBefore(e,f)})(window,document,'script','${this.origin}/widget.js','liveChat');${then}</script>`;
  }

  /** Every socket is lost. */
  cut(): void {
    for (const socket of this.sockets) socket.terminate();
  }

  /** The socket whose frame is being intercepted is closed with this code. */
  closeNext(code: number): void {
    this.closing = code;
  }

  /** How far our side has received and read what the visitor wrote. */
  cursor(conversation: Conversation, delivered: number, read: number): void {
    this.broadcast({ type: 'cursor', conversation: conversation.thread.conversation, delivered, read });
  }

  /** An agent begins or stops writing. */
  typing(conversation: Conversation, on: boolean): void {
    const author: Author = { type: 'agent', id: 'agent-1', name: 'Maja Horvat' };
    this.broadcast({ type: 'typing', conversation: conversation.thread.conversation, author, on });
  }

  /** Everything in it happened so much earlier, milliseconds. */
  age(conversation: Conversation, by: number): void {
    const earlier = (at: string) => new Date(Date.parse(at) - by).toISOString();
    conversation.events = conversation.events.map(({ position, event }) => ({
      position,
      event: { ...event, at: earlier(event.at) },
    }));
    conversation.thread = { ...conversation.thread, updated_at: earlier(conversation.thread.updated_at) };
  }

  /** A conversation that is there already. */
  begin(status: ConversationStatus = 'OPEN', texts: string[] = [], by: Author | null = null): Conversation {
    const at = new Date().toISOString();
    const thread: Thread = {
      conversation: randomUUID(),
      thread: randomUUID(),
      status,
      head: 0,
      unread: 0,
      preview: null,
      agent: null,
      created_at: at,
      updated_at: at,
    };
    const made = { thread, events: [], context: {}, version: 0 };
    this.conversations.push(made);
    for (const text of texts) this.say(made, text);
    if (by) this.broadcast({ type: 'thread', thread, started_by: by });
    return made;
  }

  /** The visitor wrote this, some time. */
  hear(conversation: Conversation, text: string): void {
    const author: Author = { type: 'visitor', id: 'visitor-1', name: null };
    this.append(conversation, { kind: 'message', author, client_id: null, message: { type: 'TEXT', text } });
  }

  /** Waits until a widget listens. */
  async listened(): Promise<void> {
    if (this.sockets.size === 0) await new Promise<void>((resolve) => this.onHello.push(resolve));
  }

  /** Waits until the chat says that it has everything of a conversation. */
  async delivered({ thread, events }: Conversation): Promise<void> {
    const all = (frame: Sent) =>
      frame.type === 'delivered' && frame.conversation === thread.conversation && frame.position === events.length;
    await until('the chat says that it has the newest message', () => this.frames.find(all));
  }

  /** The visitor read all of it in another tab. */
  read(conversation: Conversation): void {
    conversation.thread = { ...conversation.thread, unread: 0 };
    this.broadcast({ type: 'thread', thread: conversation.thread, started_by: null });
  }

  /** An agent writes. */
  say(conversation: Conversation, text: string): void {
    const author: Author = { type: 'agent', id: 'agent-1', name: 'Maja Horvat' };
    this.append(conversation, { kind: 'message', author, client_id: null, message: { type: 'TEXT', text } });
    conversation.thread = {
      ...conversation.thread,
      unread: conversation.thread.unread + 1,
      preview: { author, text, at: conversation.thread.updated_at },
    };
    this.broadcast({ type: 'thread', thread: conversation.thread, started_by: null });
  }

  setStatus(conversation: Conversation, to: ConversationStatus): void {
    const { status: from } = conversation.thread;
    const author: Author = { type: 'agent', id: 'agent-1', name: 'Maja Horvat' };
    this.append(conversation, { kind: 'status', author, client_id: null, from, to });
    conversation.thread = { ...conversation.thread, status: to };
    this.broadcast({ type: 'thread', thread: conversation.thread, started_by: null });
  }

  join(conversation: Conversation): void {
    const agent = { id: 'agent-1', name: 'Maja Horvat' };
    this.append(conversation, { kind: 'joined', author: { type: 'agent', ...agent }, client_id: null, agent });
    conversation.thread = { ...conversation.thread, agent };
    this.broadcast({ type: 'thread', thread: conversation.thread, started_by: null });
  }

  broadcast(frame: ServerFrame): void {
    for (const socket of this.sockets) socket.send(JSON.stringify(frame));
  }

  /** Tells the sockets of a session, as the server does when it was ended. */
  revoke(token: string): void {
    for (const [socket, owner] of this.owners) if (owner === token) socket.close(4503);
  }

  private endSession(token: string): void {
    this.ended.push(token);
    if (this.tellsEnd) this.revoke(token);
  }

  private drop(connection: { destroy(): unknown }): void {
    this.dropped++;
    connection.destroy();
  }

  private append(conversation: Conversation, event: Unplaced): PositionedEvent {
    const at = new Date().toISOString();
    const position = conversation.events.length + 1;
    const added = { position, event: { ...event, id: randomUUID(), at } as ConversationEvent };
    conversation.events.push(added);
    conversation.thread = { ...conversation.thread, head: position, updated_at: at };
    this.broadcast({ type: 'event', conversation: conversation.thread.conversation, ...added });
    return added;
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? '/').split('?')[0] ?? '/';
    const toBeckon = request.headers.host?.startsWith('localhost') ?? false;
    if (toBeckon) this.requests.push(`${request.method} ${path}`);
    const json = (status: number, body: object) => {
      response.writeHead(status, { 'content-type': 'application/json', 'access-control-allow-origin': '*' });
      response.end(JSON.stringify(body));
    };
    const page = this.pages.get(path);
    if (!toBeckon && page !== undefined) {
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', ...page.headers });
      response.end(page.text);
    } else if (this.down) this.drop(response);
    else if (path.endsWith('/config')) {
      const { refusal } = this;
      const known = path.includes(this.config.id);
      if (refusal) json(refusal.status, { requestError: { serviceException: { messageId: 'X', text: refusal.text } } });
      else if (known) json(200, this.config);
      else json(404, { requestError: { serviceException: { messageId: 'NOT_FOUND', text: 'no such widget' } } });
    } else if (path.endsWith('/sessions')) {
      json(201, {
        token: `token ${++this.sessions}`,
        visitor: randomUUID(),
        expires_at: '2099-01-01T00:00:00.000+00:00',
      });
    } else if (path.endsWith('/session') && request.method === 'DELETE') {
      this.endSession(request.headers.authorization?.replace('Bearer ', '') ?? '');
      response.writeHead(204);
      response.end();
    } else if (path.endsWith('/events')) {
      const before = Number(new URL(request.url ?? '', this.origin).searchParams.get('before'));
      const found = this.conversations.find(({ thread }) => path.includes(thread.conversation));
      const events = found?.events.filter(({ position }) => position < before).slice(-50) ?? [];
      json(200, { events, head: found?.thread.head ?? 0 });
    } else if (path === '/widget.js') await this.file('widget.js', response);
    else if (path.startsWith('/widget/assets/')) await this.file(path.replace('/widget/', 'app/'), response);
    else if (path.startsWith('/widget/')) await this.file('app/index.html', response);
    else if (path.endsWith('/session/handle')) json(200, { handle: `handle ${++this.handles}` });
    else json(404, {});
  }

  private async file(name: string, response: ServerResponse): Promise<void> {
    const type = TYPES[name.split('.').at(-1) ?? ''] ?? 'application/octet-stream';
    const headers = {
      'content-security-policy': CSP,
      'access-control-allow-origin': '*',
      'cross-origin-resource-policy': 'cross-origin',
    };
    response.writeHead(200, { 'content-type': `${type}; charset=utf-8`, ...headers });
    response.end(await readFile(join(inject('widgetDist'), name)));
  }

  private accept(socket: WebSocket): void {
    socket.on('close', () => {
      this.sockets.delete(socket);
      this.owners.delete(socket);
    });
    socket.on('message', (data) => {
      const frame = JSON.parse(String(data)) as Sent;
      this.frames.push(frame);
      const answer = this.intercept(frame);
      if (this.closing !== undefined) {
        socket.close(this.closing);
        this.closing = undefined;
        return;
      }
      const given = answer === undefined ? this.answer(socket, frame) : answer;
      if (given) socket.send(JSON.stringify({ request: frame.request, ...given }));
    });
  }

  private answer(socket: WebSocket, frame: Sent): object | null {
    switch (frame.type) {
      case 'hello': {
        this.sockets.add(socket);
        this.owners.set(socket, frame.token as string);
        for (const told of this.onHello.splice(0)) told();
        const theirs = this.conversations.filter(({ owner = frame.token }) => owner === frame.token);
        const threads = theirs.map(({ thread }) => thread);
        const now = new Date().toISOString();
        queueMicrotask(() => {
          for (const { conversation, position } of frame.resume as { conversation: string; position: number }[]) {
            this.replay(socket, conversation, position);
          }
        });
        const { online, limits } = this.config;
        return { type: 'welcome', connection: 'c', epoch: 'e', now, limits, online, threads };
      }
      case 'sync':
        this.replay(socket, frame.conversation as string, frame.position as number | undefined);
        return null;
      case 'send':
      case 'context':
        return this.write(frame, this.owners.get(socket));
      case 'read': {
        const found = this.conversations.find(({ thread }) => thread.conversation === frame.conversation);
        if (found) found.thread = { ...found.thread, unread: 0 };
        return null;
      }
      case 'ping':
        return { type: 'pong', heads: {} };
      default:
        return null;
    }
  }

  private replay(socket: WebSocket, conversation: string, position?: number): void {
    const found = this.conversations.find(({ thread }) => thread.conversation === conversation);
    if (!found) return;
    const send = (frame: object) => socket.send(JSON.stringify({ conversation, ...frame }));
    const events = position === undefined ? found.events.slice(-50) : found.events.slice(position);
    const first = events[0]?.position ?? 0;
    const mode = position === undefined ? 'reset' : 'replay';
    const cursors = { delivered: 0, read: 0, own_read: 0 };
    send({ type: 'state', epoch: 'e', head: found.events.length, mode, first, cursors, thread: found.thread });
    for (const event of events) send({ type: 'event', ...event });
    send({ type: 'live' });
  }

  private write(frame: Sent, owner: string | undefined): object {
    const id = frame.client_id as string;
    const before = this.answers.get(id);
    if (before) return { ...before, duplicate: true };
    const made = frame.type === 'send' ? this.store(frame, owner) : this.merge(frame, owner);
    // What is only held is no write yet.
    if (!(made as { pending?: boolean }).pending) this.answers.set(id, made);
    return made;
  }

  private store(frame: Sent, owner: string | undefined): object {
    const named = this.conversations.find(
      ({ thread }) => thread.conversation === frame.conversation || thread.thread === frame.thread,
    );
    const found = named ?? this.begin();
    const author: Author = { type: 'visitor', id: 'visitor-1', name: null };
    if (!named) {
      found.thread = { ...found.thread, thread: frame.thread as string };
      found.owner = owner;
      for (const part of [frame.standing, frame.context]) {
        if (part) this.apply(found, part as { mode: string; metadata: JsonObject });
      }
      this.broadcast({ type: 'thread', thread: found.thread, started_by: author });
    }
    const message = frame.message as { type: 'TEXT'; text: string };
    const { position, event } = this.append(found, {
      kind: 'message',
      author,
      client_id: frame.client_id ?? null,
      message,
    });
    found.thread = { ...found.thread, preview: { author, text: message.text, at: event.at } };
    this.broadcast({ type: 'thread', thread: found.thread, started_by: null });
    const { conversation, thread } = found.thread;
    return { type: 'accepted', conversation, thread, position, event_id: event.id, at: event.at, duplicate: false };
  }

  private merge(frame: Sent, owner: string | undefined): object {
    const { reached, guessed } = this.meant(frame, owner);
    for (const conversation of reached) {
      this.apply(conversation, { mode: frame.mode as string, metadata: frame.metadata as JsonObject });
    }
    const conversations = reached.map(({ thread: { thread, conversation }, version }) => ({
      thread,
      conversation,
      version,
      ...(guessed && { guessed }),
    }));
    return { type: 'accepted', duplicate: false, conversations, pending: reached.length === 0, ignored: [] };
  }

  /** Where a call goes, as the server decides it. Everything here is fresh. */
  private meant(
    { conversation, strategy, on_screen, last_used, visible }: Sent,
    token: string | undefined,
  ): {
    reached: Conversation[];
    guessed?: boolean;
  } {
    const theirs = this.conversations.filter(({ owner = token }) => owner === token);
    const open = theirs.filter(({ thread }) => thread.status !== 'CLOSED');
    if (conversation) return { reached: open.filter(({ thread }) => thread.conversation === conversation) };
    if (!this.config.multiThread) return { reached: open.slice(0, 1) };
    if (strategy !== 'ACTIVE') return { reached: open };
    const named = (id: unknown) => theirs.filter(({ thread }) => thread.thread === id);
    const [shown] = named(on_screen);
    if (visible && on_screen && shown?.thread.status !== 'CLOSED') return { reached: shown ? [shown] : [] };
    const fresh = open.filter(({ thread }) => thread.status !== 'SOLVED');
    const guess = last_used ? named(last_used) : fresh;
    return { reached: guess.length === 1 ? fresh.filter((one) => guess.includes(one)) : [], guessed: true };
  }

  private apply(conversation: Conversation, { mode, metadata }: { mode: string; metadata: JsonObject }): void {
    if (mode === 'replace') conversation.context = {};
    for (const [key, value] of Object.entries(metadata)) {
      if (value === null) delete conversation.context[key];
      else conversation.context[key] = value;
    }
    conversation.version++;
  }
}
