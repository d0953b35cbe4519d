import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { go } from '../src/route';
import { FakeServer } from './fake_server';
import { clock, MAJA, message, row, VISITOR } from './samples';
import { close, control, key, openConsole, page, press, see, seeNo, type } from './screen';

const CONTEXT = { text: '{"model":"Strand","price":46900.10}', version: 1, updated_at: clock('09:00') };

let server: FakeServer;
beforeEach(async () => {
  server = new FakeServer();
  server.hold(
    row('conversation-aaaa', {
      visitor: { id: 'v', name: 'Ana' },
      unread: 1,
      facts: [{ key: 'model', text: '"Strand"' }],
    }),
    [message(VISITOR, clock('09:00'), 'is it still there?')],
    CONTEXT,
  );
  server.hold(row('conversation-bbbb', { agent: { id: 'maja', name: 'Maja' } }), [
    message(VISITOR, clock('08:00'), 'good morning'),
  ]);
});
afterEach(() => {
  vi.useRealTimers();
  close();
});

async function openThread(): Promise<void> {
  await openConsole('#/c/conversation-aaaa');
  await see('is it still there?');
  await see('Strand');
}
function sent(kind: string) {
  return server.frames.filter((frame) => frame.type === kind);
}

describe('the list', () => {
  it('shows the three views with their counts', async () => {
    await openConsole();
    await see('Ana');
    expect(control('Mine 1 open')).toBeTruthy();
    expect(control('Unassigned 1 open')).toBeTruthy();
    go({ page: 'inbox', view: 'mine', conversation: null });
    await seeNo('Ana');
    await see('Visitor BBBB');
  });

  it('changes by frames, and counts again when something moved', async () => {
    await openConsole();
    await see('Ana');
    server.hold(row('conversation-cccc', { visitor: { id: 'c', name: 'Petra' } }));
    server.happen('conversation-cccc', message(VISITOR, clock('09:30'), 'hi'));
    await see('Petra');
    await see('Unassigned 2 open');
    server.say({ type: 'gone', conversation: 'conversation-cccc' });
    await seeNo('Petra');
  });

  it('says in the title how many wait to be read', async () => {
    await openConsole();
    await see('Ana');
    expect(document.title).toBe('(1) Beckon');
    server.happen('conversation-bbbb', message(VISITOR, clock('09:31'), 'hello?'), { unread: 1 });
    await see('Visitor BBBB');
    expect(document.title).toBe('(2) Beckon');
  });

  it('tells once for all what reached the console, opened or not, and again only of what is new', async () => {
    await openConsole();
    await see('Ana');
    const told = (position: number) => ({ type: 'delivered', conversation: 'conversation-aaaa', position });
    await vi.waitFor(() => expect(sent('delivered')).toEqual([told(1)]));
    for (const unread of [2, 3, 4])
      server.happen('conversation-aaaa', message(VISITOR, clock('09:02'), 'hello?'), { unread });
    await vi.waitFor(() => expect(sent('delivered')).toEqual([told(1), told(4)]));
    // Nobody waits for this one: another agent has read it.
    server.happen('conversation-bbbb', message(MAJA, clock('09:03'), 'Good morning.'), { unread: 0 });
    server.cut();
    await vi.waitFor(() => expect(sent('hello')).toHaveLength(2));
    server.happen('conversation-aaaa', message(VISITOR, clock('09:04'), 'anybody?'), { unread: 5 });
    await vi.waitFor(() => expect(sent('delivered')).toEqual([told(1), told(4), told(5)]));
  });

  it('says that it could not be loaded, and tries again', async () => {
    server.signedIn = true;
    await openConsole();
    await see('Ana');
    server.broken = true;
    go({ page: 'inbox', view: 'unassigned', conversation: null });
    await see('Conversations could not be loaded.');
    server.broken = false;
    await press('Try again');
    await see('Ana');
  });

  it('holds what arrived between its first page and the connection', async () => {
    server.silent = true;
    await openConsole();
    await see('Ana');
    await vi.waitFor(() => expect(sent('hello')).toHaveLength(1));
    server.hold(row('conversation-eeee', { visitor: { id: 'e', name: 'Iva in the gap' } }));
    server.welcome();
    await see('Iva in the gap');
  });

  it('comes back when the server said so, and not before', async () => {
    await openConsole();
    await vi.waitFor(() => expect(sent('hello')).toHaveLength(1));
    const tickets = () => server.asked.filter((one) => one === 'POST /console/1/tickets').length;
    vi.useFakeTimers();
    for (const status of [429, 503]) {
      const before = tickets();
      server.onTicket = () => new Response('', { status, headers: { 'retry-after': '40' } });
      server.cut();
      // Asked within the first half second; nothing else waits longer than 30 s.
      await vi.advanceTimersByTimeAsync(1_000);
      expect(tickets()).toBe(before + 1);
      server.onTicket = undefined;
      await vi.advanceTimersByTimeAsync(38_500);
      expect(tickets()).toBe(before + 1);
      await vi.advanceTimersByTimeAsync(1_500);
      expect(tickets()).toBe(before + 2);
      await vi.advanceTimersByTimeAsync(6_000);
    }
  });

  it('is read again after the connection was lost', async () => {
    await openConsole();
    await see('Ana');
    server.hold(row('conversation-dddd', { visitor: { id: 'd', name: 'Luka from the meantime' } }));
    server.broken = true;
    server.cut();
    await see('The connection is lost');
    server.broken = false;
    await see('Luka from the meantime');
    await seeNo('The connection is lost');
  });
});

