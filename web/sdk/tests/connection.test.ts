import { describe, expect, it } from 'vitest';
import { Refused, RetryLater, type SendFrame, type Status } from '../src';
import { Laboratory, settle } from './laboratory';

const message = (client_id: string, conversation = 'c1'): SendFrame => ({
  type: 'send',
  client_id,
  conversation,
  message: { type: 'TEXT', text: client_id },
});

async function live(laboratory = new Laboratory()) {
  const connection = laboratory.connection();
  connection.start();
  return { laboratory, connection, socket: await laboratory.welcome() };
}

describe('a write', () => {
  it('waits for the answer to the one before it in its lane, and for no other', async () => {
    const { connection, socket } = await live();
    void connection.write(message('a'));
    void connection.write(message('b'));
    void connection.write(message('other', 'c2'));
    await settle();
    expect(socket.of('send').map(({ client_id }) => client_id)).toEqual(['a', 'other']);
    socket.hear({ type: 'accepted', request: socket.of('send')[0]?.request, duplicate: false });
    await settle();
    expect(socket.of('send').map(({ client_id }) => client_id)).toEqual(['a', 'other', 'b']);
  });

  it('goes again with the same client_id after a lost connection', async () => {
    const { laboratory, connection, socket } = await live();
    const ended = connection.write(message('a'));
    await settle();
    socket.drop();
    await laboratory.pass(30_000);
    const next = await laboratory.welcome();
    expect(next.of('send')).toHaveLength(1);
    expect(next.of('send')[0]).toMatchObject({ client_id: 'a', message: { text: 'a' } });
    next.hear({ type: 'accepted', request: next.of('send')[0]?.request, duplicate: true, position: 4 });
    expect(await ended).toMatchObject({ type: 'accepted', accepted: { duplicate: true, position: 4 } });
    expect(connection.outbox.writes()).toEqual([]);
  });

  it('goes again when nobody answers, and takes a late answer to the first try', async () => {
    const { laboratory, connection, socket } = await live();
    const ended = connection.write(message('a'));
    await settle();
    // Something else is heard, so the connection is not taken for dead.
    await laboratory.pass(9_000);
    socket.hear({ type: 'presence', online: true });
    await laboratory.pass(2_000);
    const tries = socket.of('send');
    expect(tries.map(({ client_id }) => client_id)).toEqual(['a', 'a']);
    socket.hear({ type: 'accepted', request: tries[0]?.request, duplicate: false });
    expect((await ended).type).toBe('accepted');
  });

  it('rests as long as the server says', async () => {
    const { laboratory, connection, socket } = await live();
    void connection.write(message('a'));
    void connection.write(message('b'));
    await settle();
    const request = socket.of('send')[0]?.request;
    socket.hear({ type: 'rejected', request, code: 'rate_limited', message: '', retry: 'later', after_ms: 3_000 });
    await laboratory.pass(2_900);
    expect(socket.of('send')).toHaveLength(1);
    await laboratory.pass(200);
    expect(socket.of('send').map(({ client_id }) => client_id)).toEqual(['a', 'a']);
  });

  it('goes again by itself, with the same words, when nobody knows what became of it', async () => {
    const { laboratory, connection, socket } = await live();
    const ended = connection.write(message('a'));
    void connection.write(message('b'));
    await settle();
    const waits = [1_000, 2_000, 4_000, 8_000, 15_000, 15_000];
    for (const [round, most] of waits.entries()) {
      const request = socket.of('send')[round]?.request;
      socket.hear({ type: 'rejected', request, code: 'unknown', message: '', retry: 'same' });
      // Chance is a half here: each wait is between half of the most and all of it.
      await laboratory.pass(most * 0.75 - 1);
      expect(socket.of('send')).toHaveLength(round + 1);
      await laboratory.pass(1);
      expect(socket.of('send')).toHaveLength(round + 2);
      expect(connection.outbox.writes().map(({ state }) => state)).toEqual(['waiting', 'waiting']);
    }
    const [first, ...more] = socket.of('send').map(({ request: _, ...words }) => words);
    for (const words of more) expect(words).toEqual(first);
    socket.hear({ type: 'accepted', request: socket.of('send').at(-1)?.request, duplicate: true, position: 2 });
    expect(await ended).toMatchObject({ type: 'accepted', accepted: { position: 2 } });
  });

  it('is shown as failed when the server will not take it, lets the next one pass, and can be tried again', async () => {
    const { connection, socket } = await live();
    const ended = connection.write(message('a'));
    void connection.write(message('b'));
    await settle();
    const request = socket.of('send')[0]?.request;
    socket.hear({ type: 'rejected', request, code: 'too_long', message: 'Too long', retry: 'never' });
    expect(await ended).toEqual({ type: 'failed', code: 'too_long', message: 'Too long' });
    await settle();
    expect(connection.outbox.writes().map(({ client_id, state }) => [client_id, state])).toEqual([
      ['a', 'failed'],
      ['b', 'waiting'],
    ]);
    expect(socket.of('send').map(({ client_id }) => client_id)).toEqual(['a', 'b']);
    socket.hear({ type: 'accepted', request: socket.of('send')[1]?.request, duplicate: false });
    connection.outbox.retry('a');
    await settle();
    expect(socket.of('send').map(({ client_id }) => client_id)).toEqual(['a', 'b', 'a']);
  });

  it('is given up after a day without a connection', async () => {
    const laboratory = new Laboratory();
    const connection = laboratory.connection();
    const ended = connection.write(message('a'));
    await laboratory.pass(24 * 60 * 60 * 1000 - 1);
    expect(connection.outbox.writes().map(({ state }) => state)).toEqual(['waiting']);
    await laboratory.pass(1);
    expect(connection.outbox.writes().map(({ state }) => state)).toEqual(['failed']);
    expect(await ended).toMatchObject({ type: 'failed', code: 'expired' });
  });

  it('is finished once, when its turn comes, and repeats word for word', async () => {
    let prepared = 0;
    const laboratory = new Laboratory();
    const connection = laboratory.connection({
      prepare: ({ frame }) => {
        if (connection.status.state !== 'live' || frame.type !== 'send') return undefined;
        return { frame: { ...frame, page: { url: String(++prepared), title: '' } } };
      },
    });
    void connection.write(message('a'));
    connection.start();
    const first = await laboratory.welcome();
    first.drop();
    await laboratory.pass(30_000);
    const second = await laboratory.welcome();
    expect([first.of('send')[0]?.page, second.of('send')[0]?.page]).toEqual([
      { url: '1', title: '' },
      { url: '1', title: '' },
    ]);
  });
});

