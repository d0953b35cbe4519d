import { type Connection, uuid } from '@beckon/sdk';
import type { Endings } from './endings';
import type { Era } from './era';
import { channel } from './locks';
import type { SessionKeeper } from './session_keeper';
import type { SiteWayBack } from './way_back';

/** Close codes of a session: not known here, ended on purpose, not used for too long; and HTTP's word for a widget that is not known here. */
const UNKNOWN = 4500;
const REVOKED = 4503;
const EXPIRED = 4507;
const NO_WIDGET = 404;
/** The tab that ended the session has told the others of it in this time, milliseconds. */
const TOLD_MS = 500;

/** From the tab in which the visitor left to the others. */
interface Farewell {
  /** Of the sessions that ended. */
  tokens: string[];
  /** The era that began with it. */
  era: string;
}

/** What a session's end needs of the chat. */
interface Around {
  name: string;
  era: Era;
  session: SessionKeeper;
  endings: Endings;
  way: SiteWayBack;
  /** Forgets what this tab holds, and stops the connection. */
  empty(): void;
  /** Forgets what all tabs share. */
  emptyShared(): void;
  connection: Pick<Connection, 'start' | 'stop'>;
}

/** The end of a session in this browser: the tab that says so first ends it for all, every other tab forgets only what it holds itself. */
export class Leaving {
  /** Tells the other tabs of this browser that the visitor has left. */
  private readonly farewells: BroadcastChannel | undefined;

  constructor(private readonly around: Around) {
    const { name, era } = around;
    // Where it is blocked the server ends the sockets of the other tabs, and these then know.
    this.farewells = channel<Farewell | null>(`${name}:left`, (told) => this.heard(told));
    addEventListener('storage', ({ key }) => {
      if (key === era.name) this.keepUp();
    });
  }

  /** `logout` was called. `id` is the call's own: a call that is heard twice, or after the next person came, ends nothing more. */
  async logout(id: string): Promise<void> {
    this.keepUp();
    const { era, way } = this.around;
    if (era.begin(id)) {
      const told = this.end();
      // What the frame does not know yet, the page may.
      await way.leave(told);
    }
    await way.began(era.now);
  }

  /** Forgets what is held of an earlier era; true if there was one. Called before anything is done for the person who is there now. */
  keepUp(): boolean {
    if (!this.around.era.catchUp()) return false;
    this.forget();
    return true;
  }

  /** What a refusal of `token` says of the session, and whether there is another way. `writing`: the visitor waits for a message to be sent. */
  again(code: number, token: string | undefined, writing: boolean): 'now' | 'later' | undefined {
    const { session } = this.around;
    if (code === NO_WIDGET) return 'later';
    if (code === UNKNOWN) return session.unknown(token, writing);
    if (code === REVOKED && token === session.token) {
      queueMicrotask(() => this.revoked(token));
      return undefined;
    }
    if (code !== EXPIRED && code !== REVOKED) return undefined;
    session.ended(token);
    return 'later';
  }

  /** The server says that this session was ended on purpose. Another tab of this browser may have done so: it is heard first. */
  private revoked(token: string | undefined): void {
    const { session, era, connection } = this.around;
    if (this.keepUp()) return;
    connection.stop();
    setTimeout(() => {
      if (this.keepUp()) return;
      if (session.token !== token) this.goOn();
      else if (era.begin(uuid())) void this.end();
    }, TOLD_MS);
  }

  private heard(told: Farewell | null): void {
    const { session, era } = this.around;
    if (!told || this.keepUp() || !told.tokens.includes(session.token ?? '')) return;
    // The tabs share no storage.
    era.begin(told.era);
    era.catchUp();
    this.forget();
  }

  /** The era has begun. Resolves when it was tried to tell the server: whether it has heard. */
  private end(): Promise<boolean> {
    const { session, endings, era, empty, emptyShared } = this.around;
    era.catchUp();
    const { tokens, more } = session.end();
    this.farewells?.postMessage({ tokens, era: era.now } satisfies Farewell);
    const first = endings.add(tokens);
    const told = more.then(async (late) =>
      late.length > 0 ? (await endings.add(late)) && (tokens.length === 0 || (await first)) : first,
    );
    empty();
    emptyShared();
    return told;
  }

  private forget(): void {
    const { session, empty } = this.around;
    session.leave();
    empty();
    this.goOn();
  }

  /** For the person who is there now, if there is one. */
  private goOn(): void {
    const { session, connection } = this.around;
    if (session.token !== undefined) connection.start();
  }
}
