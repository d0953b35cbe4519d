import { describe, expect, it } from 'vitest';
import { RetryLater, type SendFrame, type Status } from '../src';
import { reconnectDelay } from '../src/delay';
import { Laboratory, settle } from './laboratory';

const message = (client_id: string): SendFrame => ({
  type: 'send',
  client_id,
  conversation: 'c1',
  message: { type: 'TEXT', text: client_id },
});

async function live(laboratory = new Laboratory()) {
  const connection = laboratory.connection();
  connection.start();
  return { laboratory, connection, socket: await laboratory.welcome() };
}

/** Loses the connection and lets so many tries fail. */
async function fail(laboratory: Laboratory, tries: number): Promise<void> {
  laboratory.socket.drop();
  for (let failed = 0; failed < tries; failed++) {
    const before = laboratory.sockets.length;
    while (laboratory.sockets.length === before) await laboratory.pass(100);
    laboratory.socket.drop();
  }
}

describe('a look at the page', () => {
  it('finds a dead connection within three seconds', async () => {
    const { laboratory, connection, socket } = await live();
    laboratory.page?.looked();
    expect(socket.of('ping')).toHaveLength(1);
    await laboratory.pass(2_999);
    expect(connection.status.state).toBe('live');
    await laboratory.pass(1);
    expect([connection.status.state, socket.closed]).toEqual(['waiting', true]);
    await laboratory.pass(500);
    expect(laboratory.sockets).toHaveLength(2);
  });

  it('gives the next try no longer, because other connections died with this one, and the one after it all its time', async () => {
    const laboratory = new Laboratory();
    let asked = 0;
    const connection = laboratory.connection({
      credentials: () => (++asked === 2 ? new Promise(() => undefined) : Promise.resolve({ token: 'secret' })),
    });
    connection.start();
    await laboratory.welcome();
    laboratory.page?.looked();
    await laboratory.pass(3_000 + 250 + 2_999);
    expect([asked, connection.status.state]).toEqual([2, 'connecting']);
    await laboratory.pass(1 + 500);
    expect(asked).toBe(3);
    await laboratory.pass(9_000);
    await laboratory.welcome();
    expect(connection.status.state).toBe('live');
  });

  it('leaves a connection that answers alone', async () => {
    const { laboratory, connection, socket } = await live();
    laboratory.page?.looked();
    await laboratory.pass(2_500);
    socket.hear({ type: 'pong', heads: {} });
    await laboratory.pass(10_000);
    expect([connection.status.state, laboratory.sockets.length]).toEqual(['live', 1]);
  });

  it('asks once, however often somebody looks, and again after the answer', async () => {
    const { laboratory, connection, socket } = await live();
    for (let look = 0; look < 20; look++) {
      laboratory.page?.looked();
      await laboratory.pass(100);
    }
    expect(socket.of('ping')).toHaveLength(1);
    socket.hear({ type: 'pong', heads: {} });
    laboratory.page?.looked();
    expect(socket.of('ping')).toHaveLength(2);
    await laboratory.pass(3_000);
    expect(connection.status.state).toBe('waiting');
  });

  it('shortens the wait for an answer to an ordinary ping', async () => {
    const { laboratory, connection, socket } = await live();
    await laboratory.pass(26_000);
    expect(socket.of('ping')).toHaveLength(1);
    laboratory.page?.looked();
    await laboratory.pass(3_000);
    expect(connection.status.state).toBe('waiting');
  });

  it('ends a long wait at once, and only ever brings the next try nearer', async () => {
    const { laboratory } = await live();
    laboratory.visible = false;
    await fail(laboratory, 6);
    const before = laboratory.sockets.length;
    laboratory.visible = true;
    // Chance is a half: a quarter of a second. Each further look would put it off if it began again.
    for (let look = 0; look < 5; look++) {
      laboratory.page?.looked();
      await laboratory.pass(50);
    }
    expect(laboratory.sockets).toHaveLength(before + 1);
  });

  it('does not come sooner than the server says', async () => {
    let asked = 0;
    const laboratory = new Laboratory();
    const connection = laboratory.connection({
      credentials: async () => {
        asked += 1;
        throw new RetryLater(20_000);
      },
    });
    connection.start();
    await laboratory.pass(10_000);
    laboratory.page?.looked();
    laboratory.page?.left();
    laboratory.page?.returned();
    laboratory.page?.looked();
    await laboratory.pass(9_999);
    expect(asked).toBe(1);
    await laboratory.pass(1);
    expect(asked).toBe(2);
  });

  it('is no reason to come back after a refusal or a stop', async () => {
    for (const end of ['refused', 'idle'] as const) {
      const { laboratory, connection, socket } = await live();
      const { page } = laboratory;
      if (end === 'refused') socket.drop(4503);
      else connection.stop();
      page?.looked();
      page?.left();
      page?.returned();
      await laboratory.pass(60_000);
      expect([connection.status.state, laboratory.sockets.length]).toEqual([end, 1]);
    }
  });
});

