import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Session } from '../src/app/server';
import { SessionKeeper } from '../src/app/session_keeper';

/** Makes sessions when it is told to, so that two are on their way at once. */
function sessions() {
  const asked: (() => void)[] = [];
  let made = 0;
  const createSession = vi.fn(
    () =>
      new Promise<Session>((resolve) => {
        asked.push(() => {
          made++;
          resolve({ token: `t${made}`, visitor: `v${made}`, expires_at: '2126-01-01T00:00:00Z' });
        });
      }),
  );
  return { server: { createSession }, asked };
}

/** Keeps nothing, as a browser that forbids databases. */
const vault = { remember: async () => undefined, recall: async () => undefined };

beforeEach(() => localStorage.clear());

// The environment of these tests has no Web Locks, as a page on plain http has none.
describe('a session without locks', () => {
  it('is made once for a page that needs it twice', async () => {
    expect(navigator.locks ?? undefined).toBeUndefined();
    const { server, asked } = sessions();
    const keeper = new SessionKeeper('w', server, vault);
    const both = [keeper.ensure(), keeper.ensure()];
    await vi.waitFor(() => expect(asked).toHaveLength(1));
    asked[0]?.();
    const [one, other] = await Promise.all(both);
    expect(one?.token).toBe('t1');
    expect(other).toBe(one);
    expect(server.createSession).toHaveBeenCalledTimes(1);
    expect(keeper.token).toBe('t1');
  });

  it('is the same for two tabs, whoever is answered first', async () => {
    const { server, asked } = sessions();
    const tabs = [new SessionKeeper('w', server, vault), new SessionKeeper('w', server, vault)];
    const both = Promise.all(tabs.map((tab) => tab.ensure()));
    await vi.waitFor(() => expect(asked).toHaveLength(2));
    asked[1]?.();
    asked[0]?.();
    const tokens = (await both).map(({ token }) => token);
    expect(tokens[0]).toBe(tokens[1]);
    expect(tabs.map((tab) => tab.token)).toEqual(tokens);
    expect(new SessionKeeper('w', server, vault).token).toBe(tokens[0]);
  });

  it('is the later one for both of two tabs that stored theirs at one moment', async () => {
    const { server, asked } = sessions();
    const tab = new SessionKeeper('w', server, vault);
    const ensured = tab.ensure();
    await vi.waitFor(() => expect(asked).toHaveLength(1));
    asked[0]?.();
    await vi.waitFor(() => expect(localStorage.getItem('w')).toContain('t1'));
    // The other tab looked before this one's was there, and wrote after.
    localStorage.setItem('w', JSON.stringify({ token: 'theirs', visitor: 'v', expires_at: '2126-01-01T00:00:00Z' }));
    expect((await ensured).token).toBe('theirs');
  });

  it('is asked for again after it could not be had', async () => {
    const createSession = vi.fn<() => Promise<Session>>(() => Promise.reject(new Error('no')));
    const keeper = new SessionKeeper('w', { createSession }, vault);
    await expect(keeper.ensure()).rejects.toThrow('no');
    await expect(keeper.ensure()).rejects.toThrow('no');
    expect(createSession).toHaveBeenCalledTimes(2);
  });

  it('lives as long as the page where storage is blocked', async () => {
    const blocked = vi.spyOn(Storage.prototype, 'getItem').mockImplementation(() => {
      throw new DOMException('blocked', 'SecurityError');
    });
    const { server, asked } = sessions();
    const keeper = new SessionKeeper('w', server, vault);
    const ensured = keeper.ensure();
    await vi.waitFor(() => expect(asked).toHaveLength(1));
    asked[0]?.();
    expect((await ensured).token).toBe('t1');
    expect((await keeper.ensure()).token).toBe('t1');
    blocked.mockRestore();
  });
});

/** A vault with this session in it. */
function vaultWith(session: Session | undefined) {
  const content = { session: session as unknown };
  return {
    content,
    recall: async () => content.session,
    remember: async (_: string, value: unknown) => {
      content.session = value;
    },
  };
}

const old: Session = { token: 'old', visitor: 'v', expires_at: '2126-01-01T00:00:00Z' };

describe('a session in two places', () => {
  it('is found in the vault alone, and known as soon as somebody has looked', async () => {
    const keeper = new SessionKeeper('w', sessions().server, vaultWith(old));
    expect([keeper.looked, keeper.token]).toEqual([false, undefined]);
    await keeper.look();
    expect([keeper.looked, keeper.token]).toEqual([true, 'old']);
    expect(localStorage.getItem('w')).toContain('old');
  });

  it('is put in the vault when only local storage has it', async () => {
    localStorage.setItem('w', JSON.stringify(old));
    const empty = vaultWith(undefined);
    const keeper = new SessionKeeper('w', sessions().server, empty);
    expect(keeper.looked).toBe(true);
    await keeper.look();
    await vi.waitFor(() => expect(empty.content.session).toEqual(old));
  });

  it('is forgotten in both, also where local storage is blocked', async () => {
    const blocked = vi.spyOn(Storage.prototype, 'getItem').mockImplementation(() => {
      throw new DOMException('blocked', 'SecurityError');
    });
    const { server, asked } = sessions();
    const keeper = new SessionKeeper('w', server, vaultWith(old));
    await keeper.look();
    keeper.discard('old');
    const ensured = keeper.ensure();
    await vi.waitFor(() => expect(asked).toHaveLength(1));
    asked[0]?.();
    expect((await ensured).token).toBe('t1');
    blocked.mockRestore();
  });
});
