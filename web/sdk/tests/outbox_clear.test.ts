import { describe, expect, it } from 'vitest';
import { MemoryStore, type SendFrame, type Status } from '../src';
import { Laboratory, settle } from './laboratory';

const message = (client_id: string): SendFrame => ({
  type: 'send',
  client_id,
  conversation: 'c1',
  message: { type: 'TEXT', text: client_id },
});

describe('an outbox that is cleared', () => {
  it('ends every write and offers none again, whatever comes from the store', async () => {
    const laboratory = new Laboratory();
    const store = new MemoryStore();
    const connection = laboratory.connection({ store });
    connection.start();
    const socket = await laboratory.welcome();
    const accepted = connection.write(message('accepted'));
    await settle();
    socket.hear({ type: 'accepted', request: socket.of('send')[0]?.request, duplicate: false });
    await accepted;
    const waiting = connection.write(message('waiting'));
    await settle();
    // Another database is met at this moment: what was accepted by the first is on its way back from the store.
    socket.drop();
    await laboratory.pass(30_000);
    laboratory.socket.onopen?.();
    const cleared = connection.outbox.clear('ended', 'The session ended');
    laboratory.socket.hear({
      type: 'welcome',
      connection: 'c',
      epoch: 'two',
      now: '',
      limits: {},
      online: true,
      threads: [],
    });
    await cleared;
    expect(await waiting).toEqual({ type: 'failed', code: 'ended', message: 'The session ended' });
    await laboratory.pass(60_000);
    expect(laboratory.socket.of('send')).toEqual([]);
    expect(connection.outbox.everything()).toEqual([]);
    expect(await store.all()).toEqual([]);
  });
});

describe('a close code that is no end for the one who asked', () => {
  it('is followed by another try, at once or later', async () => {
    const laboratory = new Laboratory();
    const seen: Status['state'][] = [];
    const answers = ['now', 'later', undefined] as const;
    const asked: number[] = [];
    const connection = laboratory.connection({
      again: (code) => answers[asked.push(code) - 1],
    });
    connection.on('status', ({ state }) => seen.push(state));
    connection.start();
    await settle();
    for (const code of [4500, 4507, 4503]) {
      const { socket } = laboratory;
      socket.onopen?.();
      socket.drop(code);
      await laboratory.pass(code === 4500 ? 0 : 1_000);
    }
    expect(asked).toEqual([4500, 4507, 4503]);
    expect(laboratory.sockets).toHaveLength(3);
    expect(connection.status).toEqual({ state: 'refused', code: 4503 });
  });
});
