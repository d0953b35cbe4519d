import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
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
  return { server: { createSession, endSession: async () => true }, asked };
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
    const keeper = new SessionKeeper('w', { createSession, endSession: async () => true }, vault);
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
    keeper.ended('old');
    const ensured = keeper.ensure();
    await vi.waitFor(() => expect(asked).toHaveLength(1));
    asked[0]?.();
    expect((await ensured).token).toBe('t1');
    blocked.mockRestore();
  });
});

/** A keeper whose server makes sessions at once. */
function keeperOf(name = 'w') {
  let made = 0;
  const endSession = vi.fn(async () => true);
  const createSession = vi.fn(async () => {
    made++;
    return { token: `new${made}`, visitor: `v${made}`, expires_at: '2126-01-01T00:00:00Z' };
  });
  return { keeper: new SessionKeeper(name, { createSession, endSession }, vault), createSession, endSession };
}

const stored = () => JSON.parse(localStorage.getItem('w') ?? 'null') as { token: string; former?: { token: string }[] };

/** The browser of a visitor who was here before. */
function known(): void {
  localStorage.setItem('w', JSON.stringify({ token: 'old', visitor: 'v', expires_at: '2126-01-01T00:00:00Z' }));
}

const pass = (milliseconds: number) => vi.setSystemTime(Date.now() + milliseconds);

describe('a session that the server does not know', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['Date'] });
    known();
  });
  afterEach(() => vi.useRealTimers());

  it('is kept and tried again, and no other is made for a minute', async () => {
    const { keeper, createSession } = keeperOf();
    for (let tries = 0; tries < 5; tries++) {
      expect((await keeper.ensure()).token).toBe('old');
      expect(keeper.unknown('old', false)).toBe('later');
      pass(11_000);
    }
    expect(createSession).not.toHaveBeenCalled();
    expect((await keeper.ensure()).token).toBe('old');
    pass(10_000);
    expect(keeper.unknown('old', false)).toBe('now');
    expect((await keeper.ensure()).token).toBe('new1');
    expect(stored()).toMatchObject({ token: 'new1', former: [{ token: 'old' }] });
  });

  it('is followed by another at once when the visitor writes, and is tried first at every connection and load', async () => {
    const { keeper } = keeperOf();
    await keeper.ensure();
    expect(keeper.unknown('old', true)).toBe('now');
    expect((await keeper.ensure(true)).token).toBe('new1');
    keeper.works('new1');
    for (const tab of [keeper, keeperOf().keeper]) {
      expect((await tab.ensure()).token).toBe('old');
      expect(tab.unknown('old', false)).toBe('now');
      expect((await tab.ensure()).token).toBe('new1');
      tab.works('new1');
    }
    // The right database is back.
    expect((await keeper.ensure()).token).toBe('old');
    keeper.works('old');
    expect(keeper.token).toBe('old');
    expect(stored().token).toBe('old');
    expect(stored().former).toBeUndefined();
  });

  it('stays when the server does not know the widget, either', async () => {
    const { keeper, createSession } = keeperOf();
    createSession.mockRejectedValueOnce(new Error('404'));
    await keeper.ensure();
    expect(keeper.unknown('old', true)).toBe('now');
    await expect(keeper.ensure(true)).rejects.toThrow('404');
    expect((await keeper.ensure(true)).token).toBe('old');
    keeper.works('old');
    expect(stored().token).toBe('old');
  });

  it('is forgotten after 30 days', async () => {
    const { keeper } = keeperOf();
    await keeper.ensure();
    keeper.unknown('old', true);
    await keeper.ensure(true);
    keeper.works('new1');
    pass(29 * 86_400_000);
    expect((await keeperOf().keeper.ensure()).token).toBe('old');
    pass(2 * 86_400_000);
    expect((await keeperOf().keeper.ensure()).token).toBe('new1');
  });

  it('gives way to the one before it when it has ended for good', async () => {
    const { keeper } = keeperOf();
    await keeper.ensure();
    keeper.unknown('old', true);
    await keeper.ensure(true);
    keeper.works('new1');
    keeper.ended('new1');
    expect(keeper.token).toBe('old');
    keeper.ended('old');
    expect(keeper.token).toBeUndefined();
    expect(localStorage.getItem('w')).toBeNull();
  });
});

describe('the end of a session', () => {
  it('forgets it and those before it, and hands out their tokens', async () => {
    known();
    const { keeper } = keeperOf();
    await keeper.ensure();
    keeper.unknown('old', true);
    await keeper.ensure(true);
    expect(keeper.end().tokens).toEqual(['old', 'new1']);
    expect(keeper.token).toBeUndefined();
    expect(localStorage.getItem('w')).toBeNull();
    expect(keeper.end().tokens).toEqual([]);
    expect((await keeper.ensure()).token).toBe('new2');
  });

  it('ends the one that was being made meanwhile', async () => {
    const { keeper, endSession, createSession } = keeperOf();
    let answer: (session: Session) => void = () => undefined;
    createSession.mockReturnValueOnce(new Promise((resolve) => (answer = resolve)));
    const made = keeper.ensure();
    await vi.waitFor(() => expect(createSession).toHaveBeenCalled());
    keeper.end();
    const stored = vi.spyOn(Storage.prototype, 'setItem');
    answer({ token: 'late', visitor: 'v', expires_at: '2126-01-01T00:00:00Z' });
    await expect(made).rejects.toThrow('ended');
    expect(endSession).toHaveBeenCalledWith('late');
    expect(stored).not.toHaveBeenCalled();
    stored.mockRestore();
    expect(localStorage.getItem('w')).toBeNull();
  });

  it('hands out the token that only the vault has, also before it has been looked at', async () => {
    const vault = vaultWith(old);
    const keeper = new SessionKeeper('w', sessions().server, vault);
    const { tokens, more } = keeper.end();
    expect(tokens).toEqual([]);
    expect(await more).toEqual(['old']);
    expect(vault.content.session).toBeUndefined();
    expect(await keeper.end().more).toEqual([]);
  });
});
