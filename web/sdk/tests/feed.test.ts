import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eventAt, Laboratory, stateOf } from './laboratory';

const positions = (feed: { events: readonly { position: number }[] }) => feed.events.map(({ position }) => position);

async function following() {
  const laboratory = new Laboratory();
  const connection = laboratory.connection();
  connection.start();
  const socket = await laboratory.welcome();
  const feed = connection.follow('c1');
  return { laboratory, connection, socket, feed };
}

describe('a followed conversation', () => {
  it('asks for the latest, and is live when they have come', async () => {
    const { socket, feed } = await following();
    expect(socket.of('sync')).toEqual([{ type: 'sync', conversation: 'c1' }]);
    socket.hear(stateOf(7, 'reset', 6));
    socket.hear(eventAt(6));
    socket.hear(eventAt(7));
    expect(feed.live).toBe(false);
    socket.hear({ type: 'live', conversation: 'c1' });
    expect([feed.live, feed.complete, positions(feed)]).toEqual([true, false, [6, 7]]);
  });

  it('drops what it has, keeps back what is early, and asks for the hole once', async () => {
    const { socket, feed } = await following();
    socket.hear(stateOf(1, 'reset', 1));
    socket.hear(eventAt(1));
    socket.hear({ type: 'live', conversation: 'c1' });
    socket.hear(eventAt(1));
    socket.hear(eventAt(4));
    socket.hear(eventAt(5));
    expect(positions(feed)).toEqual([1]);
    expect(socket.of('sync').slice(1)).toEqual([{ type: 'sync', conversation: 'c1', epoch: 'one', position: 1 }]);
    socket.hear(stateOf(5, 'replay', 1));
    socket.hear(eventAt(2));
    socket.hear(eventAt(3));
    expect(positions(feed)).toEqual([1, 2, 3, 4, 5]);
  });

  it('finds a lost tail by the heads of a heartbeat', async () => {
    const { laboratory, socket, feed } = await following();
    socket.hear(stateOf(1, 'reset', 1));
    socket.hear(eventAt(1));
    socket.hear({ type: 'live', conversation: 'c1' });
    await laboratory.pass(25_000);
    expect(socket.of('ping')).toHaveLength(1);
    socket.hear({ type: 'pong', heads: { c1: 2 } });
    expect(socket.of('sync')).toHaveLength(2);
    socket.hear(eventAt(2));
    expect(positions(feed)).toEqual([1, 2]);
  });

  it('resumes where it stopped, and starts over in another epoch', async () => {
    const { laboratory, socket, feed } = await following();
    socket.hear(stateOf(2, 'reset', 1));
    socket.hear(eventAt(1));
    socket.hear(eventAt(2));
    socket.hear({ type: 'live', conversation: 'c1' });
    socket.drop();
    expect(feed.live).toBe(false);
    await laboratory.pass(30_000);
    const next = await laboratory.welcome('two');
    expect(next.of('hello')[0]?.resume).toEqual([{ conversation: 'c1', epoch: 'one', position: 2 }]);
    expect(next.of('sync')).toEqual([]);
    next.hear(stateOf(1, 'reset', 1, 'two'));
    next.hear(eventAt(1));
    expect(positions(feed)).toEqual([1]);
  });

  it('asks for nothing it has, however often it comes back', async () => {
    for (const role of ['visitor', 'agent'] as const) {
      const laboratory = new Laboratory();
      const connection = laboratory.connection({ role });
      connection.start();
      let socket = await laboratory.welcome();
      const feed = connection.follow('c1');
      socket.hear(stateOf(2, 'reset', 1));
      socket.hear(eventAt(1));
      socket.hear(eventAt(2));
      socket.hear({ type: 'live', conversation: 'c1' });
      for (let round = 0; round < 3; round++) {
        socket = await laboratory.comeBack();
        const from = { conversation: 'c1', epoch: 'one', position: 2 };
        if (role === 'visitor') expect(socket.of('hello')[0]?.resume).toEqual([from]);
        else
          expect(socket.of('subscribe')).toEqual([
            { type: 'subscribe', topic: { conversation: 'c1' }, epoch: 'one', position: 2 },
          ]);
        expect(socket.of('sync')).toEqual([]);
        socket.hear(stateOf(2, 'replay', 3));
        socket.hear({ type: 'live', conversation: 'c1' });
        expect([positions(feed), feed.live]).toEqual([[1, 2], true]);
      }
    }
  });

  it('is the whole log in order, whatever the order and number of arrivals', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 12 }), { maxLength: 60 }), async (arrivals) => {
        const { socket, feed } = await following();
        socket.hear(stateOf(0, 'reset', 0));
        socket.hear({ type: 'live', conversation: 'c1' });
        for (const position of arrivals) socket.hear(eventAt(position));
        const seen = positions(feed);
        expect(seen).toEqual(seen.map((_, index) => index + 1));
        for (let position = 1; position <= 12; position++) socket.hear(eventAt(position));
        expect(positions(feed)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
      }),
    );
  });

  it('pages upward without a gap', async () => {
    const asked: number[] = [];
    const laboratory = new Laboratory();
    const connection = laboratory.connection({
      history: async (_, before) => {
        asked.push(before);
        const { position, event } = eventAt(before - 1) as { position: number; event: never };
        return { events: [{ position, event }], head: 3 };
      },
    });
    connection.start();
    const socket = await laboratory.welcome();
    const feed = connection.follow('c1');
    socket.hear(stateOf(3, 'reset', 3));
    socket.hear(eventAt(3));
    socket.hear({ type: 'live', conversation: 'c1' });
    expect(await feed.loadEarlier()).toBe(true);
    expect(await feed.loadEarlier()).toBe(true);
    expect(await feed.loadEarlier()).toBe(false);
    expect([positions(feed), asked, feed.complete]).toEqual([[1, 2, 3], [3, 2], true]);
  });
});
