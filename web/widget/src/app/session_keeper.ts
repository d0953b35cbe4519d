import { locks } from './locks';
import type { Server, Session } from './server';

/** Name of the session beside the queue. */
const SESSION = 'session';

/** Where a session outlives a browser that dies: local storage reaches the disk only some seconds later, and then the queue would be a stranger's. */
export interface Vault {
  remember(name: string, value: unknown): Promise<void>;
  recall(name: string): Promise<unknown>;
}

/** Without locks: what two tabs wrote at one moment is seen by both after this long, milliseconds. */
const SETTLE_MS = 50;

/** The visitor's session: made on first need, shared by the tabs of this browser through local storage. */
export class SessionKeeper {
  /** It is known whether this browser has a session. */
  looked: boolean;
  private kept: Session | undefined;
  /** The one that is being made, for all who need one meanwhile. */
  private making: Promise<Session> | undefined;

  constructor(
    private readonly name: string,
    private readonly server: Pick<Server, 'createSession'>,
    private readonly vault: Vault,
  ) {
    this.kept = this.read();
    this.looked = this.kept !== undefined;
  }

  /** Looks in the vault, too. Afterwards each place has what only the other one had. */
  async look(): Promise<void> {
    const found = sessionOf(await this.vault.recall(SESSION));
    this.looked = true;
    this.kept ??= found;
    if (!this.kept) return;
    if (this.kept === found) this.write(found);
    else if (this.kept.token !== found?.token) void this.vault.remember(SESSION, this.kept);
  }

  get token(): string | undefined {
    return this.kept?.token;
  }

  /** Makes a session if there is none. All who need one at once get the same, in other tabs, too. */
  async ensure(): Promise<Session> {
    if (this.kept) return this.kept;
    this.making ??= this.make().finally(() => {
      this.making = undefined;
    });
    return this.making;
  }

  /** The server does not know this token. Another tab may already have a better one. */
  discard(token: string | undefined): void {
    this.kept = this.read();
    if (this.kept && this.kept.token !== token) return;
    this.kept = undefined;
    void this.vault.remember(SESSION, undefined);
    try {
      localStorage.removeItem(this.name);
    } catch {
      // Blocked: there was only the one in memory.
    }
  }

  private async make(): Promise<Session> {
    const lock = await locks();
    this.kept = await (lock ? lock.request(this.name, () => this.create()) : this.createUnlocked());
    return this.kept;
  }

  private async create(): Promise<Session> {
    const found = await this.find();
    const session = found ?? (await this.server.createSession());
    this.write(session);
    if (!found) await this.vault.remember(SESSION, session);
    return session;
  }

  /** The first tab whose session is stored wins; of two that stored theirs at one moment the later, for both. */
  private async createUnlocked(): Promise<Session> {
    const found = await this.find();
    const made = found ?? (await this.server.createSession());
    const stored = this.read() ?? made;
    if (stored === made) this.write(made);
    if (found) return stored;
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
    const session = this.read() ?? stored;
    await this.vault.remember(SESSION, session);
    return session;
  }

  private async find(): Promise<Session | undefined> {
    return this.read() ?? sessionOf(await this.vault.recall(SESSION));
  }

  private read(): Session | undefined {
    try {
      return sessionOf(JSON.parse(localStorage.getItem(this.name) ?? 'null'));
    } catch {
      return undefined;
    }
  }

  private write(session: Session): void {
    try {
      localStorage.setItem(this.name, JSON.stringify(session));
    } catch {
      // Blocked: this page's visitor lives as long as the page.
    }
  }
}

function sessionOf(value: unknown): Session | undefined {
  const session = value as Session | null | undefined;
  return session && Date.parse(session.expires_at) > 0 ? session : undefined;
}
