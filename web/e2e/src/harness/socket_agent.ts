import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Beckon } from './beckon';
import type { JournalEntry } from './conversations';

/** A guard against hanging, far above what an answer takes. */
const PATIENCE_MS = 20_000;
const PASSWORD = 'correct horse battery staple';

interface Frame {
  type: string;
  request?: number;
  code?: string;
  /** Of `rejected`: `later` with `after_ms` when a limit was met. */
  retry?: string;
  after_ms?: number;
  message?: string;
  conversation?: string;
  position?: number;
  event?: JournalEntry['event'];
  /** Of `typing`. */
  author?: { type: string };
  on?: boolean;
}

let agents = 0;

/** An agent without a screen: what a colleague at another desk does. */
export class SocketAgent {
  /** What arrived of the conversations that are followed, in the order of arrival. */
  readonly heard: { conversation: string; position: number; event: JournalEntry['event'] }[] = [];
  private readonly writers = new Set<string>();
  private readonly answers = new Map<number, (frame: Frame) => void>();
  private requests = 0;
  /** Writes go one after the other: the next when the last is taken. */
  private lane: Promise<void> = Promise.resolve();

  private constructor(
    readonly name: string,
    private readonly socket: WebSocket,
  ) {}

  /** Makes a new agent, by default an admin, signs in and connects. */
  static async signIn(beckon: Beckon, name = `Colleague ${++agents}`): Promise<SocketAgent> {
    const email = `${name.toLowerCase().replace(/\W+/g, '.')}-${randomUUID()}@example.com`;
    await beckon.admin(
      ['agent', 'create', '--email', email, '--name', name, '--role', 'admin', '--password-stdin'],
      `${PASSWORD}\n`,
    );
    const headers = { 'content-type': 'application/json', origin: beckon.origin };
    const session = await fetch(`${beckon.origin}/console/1/session`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ email, password: PASSWORD }),
    });
    if (session.status !== 200) throw new Error(`sign-in answered ${session.status}: ${await session.text()}`);
    const cookie = session.headers
      .getSetCookie()
      .map((one) => one.split(';')[0])
      .join('; ');
    const asked = await fetch(`${beckon.origin}/console/1/tickets`, {
      method: 'POST',
      headers: { ...headers, cookie },
    });
    const { ticket } = (await asked.json()) as { ticket: string };
    const socket = new WebSocket(`${beckon.origin.replace('http', 'ws')}/livechat/1/socket`);
    const agent = new SocketAgent(name, socket);
    await agent.greet(ticket);
    return agent;
  }

  /** Takes, solves, closes, reopens or sets a conversation to waiting; rejects when the server refuses. */
  async command(conversation: string, command: 'take' | 'solve' | 'close' | 'reopen' | 'wait'): Promise<void> {
    await this.request({ type: 'command', client_id: randomUUID(), conversation, command });
  }

  /** Sends a message; it is on disk when this resolves. */
  async say(conversation: string, text: string): Promise<void> {
    await this.request({ type: 'send', client_id: randomUUID(), conversation, message: { type: 'TEXT', text } });
  }

  /** Begins or stops writing; only heard of where the conversation is followed. */
  typing(conversation: string, on: boolean): void {
    this.socket.send(JSON.stringify({ type: 'typing', conversation, on }));
  }

  /** Writes for as long as `action` takes: whoever sees it forgets a writer whom they have not heard of for some seconds. */
  async whileTyping(conversation: string, action: () => Promise<void>): Promise<void> {
    this.typing(conversation, true);
    const again = setInterval(() => this.typing(conversation, true), 2_000);
    try {
      await action();
    } finally {
      clearInterval(again);
    }
  }

  /** Has received a conversation up to a position, or also read it. */
  cursor(conversation: string, position: number, kind: 'delivered' | 'read'): void {
    this.socket.send(JSON.stringify({ type: kind, conversation, position }));
  }

  /** Whether the visitor of a conversation was last heard of as writing. */
  hearsTyping(conversation: string): boolean {
    return this.writers.has(conversation);
  }

  /** Follows a conversation from its beginning: its events go to `heard`. */
  follow(conversation: string): void {
    this.socket.send(JSON.stringify({ type: 'subscribe', topic: { conversation } }));
  }

  leave(): void {
    this.socket.close();
  }

  private greet(ticket: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const guard = setTimeout(() => reject(new Error('the socket did not say welcome')), PATIENCE_MS);
      this.socket.onopen = () =>
        this.socket.send(JSON.stringify({ type: 'hello', version: 1, ticket, tab: randomUUID(), resume: [] }));
      this.socket.onclose = ({ code }) => {
        clearTimeout(guard);
        reject(new Error(`the socket was closed with ${code}`));
      };
      this.socket.onmessage = ({ data }) => {
        const frame = JSON.parse(String(data)) as Frame;
        if (frame.type === 'welcome') {
          clearTimeout(guard);
          resolve();
        }
        this.hear(frame);
      };
    });
  }

  private hear(frame: Frame): void {
    if (frame.type === 'typing' && frame.author?.type === 'visitor') {
      if (frame.on) this.writers.add(frame.conversation ?? '');
      else this.writers.delete(frame.conversation ?? '');
    }
    if (frame.request !== undefined) this.answers.get(frame.request)?.(frame);
    if (frame.type !== 'event' || !frame.event) return;
    this.heard.push({ conversation: frame.conversation ?? '', position: frame.position ?? 0, event: frame.event });
  }

  /** Sends a write. An agent who writes faster than the limit waits as the server says, as the console does. */
  private request(frame: { type: string } & Record<string, unknown>): Promise<void> {
    const taken = this.lane.then(() => this.insist(frame));
    // One that is refused holds up no other.
    this.lane = taken.catch(() => {});
    return taken;
  }

  private async insist(frame: { type: string }): Promise<void> {
    for (;;) {
      const answer = await this.ask(frame);
      if (answer.type === 'accepted') return;
      if (answer.retry !== 'later') throw new Error(`${frame.type} was refused: ${answer.code} ${answer.message}`);
      await pause(answer.after_ms ?? 0);
    }
  }

  private ask(frame: { type: string }): Promise<Frame> {
    this.requests += 1;
    const request = this.requests;
    return new Promise((resolve, reject) => {
      const guard = setTimeout(() => reject(new Error(`no answer to ${frame.type}`)), PATIENCE_MS);
      this.answers.set(request, (answer) => {
        clearTimeout(guard);
        this.answers.delete(request);
        resolve(answer);
      });
      this.socket.send(JSON.stringify({ ...frame, request }));
    });
  }
}
