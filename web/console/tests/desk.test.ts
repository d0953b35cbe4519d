import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeServer } from './fake_server';
import { clock, message, row, VISITOR } from './samples';
import { close, control, key, openConsole, page, press, see, seeNo, type } from './screen';

const CONTEXT = {
  text: '{"model":"Strand","price":{"amount":46900,"currency":"EUR"},"extras":["tow bar","roof"]}',
  version: 1,
  updated_at: clock('09:00'),
};
const IVO = { id: 'ivo', name: 'Ivo' };
const ANA = 'conversation-aaaa';

let server: FakeServer;
beforeEach(() => {
  localStorage.clear();
  server = new FakeServer();
  server.hold(
    row(ANA, { visitor: { id: 'v', name: 'Ana' }, sort_at: clock('09:00') }),
    [message(VISITOR, clock('09:00'), 'is it still there?')],
    CONTEXT,
  );
  server.hold(row('conversation-bbbb', { visitor: { id: 'b', name: 'Bruno' }, sort_at: clock('08:00') }), [
    message(VISITOR, clock('08:00'), 'good morning'),
  ]);
  server.hold(
    row('conversation-cccc', {
      visitor: { id: 'c', name: 'Cara' },
      status: 'SOLVED',
      sort_at: clock('07:00'),
    }),
    [message(VISITOR, clock('07:00'), 'thanks')],
  );
});
afterEach(close);

async function openThread(): Promise<void> {
  await openConsole(`#/c/${ANA}`);
  await see('is it still there?');
  await see('Strand');
}
function sent(kind: string) {
  return server.frames.filter((frame) => frame.type === kind);
}
function field(): HTMLTextAreaElement {
  const found = document.querySelector<HTMLTextAreaElement>('[data-composer]');
  if (!found) throw new Error('nothing to write in');
  return found;
}
/** Presses a key where no field has the focus. */
async function single(name: string): Promise<void> {
  field().blur();
  document.body.dispatchEvent(new KeyboardEvent('keydown', { key: name, bubbles: true, cancelable: true }));
  await Promise.resolve();
}
function names(): string[] {
  return [...document.querySelectorAll('a[data-conversation]')].map(
    (link) => /Ana|Bruno|Cara/.exec(link.textContent ?? '')?.[0] ?? '',
  );
}

describe('notes', () => {
  it('are sent as notes, from a draft of their own, and stand in the timeline', async () => {
    await openThread();
    await type('for Ana');
    await press('Note');
    expect(field().value).toBe('');
    await type('she has called before');
    await key({ key: 'Enter' });
    await see('Note by you');
    expect(sent('send')).toMatchObject([
      { conversation: ANA, message: { type: 'NOTE', text: 'she has called before' } },
    ]);
    await press('Reply');
    expect(field().value).toBe('for Ana');
  });

  it('hold no more than 4,000 characters', async () => {
    await openThread();
    await press('Note');
    await type('x'.repeat(4001));
    await see('1 character too long. 4,000 fit.');
    await key({ key: 'Enter' });
    expect(sent('send')).toEqual([]);
  });
});

describe('who else is here', () => {
  it('is shown in the header, and above the composer while they write', async () => {
    await openThread();
    server.say({ type: 'viewers', conversation: ANA, viewers: [{ agent: IVO, typing: null }] });
    await see('Also here: Ivo');
    expect(page()).not.toContain('Ivo is writing');
    server.say({ type: 'viewers', conversation: ANA, viewers: [{ agent: IVO, typing: 'reply' }] });
    await see('Ivo is writing a reply');
    server.say({ type: 'viewers', conversation: ANA, viewers: [{ agent: IVO, typing: 'note' }] });
    await see('Ivo is writing a note');
    server.cut();
    await seeNo('Ivo');
  });

  it('hears that this agent writes, and of notes as notes', async () => {
    await openThread();
    await type('Hel');
    await type('Hello');
    await vi.waitFor(() => expect(sent('typing')).toEqual([{ type: 'typing', conversation: ANA, on: true }]));
    await type('');
    await vi.waitFor(() => expect(sent('typing')).toHaveLength(2));
    await press('Note');
    await type('hm');
    await vi.waitFor(() =>
      expect(sent('typing').at(-1)).toEqual({ type: 'typing', conversation: ANA, on: true, note: true }),
    );
  });

  it('is the visitor too, until their message is here', async () => {
    await openThread();
    server.say({ type: 'typing', conversation: ANA, author: VISITOR, on: true });
    await see('Ana is writing');
    server.happen(ANA, message(VISITOR, clock('09:05'), 'hello?'));
    await see('hello?');
    await seeNo('Ana is writing');
  });

  it('has received and read what we say', async () => {
    await openThread();
    await type('It is.');
    await key({ key: 'Enter' });
    await vi.waitFor(() => expect(sent('send')).toHaveLength(1));
    const [write] = sent('send');
    if (write?.type !== 'send') throw new Error('nothing was sent');
    const maja = { type: 'agent', id: 'maja', name: 'Maja' } as const;
    server.happen(ANA, message(maja, clock('09:06'), 'It is.', write.client_id));
    await see('· Sent');
    server.say({ type: 'cursor', conversation: ANA, delivered: 2, read: 1 });
    await see('· Delivered');
    server.say({ type: 'cursor', conversation: ANA, delivered: 2, read: 2 });
    await see('· Seen by visitor');
  });
});

