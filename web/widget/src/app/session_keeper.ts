import { locks } from './locks';
import type { Server, Session } from './server';

/** Name of the session beside the queue. */
const SESSION = 'session';

/** Where a session outlives a browser that dies: local storage reaches the disk only some seconds later, and then the queue would be a stranger's. */
export interface Vault {
  remember(name: string, value: unknown): Promise<void>;
  recall(name: string): Promise<unknown>;
}

/** The visitor's session: made on first need, shared by the tabs of this browser through local storage. */
export class SessionKeeper {
  private kept: Session | undefined;

  constructor(
    private readonly name: string,
    private readonly server: Pick<Server, 'createSession'>,
    private readonly vault: Vault,
  ) {
    this.kept = this.read();
  }

  get token(): string | undefined {
    return this.kept?.token;
  }

  /** Makes a session if there is none. Two tabs that need one at once get the same. */
  async ensure(): Promise<Session> {
    if (this.kept) return this.kept;
    const create = async (): Promise<Session> => {
      const found = this.read() ?? sessionOf(await this.vault.recall(SESSION));
      this.kept = found ?? (await this.server.createSession());
      this.write();
      if (!found) await this.vault.remember(SESSION, this.kept);
      return this.kept;
    };
    const lock = await locks();
    return lock ? lock.request(this.name, create) : create();
  }

  /** The server does not know this token. Another tab may already have a better one. */
  discard(token: string | undefined): void {
    this.kept = this.read();
    if (this.kept?.token !== token) return;
    this.kept = undefined;
    void this.vault.remember(SESSION, undefined);
    try {
      localStorage.removeItem(this.name);
    } catch {
      // Blocked: there was only the one in memory.
    }
  }

  private read(): Session | undefined {
    try {
      return sessionOf(JSON.parse(localStorage.getItem(this.name) ?? 'null'));
    } catch {
      return undefined;
    }
  }

  private write(): void {
    try {
      localStorage.setItem(this.name, JSON.stringify(this.kept));
    } catch {
      // Blocked: this page's visitor lives as long as the page.
    }
  }
}

function sessionOf(value: unknown): Session | undefined {
  const session = value as Session | null | undefined;
  return session && Date.parse(session.expires_at) > 0 ? session : undefined;
}
