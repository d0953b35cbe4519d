import { describe, expect, it } from 'vitest';
import { MemoryStore, type SendFrame, type Write } from '../src';
import { Laboratory, settle, type TestSocket } from './laboratory';

const DAY_MS = 24 * 60 * 60 * 1000;

const first = (client_id: string): SendFrame => ({
  type: 'send',
  client_id,
  thread: 't1',
  message: { type: 'TEXT', text: client_id },
});

/** A widget's way: messages name their thread, and its conversation once that is known. */
function visitor(laboratory: Laboratory, store: MemoryStore, tab = 'tab', conversation?: string) {
  const connection = laboratory.connection({
    store,
    tab,
    prepare: ({ frame }) => {
      if (connection.status.state !== 'live' || frame.type !== 'send') return undefined;
      const { thread: _, ...rest } = frame;
      return { frame: conversation === undefined ? frame : { ...rest, conversation } };
    },
  });
  return connection;
}

/** Accepts everything that was sent and not answered yet, and what follows it. */
async function accept(socket: TestSocket, conversation: string): Promise<void> {
  for (let answered = 0; answered < socket.of('send').length; answered++) {
    const { request } = socket.of('send')[answered] ?? {};
    socket.hear({ type: 'accepted', request, conversation, thread: 't1', position: answered + 1, duplicate: false });
    await settle();
  }
}

describe('in another epoch', () => {
  it('offers its accepted messages again, in their order, by their thread, before what still waits', async () => {
    const laboratory = new Laboratory();
    const store = new MemoryStore();
    const connection = visitor(laboratory, store, 'tab', 'c1');
    connection.start();
    const before = await laboratory.welcome('one');
    for (const name of ['a', 'b']) void connection.write(first(name));
    await settle();
    await accept(before, 'c1');
    expect(connection.outbox.writes()).toEqual([]);
    // On the wire, and lost with the database that never took it.
    void connection.write(first('c'));
    await settle();
    expect(before.of('send').at(-1)).toMatchObject({ client_id: 'c', conversation: 'c1' });
    const after = await laboratory.comeBack('two');
    expect(connection.outbox.writes().map(({ client_id }) => client_id)).toEqual(['a', 'b', 'c']);
    await accept(after, 'c2');
    const sent = after.of('send').map(({ client_id, thread, conversation }) => ({ client_id, thread, conversation }));
    expect(sent).toEqual(['a', 'b', 'c'].map((client_id) => ({ client_id, thread: 't1', conversation: undefined })));
    expect(connection.outbox.writes()).toEqual([]);
    // Once is enough.
    expect((await laboratory.comeBack('two')).of('send')).toEqual([]);
  });

  it('does so on a later page, too, and leaves those of the same epoch alone', async () => {
    const laboratory = new Laboratory();
    const store = new MemoryStore();
    const one = visitor(laboratory, store);
    one.start();
    const before = await laboratory.welcome('one');
    void one.write(first('a'));
    await settle();
    await accept(before, 'c1');
    one.stop();

    for (const [epoch, expected] of [
      ['one', []],
      ['two', ['a']],
    ] as const) {
      const page = visitor(laboratory, store);
      page.start();
      const socket = await laboratory.welcome(epoch);
      expect(socket.of('send').map(({ client_id }) => client_id)).toEqual(expected);
      page.stop();
    }
  });

  it('goes back fifty messages and one day', async () => {
    const laboratory = new Laboratory();
    const store = new MemoryStore();
    const connection = visitor(laboratory, store);
    connection.start();
    const before = await laboratory.welcome('one');
    void connection.write(first('old'));
    await settle();
    await accept(before, 'c1');
    laboratory.time += DAY_MS;
    const next = await laboratory.comeBack('one');
    const names = Array.from({ length: 60 }, (_, at) => `m${at}`);
    for (const name of names.slice(0, 10)) void connection.write(first(name));
    await settle();
    await accept(next, 'c1');
    const other = await laboratory.comeBack('two');
    await accept(other, 'c1');
    expect(other.of('send').map(({ client_id }) => client_id)).toEqual(names.slice(0, 10));
    for (const name of names.slice(10)) void connection.write(first(name));
    await settle();
    await accept(other, 'c1');
    const last = await laboratory.comeBack('three');
    await accept(last, 'c1');
    expect(last.of('send').map(({ client_id }) => client_id)).toEqual(names.slice(10));
  });
});

/** A store whose writes take until they are let through. */
class SlowStore extends MemoryStore {
  readonly waiting: (() => void)[] = [];

  override async put(write: Write): Promise<void> {
    await new Promise<void>((resolve) => this.waiting.push(resolve));
    await super.put(write);
  }

  async letThrough(): Promise<void> {
    this.waiting.shift()?.();
    await settle();
  }
}

describe('the queue', () => {
  it('shows a message when it is stored, and says it when its last words are', async () => {
    const laboratory = new Laboratory();
    const store = new SlowStore();
    const connection = visitor(laboratory, store, 'tab', 'c1');
    connection.start();
    const socket = await laboratory.welcome();
    void connection.write(first('a'));
    await settle();
    expect([connection.outbox.writes().length, socket.of('send').length]).toEqual([0, 0]);
    await store.letThrough();
    expect([connection.outbox.writes().length, socket.of('send').length]).toEqual([1, 0]);
    await store.letThrough();
    expect(socket.of('send')).toHaveLength(1);
    expect((await store.all())[0]).toMatchObject({ sealed: true, frame: { conversation: 'c1' } });
  });

  it('takes over what a tab that is gone has left, and then it is nobody else’s', async () => {
    const laboratory = new Laboratory();
    const store = new MemoryStore();
    void visitor(laboratory, store, 'gone').write(first('a'));
    void visitor(laboratory, store, 'alive').write(first('b'));
    await settle();
    const heirs = [visitor(laboratory, store, 'heir'), visitor(laboratory, store, 'late')];
    for (const heir of heirs) {
      await heir.outbox.restore((tab) => tab === 'gone');
      await settle();
    }
    const queues = heirs.map(({ outbox }) => outbox.writes().map(({ client_id }) => client_id));
    expect(queues).toEqual([['a'], []]);
  });

  it('takes over the others’ when one of its own is already there', async () => {
    const laboratory = new Laboratory();
    const store = new MemoryStore();
    const heir = visitor(laboratory, store, 'heir');
    void heir.write(first('own'));
    await settle();
    void visitor(laboratory, store, 'gone').write(first('left'));
    await settle();
    await heir.outbox.restore((tab) => tab === 'gone');
    expect((await store.all()).map(({ client_id, tab }) => [client_id, tab])).toEqual([
      ['own', 'heir'],
      ['left', 'heir'],
    ]);
  });
});
