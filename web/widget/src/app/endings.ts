import { isObject } from './held';
import type { Server } from './server';

/** Waits between two tries to tell the server, milliseconds: doubled up to the longest. */
const FIRST_WAIT_MS = 2_000;
const LONGEST_WAIT_MS = 60_000;
/** After so long the server has forgotten the session by itself, milliseconds. */
const KEPT_MS = 30 * 24 * 60 * 60 * 1000;
/** More sessions than one browser has. */
const MOST = 20;

interface Ending {
  token: string;
  /** Milliseconds since 1970. */
  at: number;
}

/** Sessions that were ended here, until the server has heard of it: it may be away, or another one may be answering. */
export class Endings {
  private wait = FIRST_WAIT_MS;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private telling = false;
  private kept: Ending[];

  constructor(
    private readonly name: string,
    private readonly server: Pick<Server, 'endSession'>,
  ) {
    this.kept = this.read();
    addEventListener('online', () => void this.tell());
    void this.tell();
  }

  /** Resolves when it was tried: whether the server has heard of all of them. */
  async add(tokens: string[]): Promise<boolean> {
    if (tokens.length === 0) return false;
    const at = Date.now();
    this.keep([...this.read(), ...tokens.map((token) => ({ token, at }))].slice(-MOST));
    this.wait = FIRST_WAIT_MS;
    await this.tell();
    return !this.kept.some(({ token }) => tokens.includes(token));
  }

  private async tell(): Promise<void> {
    if (this.telling) return;
    this.telling = true;
    clearTimeout(this.timer);
    // Each by itself: one that another database knows must not keep the others from being ended.
    const ended = await Promise.all(
      this.read().map(async (ending) => ({ ...ending, heard: await this.hears(ending) })),
    );
    this.telling = false;
    const heard = new Set(ended.filter((ending) => ending.heard).map(({ token }) => token));
    // Read again: other tabs may have added theirs meanwhile.
    const late = this.read().filter(({ token }) => !heard.has(token));
    if (heard.size > 0) this.keep(late);
    else this.kept = late;
    if (late.length === 0) return;
    // What was added meanwhile has not been tried yet.
    this.timer = setTimeout(() => void this.tell(), late.length > ended.length - heard.size ? 0 : this.wait);
    this.wait = Math.min(2 * this.wait, LONGEST_WAIT_MS);
  }

  private async hears({ token, at }: Ending): Promise<boolean> {
    return Date.now() - at > KEPT_MS || this.server.endSession(token);
  }

  private keep(endings: Ending[]): void {
    this.kept = endings;
    try {
      if (endings.length > 0) localStorage.setItem(this.name, JSON.stringify(endings));
      else localStorage.removeItem(this.name);
    } catch {
      // Blocked: told as long as the page lives.
    }
  }

  private read(): Ending[] {
    try {
      const stored: unknown = JSON.parse(localStorage.getItem(this.name) ?? '[]');
      return Array.isArray(stored) ? stored.filter(isEnding) : [];
    } catch {
      return this.kept ?? [];
    }
  }
}

function isEnding(stored: unknown): stored is Ending {
  return isObject(stored) && typeof stored.token === 'string' && typeof stored.at === 'number';
}