describe('a connection', () => {
  it('comes back within the jittered wait, longer each time', async () => {
    const { laboratory, socket } = await live();
    socket.drop();
    await laboratory.pass(249);
    expect(laboratory.sockets).toHaveLength(1);
    await laboratory.pass(2);
    expect(laboratory.sockets).toHaveLength(2);
    laboratory.socket.drop();
    await laboratory.pass(499);
    expect(laboratory.sockets).toHaveLength(2);
    await laboratory.pass(2);
    expect(laboratory.sockets).toHaveLength(3);
  });

  it('comes back after every code below 4500, and after none from there', async () => {
    for (const code of [1000, 1001, 1006, 1011, 1012, 4000, 4001, 4004, 4008, 4012, 4013, 4499, 5000]) {
      const { laboratory, connection, socket } = await live();
      socket.drop(code);
      expect(connection.status.state, String(code)).toBe('waiting');
      await laboratory.pass(30_000);
      expect(laboratory.sockets.length, String(code)).toBeGreaterThan(1);
    }
    for (const code of [4500, 4501, 4502, 4503, 4504, 4505, 4506, 4999]) {
      const { laboratory, connection, socket } = await live();
      socket.drop(code);
      await laboratory.pass(120_000);
      expect(connection.status).toEqual({ state: 'refused', code });
      expect(laboratory.sockets).toHaveLength(1);
      connection.start();
      await settle();
      expect(laboratory.sockets).toHaveLength(2);
    }
  });

  it('gives up a socket that shows no life', async () => {
    const { laboratory, connection, socket } = await live();
    const seen: Status['state'][] = [];
    connection.on('status', ({ state }) => seen.push(state));
    await laboratory.pass(25_000 + 9_999);
    expect(seen).toEqual([]);
    await laboratory.pass(1);
    expect([socket.closed, seen[0]]).toEqual([true, 'waiting']);
  });

  it('asks for heads while others are heard all the time', async () => {
    const { laboratory, connection, socket } = await live();
    for (let second = 0; second < 60; second += 5) {
      await laboratory.pass(5_000);
      socket.hear({ type: 'presence', online: true });
    }
    expect(socket.of('ping')).toHaveLength(2);
    expect([connection.status.state, laboratory.sockets.length]).toEqual(['live', 1]);
  });

  it('does not come sooner than the server says, whoever wants it', async () => {
    let asked = 0;
    const laboratory = new Laboratory();
    const connection = laboratory.connection({
      credentials: async () => {
        asked += 1;
        throw new RetryLater(60_000);
      },
    });
    connection.start();
    await laboratory.pass(30_000);
    connection.start();
    await laboratory.pass(29_999);
    expect(asked).toBe(1);
    await laboratory.pass(1);
    expect(asked).toBe(2);
  });

  it('asks for credentials each time, waits as they say, and stops when they are refused', async () => {
    const answers = [new RetryLater(7_000), new Refused(401)];
    const laboratory = new Laboratory();
    const connection = laboratory.connection({ credentials: () => Promise.reject(answers.shift()) });
    connection.start();
    await laboratory.pass(6_999);
    expect(answers).toHaveLength(1);
    await laboratory.pass(2);
    expect(connection.status).toEqual({ state: 'refused', code: 401 });
  });

  it('tries again when credentials do not come, and does not mind when they come late', async () => {
    const laboratory = new Laboratory();
    const asked: ((token: string) => void)[] = [];
    const connection = laboratory.connection({
      credentials: () => new Promise((resolve) => asked.push((token) => resolve({ token }))),
    });
    connection.start();
    await laboratory.pass(9_999);
    expect(connection.status).toEqual({ state: 'connecting', attempt: 0 });
    await laboratory.pass(1_000);
    expect(asked).toHaveLength(2);
    for (const [at, answer] of asked.entries()) answer(`t${at}`);
    const socket = await laboratory.welcome();
    expect([connection.status.state, laboratory.sockets.length]).toEqual(['live', 1]);
    expect(socket.of('hello')).toMatchObject([{ token: 't1' }]);
  });

  it('works on until a planned stop ends it, and comes back within the spread', async () => {
    const { laboratory, connection, socket } = await live();
    socket.hear({ type: 'drain', spread_ms: 10_000 });
    await laboratory.pass(9_000);
    void connection.write(message('a'));
    await settle();
    expect([connection.status.state, socket.of('send').length]).toEqual(['live', 1]);
    socket.drop(4001);
    await laboratory.pass(4_999);
    expect(laboratory.sockets).toHaveLength(1);
    await laboratory.pass(1);
    expect(laboratory.sockets).toHaveLength(2);
    // The next loss is an ordinary one.
    const next = await laboratory.welcome();
    expect(next.of('send')).toHaveLength(1);
    await laboratory.pass(5_000);
    next.drop();
    await laboratory.pass(250);
    expect(laboratory.sockets).toHaveLength(3);
  });

  it('leaves by itself when the stop it was told of does not come', async () => {
    const { laboratory, socket } = await live();
    socket.hear({ type: 'drain', spread_ms: 1_000 });
    await laboratory.pass(10_999);
    expect(socket.closed).toBe(false);
    await laboratory.pass(1);
    expect(socket.closed).toBe(true);
  });

  it('follows an agent’s inbox and conversations again after a reconnect', async () => {
    const laboratory = new Laboratory();
    const connection = laboratory.connection({ role: 'agent', credentials: async () => ({ ticket: 't' }) });
    connection.start();
    const stop = connection.followInbox();
    connection.follow('c1');
    const first = await laboratory.welcome();
    const topics = [{ inbox: true }, { conversation: 'c1' }];
    expect(first.of('subscribe').map(({ topic }) => topic)).toEqual(topics);
    first.drop();
    await laboratory.pass(30_000);
    const second = await laboratory.welcome();
    expect(second.of('subscribe').map(({ topic }) => topic)).toEqual(topics);
    stop();
    expect(second.of('unsubscribe').map(({ topic }) => topic)).toEqual([{ inbox: true }]);
  });

  it('ignores frames it does not know', async () => {
    const { connection, socket } = await live();
    socket.hear({ type: 'weather', sun: true });
    for (const text of ['null', '7', '"frame"', '[]', '{}', '{"type":7}']) socket.hearText(text);
    expect(connection.status.state).toBe('live');
  });
});
