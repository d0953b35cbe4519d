import { locks } from './locks';
import type { Server, Session } from './server';

/** Name of the session beside the queue. */
const SESSION = 'session';
/** A session that no server knows is kept so long, milliseconds: the right database may come back. */
const FORMER_MS = 30 * 24 * 60 * 60 * 1000;
/** Longer than a wrong server is likely to answer, milliseconds. Then the visitor gets a new session. */
const PATIENCE_MS = 60_000;
/** Databases that may have answered in the place of the right one. */
const FORMER_MOST = 4;

/** Where a session outlives a browser that dies: local storage reaches the disk only some seconds later, and then the queue would be a stranger's. */
export interface Vault {
  remember(name: string, value: unknown): Promise<void>;
  recall(name: string): Promise<unknown>;
}

/** Another way to a session, for browsers whose frames keep nothing. */
export interface WayBack {
  /** The session that the site's page leads back to. */
  back(): Promise<Session | undefined>;
  /** The page leads somewhere that no server knows at the moment. */
  doubtful(): boolean;
  /** A session was made that the frame may forget. */
  made(session: Session): void;
}

/** A session that was not known when it was last tried. */
interface Former extends Session {
  /** Since when, milliseconds since 1970. */
  since: number;
}

/** As it is stored: the present session, and those that it took the place of, oldest first. */
interface Stored extends Session {
  former?: Former[];
}

/** Without locks: what two tabs wrote at one moment is seen by both after this long, milliseconds. */
const SETTLE_MS = 50;

/**
 * The visitor's session: made on first need, shared by the tabs of this browser through local storage. One that the server does not know is not gone:
 * another database may be answering. It is tried first, at each connection, for 30 days; a substitute is made after a minute, or with the first
 * message.
 */
export class SessionKeeper {
  /** It is known whether this browser has a session. */
  looked: boolean;
  /** The vault has been read. */
  private searched = false;
  private kept: Stored | undefined;
  /** The one that is being made, for all who need one meanwhile. */
  private making: Promise<Session> | undefined;
  /** Tokens that were not known in this round. */
  private readonly tried = new Set<string>();
  /** Since when no server has known any, milliseconds since 1970. */
  private unknownSince: number | undefined;
  /** The next session is a substitute. */
  private substitute = false;
  /** Counts ends, so that a session that was being made meanwhile is known for what it is. */
  private era = 0;

  constructor(
    private readonly name: string,
    private readonly server: Pick<Server, 'createSession' | 'endSession'>,
    private readonly vault: Vault,
    private readonly way?: WayBack,
  ) {
    this.kept = this.read();
    this.looked = this.kept !== undefined;
  }

  /** Looks in the vault and in the site's page, too. Afterwards each place has what only the other one had. */
  async look(): Promise<void> {
    const { era } = this;
    const found = storedOf(await this.vault.recall(SESSION)) ?? (this.kept ? undefined : await this.way?.back());
    if (era !== this.era) return;
    this.searched = true;
    this.looked = true;
    this.kept ??= found;
    if (!this.kept) return;
    if (this.kept === found) this.keep(found);
    else if (this.kept.token !== found?.token) void this.vault.remember(SESSION, this.kept);
  }

  /** Of the present session. Another tab may have made it since this one looked. */
  get token(): string | undefined {
    this.kept ??= this.read();
    return this.kept?.token;
  }

  /** The frame's storage has it, so this browser keeps what frames store. */
  get stored(): boolean {
    return this.read() !== undefined;
  }

  /** The session to say hello with: the oldest that was not tried in this round. All who need a new one at once get the same, in other tabs, too. */
  async ensure(urgent = false): Promise<Session> {
    this.kept = this.read() ?? this.kept;
    const next = this.all().find(({ token }) => !this.tried.has(token));
    if (next) return next;
    if (this.kept && !this.substitute) {
      this.tried.clear();
      return this.ensure(urgent);
    }
    this.making ??= this.make(urgent).finally(() => {
      this.making = undefined;
    });
    return this.making;
  }

  /** The server does not know this token. `now`: another one may be tried at once. `urgent`: the visitor has written something. */
  unknown(token: string | undefined, urgent: boolean): 'now' | 'later' {
    if (token) this.tried.add(token);
    if (this.all().some((session) => !this.tried.has(session.token))) return 'now';
    this.substitute = this.isOver(urgent);
    return this.substitute ? 'now' : 'later';
  }

  /** The server knows this token. It is the present one from now on, and what was made in its place meanwhile is no longer needed. */
  works(token: string | undefined): void {
    this.tried.clear();
    this.unknownSince = undefined;
    this.substitute = false;
    const all = this.all();
    const at = all.findIndex((session) => session.token === token);
    const found = all[at];
    if (!found || found.token === this.kept?.token) return;
    const { since: _, ...session } = found as Former;
    this.keep({ ...session, ...formerOf(all.slice(0, at) as Former[]) });
  }

  /** The session of this token has ended for good. */
  ended(token: string | undefined): void {
    this.kept = this.read() ?? this.kept;
    const left = this.all().filter((session) => session.token !== token);
    const present = left.pop();
    if (!present) this.forget();
    else this.keep({ ...present, ...formerOf(left as Former[]) });
  }

