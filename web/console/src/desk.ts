import {
  type AgentCommand,
  type Connection,
  Refused as ConnectionRefused,
  type ContextHistoryPage,
  connect,
  type HistoryPage,
  RetryLater,
  type Status,
  uuid,
} from '@beckon/sdk';
import { type ReadonlySignal, signal } from '@preact/signals';
import { type CardSetting, CardSettings } from './context/card_settings';
import { ask, askText, Refused, Unreachable } from './http';
import { Inbox, type InboxPage } from './inbox/inbox';
import { Receipts } from './inbox/receipts';
import type { Filter, View } from './inbox/rows';
import { text } from './locales/en';
import { isAway, isHome } from './other_database';
import { QuickReplies } from './replies/quick_replies';
import { asAgent, type SessionBody, sessionEnded } from './session';
import { Conversation } from './thread/conversation';
import { Drafts } from './thread/drafts';
import type { Kind } from './thread/timeline';
import { TypingReport } from './thread/typing_report';

/** Conversations that are kept ready for coming back to. Those with a draft or an unsent message are always kept. */
const KEPT_CONVERSATIONS = 30;
/** Close code of a session that was ended on the server, and what `credentials` refuses with when signed out. */
const REVOKED = 4503;
/** The same of a console that is open at an address which Beckon does not take for its own. */
export const WRONG_ADDRESS = 4505;
/** Wait before asking for a socket ticket again when the server said *too many* and not until when, milliseconds. */
const TOO_MANY_WAIT_MS = 5_000;

/** The working place of a signed-in agent: one connection, the inbox, the conversations that were opened. */
export class Desk {
  readonly inbox: Inbox;
  readonly quickReplies = new QuickReplies();
  readonly cards = new CardSettings(readCards, keepPins);
  readonly #status = signal<Status>({ state: 'idle' });
  /** Whether the connection stood before, so that its first try is not called a loss. */
  readonly #wasLive = signal(false);
  readonly #drafts: Drafts;
  readonly #receipts: Receipts;
  readonly #conversations = new Map<string, Conversation>();
  readonly #connection: Connection;
  readonly #stops: (() => void)[] = [];
  #open: { conversation: Conversation; typing: TypingReport; stop: () => void } | null = null;