describe('a thread', () => {
  it('shows messages and context without a click, and tells that it was read', async () => {
    await openThread();
    await see('46,900.10');
    const told = [{ type: 'read', conversation: 'conversation-aaaa', position: 1 }];
    await vi.waitFor(() => expect(sent('read')).toEqual(told));
  });

  it('shows an answer at once and once, sent by Enter', async () => {
    await openThread();
    server.onWrite = () => undefined;
    await type('It is.');
    await key({ key: 'Enter' });
    await see('It is.');
    await see('Sending');
    const [write] = sent('send');
    if (write?.type !== 'send') throw new Error('nothing was sent');
    server.happen('conversation-aaaa', message(MAJA, clock('09:01'), 'It is.', write.client_id));
    await seeNo('Sending');
    expect(page().split('It is.')).toHaveLength(2);
  });

  it('breaks the line by Shift+Enter, and leaves Enter to an input method', async () => {
    await openThread();
    await type('one');
    await key({ key: 'Enter', shiftKey: true });
    await key({ key: 'Enter', isComposing: true });
    // Safari says it only by the code.
    await key({ key: 'Enter', keyCode: 229 });
    // A message that is sent leaves the field at once.
    expect(document.querySelector('textarea')?.value).toBe('one');
  });

  it('sends no more than 4,096 characters, an emoji being one', async () => {
    await openThread();
    await type('🙂'.repeat(4097));
    await see('1 character too long');
    await key({ key: 'Enter' });
    expect(document.querySelector('textarea')?.value).not.toBe('');
    await type('🙂'.repeat(4096));
    await see('0 left');
    await key({ key: 'Enter' });
    await see('🙂');
    await vi.waitFor(() => expect(sent('send')).toHaveLength(1));
  });

  it('says why a message was not sent, and tries again with the same id', async () => {
    await openThread();
    server.onWrite = ({ request }) =>
      server.say({ type: 'rejected', request, code: 'closed', message: 'It is closed.', retry: 'never' });
    await type('too late');
    await key({ key: 'Enter' });
    await see('Not sent (It is closed.)');
    await press('Try again');
    await see('Not sent');
    const ids = sent('send').map((frame) => (frame.type === 'send' ? frame.client_id : ''));
    expect(ids).toHaveLength(2);
    expect(new Set(ids).size).toBe(1);
    await press('Delete');
    await seeNo('too late');
  });

  it('keeps the draft of each conversation', async () => {
    await openThread();
    await type('half a sentence');
    go({ page: 'inbox', view: 'all', conversation: 'conversation-bbbb' });
    await see('good morning');
    expect(document.querySelector('textarea')?.value).toBe('');
    go({ page: 'inbox', view: 'all', conversation: 'conversation-aaaa' });
    await see('is it still there?');
    expect(document.querySelector('textarea')?.value).toBe('half a sentence');
  });

  it('takes and solves by command, and says what the server has against it', async () => {
    await openThread();
    await press('Take');
    await vi.waitFor(() => expect(sent('command')).toHaveLength(1));
    expect(sent('command')).toMatchObject([{ conversation: 'conversation-aaaa', command: 'take' }]);
    server.onWrite = ({ request }) =>
      server.say({ type: 'rejected', request, code: 'taken', message: 'Luka has it.', retry: 'never' });
    await press('Solve');
    await see('That did not work: Luka has it.');
  });

  it('asks before it closes', async () => {
    await openThread();
    await press('Close conversation');
    await see('Close this conversation?');
    expect(sent('command')).toEqual([]);
    await press('Cancel');
    await seeNo('Close this conversation?');
  });

  it('does not pretend to know a conversation that there is not', async () => {
    await openConsole('#/c/nowhere');
    await see('There is no such conversation');
  });

  it('reads earlier messages when the beginning comes near', async () => {
    const many = Array.from({ length: 120 }, (_, index) => message(VISITOR, clock('09:00'), `line ${index + 1} of it`));
    server.hold(row('conversation-long'), many);
    await openConsole('#/c/conversation-long');
    await see('line 120 of it');
    await see('line 1 of it');
    expect(server.asked).toContain('GET /ccaas/1/conversations/conversation-long/events?before=71');
    await see('The conversation begins here.');
  });
});

describe('the context', () => {
  function write(version: number, mode: 'merge' | 'replace', changes: [string, string | null][]) {
    return {
      id: `m${version}`,
      kind: 'metadata' as const,
      at: clock('09:10'),
      author: VISITOR,
      client_id: null,
      version,
      source: 'page' as const,
      mode,
      changes: changes.map(([changed, to]) => ({ key: changed, from: null, to })),
    };
  }

  it('follows what the website sends', async () => {
    await openThread();
    server.happen(
      'conversation-aaaa',
      write(2, 'merge', [
        ['model', '"Holme"'],
        ['colour', '"Basalt"'],
      ]),
    );
    await see('Holme');
    await see('Basalt');
    expect(page()).toContain('46,900.10');
  });

  it('is read again when all of it was replaced or a write is missing', async () => {
    await openThread();
    server.hold(row('conversation-aaaa'), [message(VISITOR, clock('09:00'), 'is it still there?')], {
      text: '{"wheels":"Tind"}',
      version: 5,
      updated_at: clock('09:10'),
    });
    server.happen('conversation-aaaa', write(5, 'merge', [['wheels', '"Tind"']]));
    await see('Tind');
    // What has gone stands struck until it is seen.
    await see('removed, Model');
    await press('Seen');
    await seeNo('Strand');
  });

  it('is kept and called old while the connection is lost', async () => {
    await openThread();
    server.signedIn = true;
    server.broken = true;
    server.cut();
    await see('reconnecting');
    expect(page()).toContain('Strand');
  });
});
