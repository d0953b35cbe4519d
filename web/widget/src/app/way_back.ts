import type { SiteKept } from '../port';
import type { Server, Session } from './server';
import type { WayBack } from './session_keeper';

/** The page is there within this time, or there is none, milliseconds. */
const PAGE_MS = 3_000;
/** A handle that no server knows is kept so long, milliseconds. */
const KEPT_MS = 30 * 24 * 60 * 60 * 1000;
/** Databases that may have answered in the place of the right one. */
const MOST = 4;

/** The storage of the site's page, which outlives what the frame keeps. */
export interface SiteStorage {
  /** Of the page, as its browser says. */
  origin: string;
  recall(): Promise<SiteKept>;
  /** Changes what is named; undefined forgets it. */
  keep(change: Partial<SiteKept>): void;
  /** This era is the present one: a logout of this id has been heard. */
  began(era: string): void;
}

/**
 * The way back to a session that the frame has forgotten, or could never keep: a handle in the site's own storage. It is written only once the frame's
 * storage was found missing or forgotten, and is new at each use.
 */
export class SiteWayBack implements WayBack {
  /** The frame keeps nothing, or has lost what it kept. */
  private needed: boolean;
  private unknown = false;
  /** A session whose handle is not written yet. */
  private owed: string | undefined;
  /** One is being asked for: a second would make the first worthless. */
  private writing = false;
  private readonly page: Promise<SiteStorage | undefined>;

  constructor(
    private readonly server: Pick<Server, 'redeemHandle' | 'grantHandle' | 'endSession'>,
    page: Promise<SiteStorage>,
    /** Whether the widget keeps handles on sites. */
    private readonly allowed: boolean,
    /** The frame has no storage at all. */
    missing: boolean,
  ) {
    this.needed = missing;
    this.page = Promise.race([page, new Promise<undefined>((resolve) => setTimeout(resolve, PAGE_MS))]);
    if (missing) tellDeveloper(allowed);
  }

  /** A session is in use. `stored`: the frame had it, so this browser keeps what frames store, for now. */
  async inUse(token: string, stored: boolean): Promise<void> {
    if (stored) (await this.page)?.keep({ known: true });
    if (this.owed === token) await this.write(token);
  }

  async back(): Promise<Session | undefined> {
    const page = await this.page;
    if (!page) return undefined;
    const { known, handles = [], ending = [] } = await page.recall();
    if (ending.length > 0) void this.end(page, ending);
    if (!this.allowed) {
      if (handles.length > 0) page.keep({ handles: undefined });
      return undefined;
    }
    this.needed ||= !!known || handles.length > 0;
    this.unknown = false;
    const left = handles.filter(({ at }) => Date.now() - at < KEPT_MS);
    // The oldest first: it has the history. What comes after it was made while no server knew it.
    for (const kept of [...left]) {
      const answer = await this.server.redeemHandle(kept.handle, page.origin);
      if (answer === 'ended') left.splice(left.indexOf(kept), 1);
      else if (answer === 'unknown') this.unknown = true;
      else {
        const { handle, ...session } = answer;
        const older = left.slice(0, left.indexOf(kept));
        page.keep({ known: true, handles: [...older, { handle, at: Date.now() }] });
        return session;
      }
    }
    if (left.length < handles.length) page.keep({ handles: left });
    return undefined;
  }

  doubtful(): boolean {
    return this.unknown;
  }

  made({ token }: Session): void {
    this.owed = this.needed && this.allowed ? token : undefined;
    if (this.owed) void this.write(token);
    else void this.page.then((page) => page?.keep({ known: true }));
  }

  /** The visitor leaves: the page keeps only what the server has to hear of. `told`: whether it has, by the session's token. */
  async leave(told: Promise<boolean>): Promise<void> {
    this.owed = undefined;
    const page = await this.page;
    if (!page) return;
    const { handles = [], ending = [] } = await page.recall();
    // Also where a token tells it: that may be lost with the page.
    const left = [...ending, ...handles];
    const none = { open: undefined, known: undefined, handles: undefined };
    page.keep({ ...none, ending: left.length > 0 ? left : undefined });
    if (left.length === 0) return;
    void told.then((heard) => (heard ? this.ended(page, left) : this.end(page, left)));
  }

  /** Tells the page which era it is. */
  async began(era: string): Promise<void> {
    (await this.page)?.began(era);
  }

  private async write(token: string): Promise<void> {
    if (this.writing) return;
    this.writing = true;
    const page = await this.page;
    const handle = page && (await this.server.grantHandle(token, page.origin));
    this.writing = false;
    if (!handle || this.owed !== token) return;
    this.owed = undefined;
    const { handles = [] } = await page.recall();
    page.keep({ known: true, handles: [...handles.slice(0, MOST - 1), { handle, at: Date.now() }] });
  }

  /** Ends the sessions of handles that a visitor left without a connection. */
  private async end(page: SiteStorage, ending: NonNullable<SiteKept['ending']>): Promise<void> {
    const over: typeof ending = [];
    for (const kept of ending) {
      const answer = await this.server.redeemHandle(kept.handle, page.origin);
      const old = Date.now() - kept.at > KEPT_MS || answer === 'ended';
      if (old || (typeof answer === 'object' && (await this.server.endSession(answer.token)))) over.push(kept);
    }
    await this.ended(page, over);
  }

  /** The server has heard of these. Another `logout` may have added some meanwhile. */
  private async ended(page: SiteStorage, over: NonNullable<SiteKept['ending']>): Promise<void> {
    const { ending = [] } = await page.recall();
    const left = ending.filter(({ handle }) => over.every((other) => other.handle !== handle));
    page.keep({ ending: left.length > 0 ? left : undefined });
  }
}

/** One line for whoever looks why the visitor is not known: test tools, above all, switch partitioned storage off. */
function tellDeveloper(allowed: boolean): void {
  const then = allowed ? 'a handle in the storage of your site' : 'nothing';
  // biome-ignore lint/suspicious/noConsole: it is meant for the console.
  console.info(
    `liveChat: this browser keeps no storage for the chat's frame, so ${then} brings the visitor back on the next page (docs/site-guide.md, Testing your site)`,
  );
}