describe('a page that is left', () => {
  it('ends its socket at once and comes back when it does, with what was followed and what waits', async () => {
    const { laboratory, connection, socket } = await live();
    connection.follow('c1');
    const seen: Status[] = [];
    connection.on('status', (status) => seen.push(status));
    laboratory.page?.left();
    expect([socket.closed, connection.status.state]).toEqual([true, 'idle']);
    void connection.write(message('a'));
    await laboratory.pass(3_600_000);
    expect(laboratory.sockets).toHaveLength(1);
    laboratory.page?.returned();
    const next = await laboratory.welcome();
    expect(next.of('sync')).toHaveLength(1);
    expect(next.of('send').map(({ client_id }) => client_id)).toEqual(['a']);
    // Nothing of it was a loss that somebody should read of.
    expect(seen.map(({ state }) => state)).toEqual(['idle', 'connecting', 'live']);
    expect(seen[1]).toEqual({ state: 'connecting', attempt: 0 });
  });

  it('comes back when it is looked at, even if nobody says that it is back', async () => {
    const { laboratory, connection } = await live();
    laboratory.page?.left();
    laboratory.page?.looked();
    await laboratory.welcome();
    expect(connection.status.state).toBe('live');
  });

  it('gives up a try that is on its way', async () => {
    const laboratory = new Laboratory();
    let late: (credentials: { token: string }) => void = () => undefined;
    const connection = laboratory.connection({ credentials: () => new Promise((resolve) => (late = resolve)) });
    connection.start();
    laboratory.page?.left();
    late({ token: 'late' });
    connection.start();
    await laboratory.pass(60_000);
    expect([connection.status.state, laboratory.sockets.length]).toEqual(['idle', 0]);
  });

  it('does nothing at the end of a page that was never left', async () => {
    const { laboratory, connection, socket } = await live();
    laboratory.page?.returned();
    await settle();
    expect([connection.status.state, laboratory.sockets.length, socket.sent.length]).toEqual(['live', 1, 1]);
  });
});

describe('the wait before the next try', () => {
  it('is at most 8 s while the page may be seen, 30 s hidden, and any part of that', () => {
    for (const [attempt, most] of [500, 1_000, 2_000, 4_000, 8_000, 8_000, 8_000].entries()) {
      expect([reconnectDelay(attempt, () => 1, true), reconnectDelay(attempt, () => 0, true)]).toEqual([most, 0]);
    }
    for (const [attempt, most] of [500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000].entries()) {
      expect(reconnectDelay(attempt, () => 1, false)).toBe(most);
    }
    expect(reconnectDelay(10_000, () => 1, true)).toBe(8_000);
  });

  it('follows what can be seen of the page at the time', async () => {
    for (const [visible, most] of [
      [true, 8_000],
      [false, 30_000],
    ] as const) {
      const laboratory = new Laboratory();
      laboratory.chance = 0.999;
      await live(laboratory);
      laboratory.visible = visible;
      await fail(laboratory, 8);
      const before = laboratory.sockets.length;
      await laboratory.pass(most * 0.999 - 100);
      expect(laboratory.sockets).toHaveLength(before);
      await laboratory.pass(100);
      expect(laboratory.sockets).toHaveLength(before + 1);
    }
  });

  it('is over for a write together with the connection’s, unless the server asked for a rest', async () => {
    const { laboratory, connection, socket } = await live();
    void connection.write(message('a'));
    await settle();
    const [first] = socket.of('send');
    for (let refusal = 0; refusal < 5; refusal++) {
      const request = socket.of('send').at(-1)?.request;
      socket.hear({ type: 'rejected', request, code: 'unknown', message: '', retry: 'same' });
      if (refusal < 4) await laboratory.pass(15_000);
    }
    // The next try would be in more than ten seconds: the server is started again instead.
    const next = await laboratory.comeBack();
    expect(next.of('send').map(({ client_id }) => client_id)).toEqual([first?.client_id]);
    const request = next.of('send')[0]?.request;
    next.hear({ type: 'rejected', request, code: 'rate_limited', message: '', retry: 'later', after_ms: 60_000 });
    const third = await laboratory.comeBack();
    expect(third.of('send')).toEqual([]);
  });
});