describe('drafts', () => {
  it('survive a reload, are used up by sending, and go with signing out', async () => {
    await openThread();
    await type('half a sentence');
    await openThread();
    expect(field().value).toBe('half a sentence');
    await key({ key: 'Enter' });
    await openThread();
    expect(field().value).toBe('');
    await type('nobody else may read this');
    await press('Sign out');
    await see('Good to see you');
    expect(Object.keys(localStorage).filter((kept) => kept.startsWith('beckon.draft'))).toEqual([]);
  });
});

describe('quick replies', () => {
  beforeEach(() => {
    const common = { mine: true, updated_at: '' };
    server.quickReplies = [
      { id: 'q1', shortcut: 'hello', text: 'Hello {{visitor.name}}, {{agent.name}} here.', shared: false, ...common },
      { id: 'q2', shortcut: 'price', text: 'The {{context.model}} costs {{context.price}}.', shared: true, ...common },
      {
        id: 'q3',
        shortcut: 'extras',
        text: 'With {{context.extras}} by {{context.dealer.name}}.',
        shared: true,
        ...common,
      },
    ];
  });

  it('are found by typing, and filled from the context', async () => {
    await openThread();
    await type('/pri');
    await see('/price');
    await see('The Strand costs €46,900.');
    await seeNo('/hello');
    // They are an input method's.
    for (const name of ['Enter', 'Tab', 'Escape']) await key({ key: name, keyCode: 229 });
    expect(field().value).toBe('/pri');
    await see('/price');
    await key({ key: 'Enter' });
    expect(field().value).toBe('The Strand costs €46,900.');
    expect(sent('send')).toEqual([]);
    await key({ key: 'Enter' });
    await vi.waitFor(() => expect(sent('send')).toHaveLength(1));
  });

  it('are chosen by arrows, and Escape takes the list away', async () => {
    await openThread();
    await type('/');
    await see('/hello');
    await key({ key: 'ArrowDown' });
    await see('3 quick replies');
    await key({ key: 'Escape' });
    await seeNo('/hello');
    expect(field().value).toBe('/');
    await type('');
    await type('/');
    await see('/extras');
    await key({ key: 'ArrowDown' });
    await key({ key: 'Enter' });
    expect(field().value).toBe('Hello Ana, Maja here.');
  });

  it('do not go out while a value is missing, and say which', async () => {
    await openThread();
    await type('/ext');
    await see('No value here for context.dealer.name');
    await key({ key: 'Enter' });
    expect(field().value).toBe('With tow bar and roof by {{context.dealer.name}}.');
    await see('No value for context.dealer.name.');
    await key({ key: 'Enter' });
    expect(sent('send')).toEqual([]);
    server.happen(ANA, {
      id: 'm2',
      kind: 'metadata',
      at: clock('09:10'),
      author: VISITOR,
      client_id: null,
      version: 2,
      source: 'page',
      mode: 'merge',
      changes: [{ key: 'dealer', from: null, to: '{"name":"Fjord"}' }],
    });
    await vi.waitFor(() => expect(field().value).toBe('With tow bar and roof by Fjord.'));
    await key({ key: 'Enter' });
    await vi.waitFor(() =>
      expect(sent('send')).toMatchObject([{ message: { text: 'With tow bar and roof by Fjord.' } }]),
    );
  });

  it('are made in a dialog that says what is wrong', async () => {
    await openThread();
    await press('Manage quick replies');
    await see('/price');
    await press('New quick reply');
    await type('two words', 'shortcut');
    await type('Bye.', 'text');
    await press('Save');
    await see('Only letters, digits');
    await type('hello', 'shortcut');
    await press('Save');
    await see('You have one of this name.');
    await type('bye', 'shortcut');
    await press('Save');
    await see('/bye');
    expect(server.quickReplies.at(-1)).toMatchObject({ shortcut: 'bye', text: 'Bye.', shared: false });
  });
});

