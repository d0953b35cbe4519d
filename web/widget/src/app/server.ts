import { type HistoryPage, Refused, RetryLater } from '@beckon/sdk';
import type { WidgetConfig } from '../theme';

const HISTORY_PAGE = 50;
/** A session that is not made in this time is asked for again, milliseconds. */
const SESSION_MS = 10_000;
/** Waiting time when the server asks to come back later without saying when, seconds. */
const RETRY_SECONDS = 5;
/** Beckon is reached at an address that it does not take for its own, so nothing written here would arrive. The socket's close code. */
export const WRONG_ADDRESS = 4505;

/** Who this browser is to the server. */
export interface Session {
  token: string;
  visitor: string;
  expires_at: string;
}

/** Beckon's HTTP doors for one widget. Everything is same-origin. */
export interface Server {
  socketUrl: string;
  config(): Promise<WidgetConfig>;
  /** Throws `RetryLater` when there are too many, `Refused` when the widget is gone or the address is wrong. */
  createSession(): Promise<Session>;
  /** Says in the page's console what is wrong with the address. */
  explainAddress(): Promise<void>;
  /** False: it has to be told again, because it is away or does not know the session. */
  endSession(token: string): Promise<boolean>;
  /** A handle that the page of this origin may keep; undefined: not now, or not here. */
  grantHandle(token: string, origin: string): Promise<string | undefined>;
  /** The session that a handle leads to, and the handle's successor. `unknown`: the server is away, or another database answers. */
  redeemHandle(handle: string, origin: string): Promise<(Session & { handle: string }) | 'ended' | 'unknown'>;
  history(token: string, conversation: string, before: number): Promise<HistoryPage>;
}

export function server(widget: string): Server {
  const base = location.origin;
  const door = `${base}/livechat/1/widgets/${widget}`;
  /** Undefined: no answer. */
  async function post(path: string, body: object, headers = {}): Promise<Response | undefined> {
    try {
      return await fetch(`${door}/${path}`, {
        method: 'POST',
        credentials: 'omit',
        signal: AbortSignal.timeout(SESSION_MS),
        headers: { ...headers, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    } catch {
      return undefined;
    }
  }
  return {
    socketUrl: `${base.replace(/^http/, 'ws')}/livechat/1/socket`,
    async config() {
      const answer = await fetch(`${door}/config`, { credentials: 'omit' });
      expectOk(answer);
      return (await answer.json()) as WidgetConfig;
    },
    async createSession() {
      const signal = AbortSignal.timeout(SESSION_MS);
      const answer = await fetch(`${door}/sessions`, { method: 'POST', credentials: 'omit', signal });
      if (answer.status === 429 || answer.status === 503) {
        const seconds = Number(answer.headers.get('retry-after')) || RETRY_SECONDS;
        throw new RetryLater(seconds * 1000);
      }
      if (answer.status === 403) throw new Refused(WRONG_ADDRESS);
      if (answer.status === 404) throw new Refused(answer.status);
      expectOk(answer);
      return (await answer.json()) as Session;
    },
    async explainAddress() {
      const { explainAddress } = await import('./wrong_address');
      await explainAddress(door, base);
    },
    async endSession(token) {
      try {
        // It goes on when the page goes away, as it often does right after.
        const answer = await fetch(`${door}/session`, {
          method: 'DELETE',
          credentials: 'omit',
          keepalive: true,
          signal: AbortSignal.timeout(SESSION_MS),
          headers: { authorization: `Bearer ${token}` },
        });
        return answer.ok;
      } catch {
        return false;
      }
    },
    async grantHandle(token, origin) {
      const answer = await post('session/handle', { origin }, { authorization: `Bearer ${token}` });
      return answer?.ok ? ((await answer.json()) as { handle: string }).handle : undefined;
    },
    async redeemHandle(handle, origin) {
      const answer = await post('sessions/redeem', { handle, origin });
      if (answer?.ok) return (await answer.json()) as Session & { handle: string };
      return answer?.status === 410 ? 'ended' : 'unknown';
    },
    async history(token, conversation, before) {
      const query = `before=${before}&limit=${HISTORY_PAGE}`;
      const answer = await fetch(`${base}/livechat/1/conversations/${conversation}/events?${query}`, {
        credentials: 'omit',
        headers: { authorization: `Bearer ${token}` },
      });
      expectOk(answer);
      return (await answer.json()) as HistoryPage;
    },
  };
}

function expectOk({ ok, status, url }: Response): void {
  if (!ok) throw new Error(`${status} ${url}`);
}