  /** Ends everything. The tokens that the server has to hear of: those known here, and those that only the vault has. */
  end(): { tokens: string[]; more: Promise<string[]> } {
    // Asked before the vault is emptied.
    const left = this.searched ? undefined : this.vault.recall(SESSION);
    this.searched = true;
    this.looked = true;
    this.era++;
    this.kept = this.read() ?? this.kept;
    const tokens = this.all().map(({ token }) => token);
    this.works(undefined);
    this.forget();
    const more = Promise.resolve(left).then((stored) =>
      allOf(storedOf(stored)).flatMap(({ token }) => (tokens.includes(token) ? [] : [token])),
    );
    return { tokens, more };
  }

  /** Another tab has ended it. What is stored is the next one's, unless a tab that heard of it late has stored the old one again. */
  leave(): void {
    const mine = this.all().map(({ token }) => token);
    const isMine = (stored: Stored | undefined) => stored !== undefined && mine.includes(stored.token);
    this.era++;
    this.looked = true;
    this.works(undefined);
    this.kept = undefined;
    if (isMine(this.read())) this.forgetStored();
    void this.vault.recall(SESSION).then((stored) => {
      if (isMine(storedOf(stored))) void this.vault.remember(SESSION, undefined);
    });
  }

  /** Oldest first, the present one last. */
  private all(): (Session | Former)[] {
    return allOf(this.kept);
  }

  /** Nobody has known the visitor for so long that there is no use in waiting. */
  private isOver(urgent: boolean): boolean {
    const now = Date.now();
    this.unknownSince ??= now;
    return urgent || now - this.unknownSince >= PATIENCE_MS;
  }

  private async make(urgent: boolean): Promise<Session> {
    const { era } = this;
    const lock = await locks();
    let made: Stored;
    try {
      made = await (lock
        ? lock.request(this.name, (held) => (held ? this.create(urgent) : this.createUnlocked(urgent)))
        : this.createUnlocked(urgent));
    } catch (error) {
      // The next connection begins with the oldest again.
      this.tried.clear();
      this.substitute = false;
      throw error;
    }
    this.leaveIfOver(era, made);
    this.kept = made;
    this.substitute = false;
    return made;
  }

  /** Throws away what was made for a visitor who has left meanwhile: nothing of it is stored. */
  private leaveIfOver(era: number, { token }: Session): void {
    if (era === this.era) return;
    void this.server.endSession(token);
    throw new Error('the session ended');
  }

  private async create(urgent: boolean): Promise<Stored> {
    const found = await this.find();
    if (found) return found;
    const made = await this.obtain(urgent);
    this.keep(made);
    await this.vault.remember(SESSION, made);
    return made;
  }

  /** The first tab whose session is stored wins; of two that stored theirs at one moment the later, for both. */
  private async createUnlocked(urgent: boolean): Promise<Stored> {
    const { era } = this;
    const found = await this.find();
    if (found) return found;
    const made = await this.obtain(urgent);
    const stored = this.usable(this.read()) ?? made;
    if (stored === made) this.write(made);
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
    this.leaveIfOver(era, stored);
    const session = this.usable(this.read()) ?? stored;
    await this.vault.remember(SESSION, session);
    return session;
  }

  /** A new session, or the one that the page leads back to; what it takes the place of is kept behind it. */
  private async obtain(urgent: boolean): Promise<Stored> {
    const { era } = this;
    const back = await this.way?.back();
    if (!back && this.way?.doubtful() && !this.isOver(urgent)) throw new Error('the page leads to another database');
    const made = back ?? (await this.server.createSession());
    this.leaveIfOver(era, made);
    if (!back) this.way?.made(made);
    const since = this.unknownSince ?? Date.now();
    return { ...made, ...formerOf(this.all().map((session) => ({ since, ...session, former: undefined }))) };
  }

  private async find(): Promise<Stored | undefined> {
    return this.usable(this.read()) ?? this.usable(storedOf(await this.vault.recall(SESSION)));
  }

  /** One that is known not to be known is what a substitute is made for. */
  private usable(session: Stored | undefined): Stored | undefined {
    return session && !this.tried.has(session.token) ? session : undefined;
  }

  private keep(session: Stored): void {
    this.kept = session;
    this.write(session);
    void this.vault.remember(SESSION, session);
  }

  private forget(): void {
    this.kept = undefined;
    void this.vault.remember(SESSION, undefined);
    this.forgetStored();
  }

  private forgetStored(): void {
    try {
      localStorage.removeItem(this.name);
    } catch {
      // Blocked: there was only the one in memory.
    }
  }

  private read(): Stored | undefined {
    try {
      return storedOf(JSON.parse(localStorage.getItem(this.name) ?? 'null'));
    } catch {
      return undefined;
    }
  }

  private write(session: Stored): void {
    try {
      localStorage.setItem(this.name, JSON.stringify(session));
    } catch {
      // Blocked: this page's visitor lives as long as the page, or as the page's handle.
    }
  }
}

/** Those that are young enough to be tried, the oldest so many: they have the history. Nothing if there are none. */
function formerOf(former: Former[]): { former?: Former[] } {
  const young = former.filter(({ since }) => Date.now() - since < FORMER_MS).slice(0, FORMER_MOST);
  return young.length > 0 ? { former: young } : {};
}

function allOf(stored: Stored | undefined): (Session | Former)[] {
  return stored ? [...(stored.former ?? []), stored] : [];
}

function storedOf(value: unknown): Stored | undefined {
  const session = value as Stored | null | undefined;
  if (!session || !(Date.parse(session.expires_at) > 0)) return undefined;
  const { former, ...present } = session;
  return { ...present, ...formerOf(Array.isArray(former) ? former : []) };
}