describe('the list', () => {
  it('is narrowed by status', async () => {
    await openThread();
    await see('Cara');
    await press('Solved');
    await seeNo('Bruno');
    await see('Cara');
    expect(server.asked).toContain('GET /ccaas/1/inbox?view=all&status=SOLVED');
    await press('Waiting');
    await press('Solved');
    await see('Nothing in this state');
    await press('Show every status');
    await see('Bruno');
  });

  it('never jumps under the pointer: what is new waits above', async () => {
    await openThread();
    await vi.waitFor(() => expect(names()).toEqual(['Ana', 'Bruno', 'Cara']));
    const scroll = document.querySelector('a[data-conversation]')?.closest('ul')?.parentElement?.parentElement;
    scroll?.dispatchEvent(new PointerEvent('pointerenter', { pointerType: 'mouse' }));
    server.happen('conversation-bbbb', message(VISITOR, clock('09:30'), 'still me'), {
      sort_at: clock('09:30'),
    });
    server.hold(row('conversation-dddd', { visitor: { id: 'd', name: 'Dora' } }));
    server.happen('conversation-dddd', message(VISITOR, clock('09:40'), 'hi'), {
      sort_at: clock('09:40'),
    });
    await see('2 new');
    expect(names()).toEqual(['Ana', 'Bruno', 'Cara']);
    await press('2 new');
    await vi.waitFor(() => expect(names()).toEqual(['', 'Bruno', 'Ana', 'Cara']));
    await seeNo('2 new');
  });
});

describe('keys', () => {
  it('go through the list, take, solve, and choose what to write', async () => {
    await openThread();
    await single('a');
    await single('e');
    await vi.waitFor(() =>
      expect(sent('command')).toMatchObject([
        { conversation: ANA, command: 'take' },
        { conversation: ANA, command: 'solve' },
      ]),
    );
    await single('j');
    await see('good morning');
    await vi.waitFor(() => expect(document.activeElement?.hasAttribute('data-messages')).toBe(true));
    await single('k');
    // The list shows the same words: the thread has to stand before its keys do.
    await vi.waitFor(() => expect(document.querySelector('main')?.textContent).toContain('is it still there?'));
    await single('n');
    await vi.waitFor(() => expect(document.activeElement === field()).toBe(true));
    expect(control('Note').getAttribute('aria-pressed')).toBe('true');
    await single('r');
    await vi.waitFor(() => expect(control('Reply').getAttribute('aria-pressed')).toBe('true'));
    await single('?');
    await see('Keyboard shortcuts');
    await see('Next conversation');
  });

  it('lose their way at a conversation there is not, and the next one chosen is one to write in', async () => {
    server.hold(row('gone', { visitor: { id: 'g', name: 'Greta' }, sort_at: clock('08:30') }));
    await openThread();
    server.lose('gone');
    await single('j');
    await see('There is no such conversation');
    document.querySelector<HTMLElement>('a[data-conversation="conversation-cccc"]')?.click();
    await vi.waitFor(() => expect(document.querySelector('main')?.textContent).toContain('thanks'));
    await vi.waitFor(() => expect(document.activeElement === field()).toBe(true));
  });

  it('are letters while something is being written', async () => {
    await openThread();
    await key({ key: 'e' });
    await key({ key: 'j' });
    expect(sent('command')).toEqual([]);
    expect(location.hash).toBe(`#/c/${ANA}`);
  });

  it('send by Ctrl+Enter too', async () => {
    await openThread();
    await type('hello');
    await key({ key: 'Enter', ctrlKey: true });
    await vi.waitFor(() => expect(sent('send')).toHaveLength(1));
  });
});

describe('passing on', () => {
  it('gives a conversation to a colleague, those who are here first', async () => {
    await openThread();
    await press('Assign to…');
    await see('Who takes this conversation?');
    await see('Luka');
    const order = [...document.querySelectorAll('dialog li')].map((one) => one.textContent);
    expect(order).toEqual(['IIvohere', 'MMaja (you)here', 'LLukaaway']);
    await vi.waitFor(() => document.querySelector<HTMLElement>('dialog li button')?.click());
    await vi.waitFor(() => expect(server.asked).toContain(`PUT /ccaas/1/conversations/${ANA}/assignee`));
  });

  it('releases and sets to waiting', async () => {
    await openThread();
    await press('Set to waiting');
    await vi.waitFor(() => expect(sent('command')).toMatchObject([{ command: 'wait' }]));
  });
});

describe('being called', () => {
  it('asks the browser only after a press, and tells of what is not on screen', async () => {
    const shown: string[] = [];
    const asked = vi.fn(() => {
      FakeNotification.permission = 'granted';
      return Promise.resolve('granted');
    });
    class FakeNotification {
      static permission = 'default';
      static requestPermission = asked;
      onclick: (() => void) | null = null;
      constructor(title: string, options: { body: string }) {
        shown.push(`${title}: ${options.body}`);
      }
      close(): void {}
    }
    vi.stubGlobal('Notification', FakeNotification);
    await openThread();
    expect(asked).not.toHaveBeenCalled();
    const say = (text: string) => ({ unread: 1, preview: { author: VISITOR, text, at: clock('09:50') } });
    server.happen('conversation-bbbb', message(VISITOR, clock('09:49'), 'one'), say('one'));
    await see('one');
    await press('Turn on desktop notifications');
    server.happen('conversation-bbbb', message(VISITOR, clock('09:50'), 'two'), { ...say('two'), unread: 2 });
    await vi.waitFor(() => expect(shown).toEqual(['Bruno: two']));
  });
});