  constructor(
    /** Told anew when the agent's name or role changes. */
    public who: SessionBody,
    /** The list on screen, which is read again first. */
    shown: () => View,
  ) {
    this.#drafts = new Drafts(who.agent.id);
    this.#receipts = new Receipts((conversation, position) =>
      this.#connection.tell({ type: 'delivered', conversation, position }),
    );
    this.inbox = new Inbox(who.agent.id, async (...asked) => {
      const page = await readPage(...asked);
      this.#receipts.arrived(page.rows);
      return page;
    });
    this.#connection = connect({ url: socketUrl(), role: 'agent', credentials: readTicket, history: readHistory });
    this.#stops.push(
      this.#connection.on('status', (status) => {
        this.#status.value = status;
        if (status.state !== 'live') this.#open?.conversation.forgetPeople();
        if (status.state === 'refused' && (status.code === REVOKED || status.code === 4500)) void sessionEnded();
      }),
      this.#connection.on('welcome', ({ epoch }) => {
        isHome(epoch);
        this.#receipts.connected(epoch);
        // Rows that changed while nobody listened come with the pages; later ones as frames. The first time too: a page
        // read before the socket stood may lack what came in between.
        void this.inbox.refreshAll(shown());
        void this.cards.load();
        this.#wasLive.value = true;
      }),
      this.#connection.on('row', ({ row }) => {
        this.inbox.learn(row);
        this.#receipts.arrived([row]);
      }),
      this.#connection.on('gone', (frame) => this.inbox.forget(frame.conversation)),
      this.#connection.on('viewers', ({ conversation, viewers }) => {
        if (this.#open?.conversation.id === conversation) this.#open.conversation.hearViewers(viewers);
      }),
      this.#connection.on('elsewhere', ({ conversation, elsewhere }) => {
        if (this.#open?.conversation.id === conversation) this.#open.conversation.context.wroteElsewhere(elsewhere);
      }),
      this.#connection.on('baseline', ({ conversation, position }) => {
        if (this.#open?.conversation.id === conversation) this.#open.conversation.context.seenElsewhere(position);
      }),
      this.#connection.on('typing', ({ conversation, author, on }) => {
        // Colleagues come as viewers.
        if (author.type === 'agent' || this.#open?.conversation.id !== conversation) return;
        this.#open.conversation.hearTyping(author, on);
      }),
      this.#connection.on('rejected', (frame) => {
        if (frame.code === 'not_found') this.#open?.conversation.refuse();
      }),
      this.#connection.followInbox(),
    );
  }

  /** The state of the connection. */
  get status(): ReadonlySignal<Status> {
    return this.#status;
  }

  /** True once the connection stood. */
  get wasLive(): ReadonlySignal<boolean> {
    return this.#wasLive;
  }

  /** A conversation as far as it is known here. */
  conversation(id: string): Conversation {
    const known = this.#conversations.get(id);
    if (known) return known;
    const readers = { text: readContext, versions: readVersions };
    const made = new Conversation(id, this.who.agent.id, readers, this.#drafts);
    this.#conversations.set(id, made);
    this.#forgetOldest();
    return made;
  }

  /** Follows one conversation, and no other, until the next call. */
  open(id: string | null): void {
    if (this.#open?.conversation.id === id) return;
    this.#open?.stop();
    this.#open = null;
    if (id === null) return;
    const conversation = this.conversation(id);
    // Last used last, so that the oldest is forgotten first.
    this.#conversations.delete(id);
    this.#conversations.set(id, conversation);
    const feed = this.#connection.follow(id);
    const detach = conversation.attach(feed);
    const unlisten = feed.subscribe((change) => {
      if (change.type !== 'reset' || !feed.row) return;
      this.inbox.learn(feed.row, false);
      this.#receipts.arrived([feed.row]);
    });
    const typing = new TypingReport((on, kind) => {
      this.#connection.tell({ type: 'typing', conversation: id, on, ...(kind === 'note' ? { note: true } : {}) });
    });
    const stop = (): void => {
      typing.stop();
      detach();
      unlisten();
      feed.close();
    };
    this.#open = { conversation, typing, stop };
  }

  /** The agent writes at a draft of this conversation. */
  write(conversation: Conversation, kind: Kind, text: string): void {
    conversation.write(kind, text);
    if (this.#open?.conversation === conversation) this.#open.typing.wrote(kind, text);
  }

  /** Sends an answer or a note; it is shown at once and offered until the server has it. The draft is used up. */
  send(conversation: Conversation, kind: Kind, text: string): void {
    const clientId = uuid();
    this.write(conversation, kind, '');
    conversation.addPending({ kind, clientId, text, at: Date.now(), state: 'sending', reason: null });
    const outcome = this.#connection.write({
      type: 'send',
      client_id: clientId,
      conversation: conversation.id,
      message: { type: kind === 'note' ? 'NOTE' : 'TEXT', text },
    });
    void this.#await(conversation, clientId, outcome);
  }

  /** Offers a message again that was refused. */
  retry(conversation: Conversation, clientId: string): void {
    this.#connection.outbox.retry(clientId);
    const outcome = this.#connection.outbox.wait(clientId);
    if (!outcome) return;
    conversation.markPending(clientId, 'sending', null);
    void this.#await(conversation, clientId, outcome);
  }

  /** Gives up a message that was refused. */
  discard(conversation: Conversation, clientId: string): void {
    this.#connection.outbox.discard(clientId);
    conversation.removePending(clientId);
  }

  /** Takes, releases, solves, closes, reopens, or sets to waiting; the conversation says how that goes. */
  async run(conversation: Conversation, command: AgentCommand): Promise<void> {
    conversation.busy.value = true;
    conversation.failure.value = null;
    const { id } = conversation;
    const outcome = await this.#connection.write({ type: 'command', client_id: uuid(), conversation: id, command });
    conversation.busy.value = false;
    if (outcome.type === 'failed') conversation.failure.value = text.commandFailed(outcome.message);
  }

  /** Tells the server how far this agent has read. */
  read(conversation: Conversation, position: number): void {
    if (position <= conversation.ownRead.peek()) return;
    const told = this.#connection.tell({ type: 'read', conversation: conversation.id, position });
    if (told) conversation.readTo(position);
  }

  /** All that changed in the context is seen: from here on only what comes is marked. */
  seen(conversation: Conversation): void {
    const position = conversation.head;
    const told = this.#connection.tell({ type: 'seen', conversation: conversation.id, position });
    if (told) conversation.context.seen(position);
  }

  /** Tries a lost or refused connection again, now. */
  reconnect(): void {
    this.#connection.start();
  }

  /** Leaves the desk. */
  end(): void {
    this.open(null);
    for (const stop of this.#stops) stop();
    this.inbox.end();
    this.#receipts.end();
    this.#connection.stop();
  }

  async #await(conversation: Conversation, clientId: string, outcome: ReturnType<Connection['write']>): Promise<void> {
    const ended = await outcome;
    if (ended.type === 'failed') {
      conversation.markPending(clientId, 'failed', ended.message);
    } else if (this.#open?.conversation !== conversation) {
      // Nobody listens to the conversation any more, so no event will replace the bubble.
      conversation.removePending(clientId);
    } else {
      conversation.markPending(clientId, 'sent', null);
    }
  }

  #forgetOldest(): void {
    for (const [id, one] of this.#conversations) {
      if (this.#conversations.size <= KEPT_CONVERSATIONS) return;
      if (!one.precious && this.#open?.conversation !== one) this.#conversations.delete(id);
    }
  }
}

function socketUrl(): string {
  const url = new URL('/livechat/1/socket', location.href);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  url.hash = '';
  return url.href;
}

async function readTicket(): Promise<{ ticket: string }> {
  try {
    const { ticket } = await ask<{ ticket: string }>('POST', '/console/1/tickets');
    return { ticket };
  } catch (error) {
    if (error instanceof Refused && error.status === 401 && !(await isAway())) throw new ConnectionRefused(REVOKED);
    if (error instanceof Refused && error.status === 403) throw new ConnectionRefused(WRONG_ADDRESS);
    if (error instanceof Refused && error.status === 429) throw new RetryLater(error.after_ms ?? TOO_MANY_WAIT_MS);
    if (error instanceof Unreachable && error.after_ms !== undefined) throw new RetryLater(error.after_ms);
    throw error;
  }
}

async function readPage(view: View, filter: Filter, cursor: string | null, limit?: number): Promise<InboxPage> {
  const query = new URLSearchParams({ view });
  if (filter.length > 0) query.set('status', filter.join(','));
  if (cursor !== null) query.set('cursor', cursor);
  if (limit !== undefined) query.set('limit', String(limit));
  return asAgent(ask<InboxPage>('GET', `/ccaas/1/inbox?${query}`));
}

async function readHistory(conversation: string, before: number): Promise<HistoryPage> {
  return asAgent(ask<HistoryPage>('GET', `/ccaas/1/conversations/${conversation}/events?before=${before}`));
}

async function readContext(conversation: string, at?: number): Promise<string> {
  const query = at === undefined ? '' : `?at=${at}`;
  return asAgent(askText(`/ccaas/1/conversations/${conversation}/metadata${query}`));
}

/** Versions of a context in one page of its history. */
const VERSIONS_A_PAGE = 30;

async function readVersions(conversation: string, before: number | null): Promise<ContextHistoryPage> {
  const query = new URLSearchParams({ limit: String(VERSIONS_A_PAGE) });
  if (before !== null) query.set('before', String(before));
  return asAgent(ask<ContextHistoryPage>('GET', `/ccaas/1/conversations/${conversation}/metadata/history?${query}`));
}

interface CardBody {
  id: string;
  pins?: string[];
  image_hosts?: string[];
}

async function readCards(): Promise<readonly ({ readonly id: string } & CardSetting)[]> {
  const { widgets } = await asAgent(ask<{ widgets: CardBody[] }>('GET', '/console/1/widgets'));
  return widgets.map(({ id, pins = [], image_hosts = [] }) => ({ id, pins, imageHosts: image_hosts }));
}

async function keepPins(widget: string, pins: readonly string[]): Promise<void> {
  await asAgent(ask<unknown>('PUT', `/console/1/widgets/${encodeURIComponent(widget)}/pins`, { pins }));
}
