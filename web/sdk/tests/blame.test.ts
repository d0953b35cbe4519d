import { describe, expect, it } from 'vitest';
import { type Connection, MemoryStore, type SendFrame } from '../src';
import { Laboratory, settle, type TestSocket, type Wire } from './laboratory';

const BAD_FRAME = 4501;
const LOST = 1006;

const message = (client_id: string, thread: string, text = client_id): SendFrame => ({
  type: 'send',
  client_id,
  thread,
  message: { type: 'TEXT', text },
});

const names = (socket: TestSocket) => socket.of('send').map(({ client_id }) => client_id);
const failed = (connection: Connection) =>
  connection.outbox.writes().flatMap(({ client_id, failure }) => (failure ? [`${client_id}: ${failure.code}`] : []));

/** Cuts the newest socket in this way and waits for the next. */
async function ends(laboratory: Laboratory, code: number): Promise<TestSocket> {
  const before = laboratory.sockets.length;
  laboratory.socket.drop(code);
  while (laboratory.sockets.length === before) await laboratory.pass(250);
  return laboratory.welcome();
}

async function accept(socket: TestSocket): Promise<void> {
  for (let answered = 0; answered < socket.of('send').length; answered++) {
    const { request, thread } = socket.of('send')[answered] as Wire;
    socket.hear({ type: 'accepted', request, conversation: `of ${thread}`, thread, position: 1, duplicate: false });
    await settle();
  }
}

describe('a write that ends its socket', () => {
  it('is set aside after the second time, with the reason, and what follows it goes on', async () => {
    const laboratory = new Laboratory();
    const connection = laboratory.connection();
    connection.start();
    await laboratory.welcome();
    void connection.write(message('bad', 't'));
    void connection.write(message('good', 't'));
    await settle();
    const second = await ends(laboratory, BAD_FRAME);
    expect(names(second)).toEqual(['bad']);
    const third = await ends(laboratory, BAD_FRAME);
    expect(failed(connection)).toEqual(['bad: ends_socket']);
    await accept(third);
    expect(names(third)).toEqual(['good']);
    expect(connection.status.state).toBe('live');
  });

  it('is told from others that were on their way: each goes alone once', async () => {
    const laboratory = new Laboratory();
    const connection = laboratory.connection();
    connection.start();
    await laboratory.welcome();
    for (const name of ['a', 'bad', 'b']) void connection.write(message(name, name));
    await settle();
    expect(names(laboratory.socket)).toEqual(['a', 'bad', 'b']);
    const second = await ends(laboratory, BAD_FRAME);
    expect(names(second)).toEqual(['a']);
    // Written meanwhile: it must not be blamed for what another does.
    void connection.write(message('c', 'c'));
    await settle();
    second.hear({
      type: 'accepted',
      request: second.of('send')[0]?.request,
      conversation: 'x',
      thread: 'a',
      duplicate: false,
    });
    await settle();
    expect(names(second)).toEqual(['a', 'bad']);
    const third = await ends(laboratory, BAD_FRAME);
    await accept(third);
    expect(failed(connection)).toEqual(['bad: ends_socket']);
    expect(names(third).sort()).toEqual(['b', 'c']);
  });

  it('is remembered by the next page', async () => {
    const laboratory = new Laboratory();
    const store = new MemoryStore();
    const page = () => laboratory.connection({ store, tab: 'tab' });
    const first = page();
    first.start();
    await laboratory.welcome();
    void first.write(message('bad', 't'));
    await settle();
    laboratory.socket.drop(BAD_FRAME);
    first.stop();
    const next = page();
    next.start();
    await laboratory.welcome();
    await next.outbox.restore(() => false);
    await settle();
    expect(names(laboratory.socket)).toEqual(['bad']);
    await ends(laboratory, BAD_FRAME);
    expect(failed(next)).toEqual(['bad: ends_socket']);
  });

  it('may be sent again by its writer, who is told the same', async () => {
    const laboratory = new Laboratory();
    const connection = laboratory.connection();
    connection.start();
    await laboratory.welcome();
    void connection.write(message('bad', 't'));
    await settle();
    for (let time = 0; time < 2; time++) await ends(laboratory, BAD_FRAME);
    connection.outbox.retry('bad');
    await settle();
    expect(names(laboratory.socket)).toEqual(['bad']);
    await accept(laboratory.socket);
    expect(failed(connection)).toEqual([]);
  });

  it('without a word is set aside after six sockets that died at once', async () => {
    const laboratory = new Laboratory();
    const connection = laboratory.connection();
    connection.start();
    await laboratory.welcome();
    void connection.write(message('bad', 't'));
    await settle();
    for (let time = 0; time < 5; time++) expect(names(await ends(laboratory, LOST))).toEqual(['bad']);
    await ends(laboratory, LOST);
    expect(failed(connection)).toEqual(['bad: ends_socket']);
  });
});

it('a network that is lost again and again while a write waits for its answer blames nothing', async () => {
  const laboratory = new Laboratory();
  const connection = laboratory.connection();
  connection.start();
  await laboratory.welcome();
  void connection.write(message('a', 't'));
  await settle();
  for (let time = 0; time < 20; time++) {
    await laboratory.pass(3_000);
    expect(names(await ends(laboratory, LOST))).toEqual(['a']);
  }
  expect(failed(connection)).toEqual([]);
});

it('a server that stops, is replaced or sheds load blames nothing', async () => {
  for (const code of [1001, 1012, 1013, 4001, 4004, 4008, 4012, 4013]) {
    const laboratory = new Laboratory();
    const connection = laboratory.connection();
    connection.start();
    await laboratory.welcome();
    void connection.write(message('a', 't'));
    await settle();
    for (let time = 0; time < 8; time++) await ends(laboratory, code);
    expect(failed(connection), String(code)).toEqual([]);
  }
});

it.each([
  ['in one-byte characters', 'x'.repeat(200 * 1024)],
  ['in few characters of many bytes', '€'.repeat(70 * 1024)],
  ['in characters that JSON spells out', '\u0001'.repeat(40 * 1024)],
])('a write that is too large %s is never sent, and what follows it goes on', async (_, text) => {
  const laboratory = new Laboratory();
  const connection = laboratory.connection();
  connection.start();
  await laboratory.welcome();
  void connection.write(message('large', 't', text));
  void connection.write(message('small', 't'));
  await settle();
  expect(names(laboratory.socket)).toEqual(['small']);
  expect(failed(connection)).toEqual(['large: too_large']);
});
