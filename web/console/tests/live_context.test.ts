import type { Context, ContextHistoryPage, ContextVersion, MetadataEvent, PositionedEvent } from '@beckon/sdk';
import { describe, expect, it, vi } from 'vitest';
import { CardSettings } from '../src/context/card_settings';
import { textOf } from '../src/context/fold';
import { LiveContext } from '../src/context/live_context';
import { clock, LUKA, MAJA, message, VISITOR } from './samples';

const STATE: Context = {
  text: '{"a":1}',
  version: 1,
  updated_at: clock('09:00'),
  keys: [
    {
      key: 'a',
      version: 1,
      at: clock('09:00'),
      source: 'page',
      author: VISITOR,
      sent_at: clock('09:00'),
      locked: false,
    },
  ],
  baseline: { position: 2, version: 1, text: null },
};

function write(
  position: number,
  version: number,
  key: string,
  to: string | null,
  parts: Partial<MetadataEvent> = {},
): PositionedEvent {
  const event: MetadataEvent = {
    id: `w${version}`,
    kind: 'metadata',
    at: clock('09:01'),
    author: VISITOR,
    client_id: null,
    version,
    source: 'page',
    mode: 'merge',
    changes: [{ key, from: null, to }],
    ...parts,
  };
  return { position, event };
}
const says = (position: number, author: typeof MAJA | typeof LUKA): PositionedEvent => ({
  position,
  event: message(author, clock('09:02'), 'hello'),
});
const version = (number: number): ContextVersion => ({
  version: number,
  position: number,
  at: clock('09:00'),
  source: 'page',
  mode: 'merge',
  author: VISITOR,
  changes: [],
});

function context(text = vi.fn(async (_id: string, _at?: number) => '{}'), pages: ContextHistoryPage[] = []) {
  const versions = vi.fn(async () => {
    const page = pages.shift();
    if (!page) throw new Error('no page');
    return page;
  });
  return { live: new LiveContext('c', 'maja', { text, versions }), text, versions };
}
const baseline = (live: LiveContext) => live.baseline.value;

describe('the baseline', () => {
  it('is what the server tells, and the context itself where it tells no text', () => {
    const { live } = context();
    live.reset(STATE, 2);
    expect(baseline(live)).toEqual({ position: 2, text: '{"a":1}' });
    expect(live.changeCount.value).toBe(0);
    live.reset({ ...STATE, baseline: { position: 1, version: 0, text: '{"a":0}' } }, 2);
    expect(baseline(live)?.text).toBe('{"a":0}');
    expect(live.changeCount.value).toBe(1);
  });
  it('is absent with a server that tells none, until this agent answers', () => {
    const { live } = context();
    live.reset({ text: '{"a":1}', version: 1, updated_at: null }, 2);
    expect(baseline(live)).toBe(null);
    live.hear(says(3, MAJA));
    expect(baseline(live)).toEqual({ position: 3, text: '{"a":1}' });
  });
  it('moves with an own answer, not with a colleague’s, nor with an old one that is told again', () => {
    const { live } = context();
    live.reset({ ...STATE, baseline: { position: 2, version: 0, text: '{}' } }, 4);
    live.hear(says(4, MAJA));
    live.hear(write(5, 2, 'b', '2'));
    live.hear(says(6, LUKA));
    expect(baseline(live)?.position).toBe(2);
    live.hear(says(7, MAJA));
    expect(baseline(live)).toEqual({ position: 7, text: '{"a":1,"b":2}' });
    live.hear(write(8, 3, 'b', '3'));
    live.seen(8);
    expect(baseline(live)).toEqual({ position: 8, text: '{"a":1,"b":3}' });
  });
  it('moves with what the agent has seen in another tab, to what stood there', async () => {
    const text = vi.fn(async (_id: string, at?: number) => (at === 5 ? '{"a":1,"b":2}' : '{}'));
    const { live } = context(text);
    live.reset({ ...STATE, baseline: { position: 2, version: 0, text: '{}' } }, 4);
    live.seenElsewhere(2);
    live.seenElsewhere(1);
    expect(baseline(live)).toEqual({ position: 2, text: '{}' });
    live.seenElsewhere(4);
    expect(baseline(live)).toEqual({ position: 4, text: '{"a":1}' });
    live.hear(write(5, 2, 'b', '2'));
    live.hear(write(6, 3, 'b', '3'));
    live.seenElsewhere(5);
    await vi.waitFor(() => expect(baseline(live)).toEqual({ position: 5, text: '{"a":1,"b":2}' }));
    expect(text).toHaveBeenCalledTimes(1);
    live.seenElsewhere(6);
    expect(baseline(live)).toEqual({ position: 6, text: '{"a":1,"b":3}' });
  });
  it('is asked for when the agent answers while the context itself is being read again', async () => {
    const text = vi.fn(async (_id: string, at?: number) => (at === 6 ? '{"then":1}' : '{"now":1}'));
    const { live } = context(text);
    live.reset(STATE, 2);
    live.hear(write(5, 2, 'then', '1', { mode: 'replace' }));
    live.hear(says(6, MAJA));
    expect(baseline(live)?.position).toBe(2);
    await vi.waitFor(() => expect(baseline(live)).toEqual({ position: 6, text: '{"then":1}' }));
    expect(live.fold.value && textOf(live.fold.value)).toBe('{"now":1}');
  });
});

describe('who set a key', () => {
  it('follows each write, lock and release', () => {
    const { live } = context();
    live.reset(STATE, 2);
    const crm = { type: 'api', id: 'crm', name: 'CRM' } as const;
    live.hear(write(3, 2, 'b', '1', { source: 'api', author: crm, locked: ['b', 'a'] }));
    expect(live.origins.value.get('b')).toMatchObject({ version: 2, source: 'api', author: crm, locked: true });
    expect(live.origins.value.get('a')).toMatchObject({ version: 1, source: 'page', locked: true });
    live.hear(write(4, 3, '', null, { changes: [], unlocked: ['a'] }));
    expect(live.origins.value.get('a')?.locked).toBe(false);
    live.hear(write(5, 4, 'b', null));
    expect([...live.origins.value.keys()]).toEqual(['a']);
    expect(live.fold.value?.version).toBe(4);
  });
});

describe('when and where a key was sent', () => {
  it('is what the event says of its calls, and else when it was accepted', () => {
    const { live } = context();
    live.reset(STATE, 2);
    const changes = ['b', 'c'].map((key) => ({ key, from: null, to: '1' }));
    const made = [
      { sent_at: clock('08:20'), page: 'https://shop.example/a' },
      { sent_at: clock('08:40'), keys: ['c'] },
    ];
    live.hear(write(3, 2, '', null, { changes, made, guessed: true }));
    expect(live.origins.value.get('b')).toMatchObject({
      sentAt: clock('08:20'),
      page: 'https://shop.example/a',
      guessed: true,
    });
    const other = live.origins.value.get('c');
    expect([other?.sentAt, other?.page]).toEqual([clock('08:40'), undefined]);
    live.hear(write(4, 3, 'b', '2'));
    const again = live.origins.value.get('b');
    expect([again?.sentAt, again?.page, again?.guessed]).toEqual([clock('09:01'), undefined, undefined]);
    expect(live.origins.value.get('a')?.sentAt).toBe(clock('09:00'));
  });
});

describe('another time', () => {
  it('shows the one asked for last, whatever answer comes first', async () => {
    const answers = new Map<number, (text: string) => void>();
    const text = vi.fn((_id: string, at?: number) => new Promise<string>((resolve) => answers.set(at ?? 0, resolve)));
    const { live } = context(text);
    const both = [live.showThen(3, 0, 1), live.showThen(5, 0, 2)];
    answers.get(5)?.('{"five":5}');
    answers.get(3)?.('{"three":3}');
    await Promise.all(both);
    expect(live.moment.value).toMatchObject({ position: 5, text: '{"five":5}', failed: false });
    live.showNow();
    expect(live.moment.value).toBe(null);
  });
  it('says when it could not be read', async () => {
    const { live } = context(vi.fn(() => Promise.reject(new Error('away'))));
    await live.showThen(3, 0, 1);
    expect(live.moment.value).toMatchObject({ text: null, failed: true });
  });
});

describe('the history', () => {
  const numbers = (live: LiveContext) => live.history.versions.value.map((one) => one.version);
  it('is read when somebody looks, page by page, and follows new writes', async () => {
    const { live, versions } = context(undefined, [
      { versions: [version(3), version(2)], next: 2 },
      { versions: [version(1)], next: null },
    ]);
    live.reset({ ...STATE, version: 3 }, 3);
    expect(versions).not.toHaveBeenCalled();
    await live.history.open();
    live.hear(write(9, 4, 'b', '1'));
    expect(numbers(live)).toEqual([4, 3, 2]);
    await live.history.more();
    expect(versions).toHaveBeenLastCalledWith('c', 2);
    expect(numbers(live)).toEqual([4, 3, 2, 1]);
    expect(live.history.complete.value).toBe(true);
    await live.history.open();
    expect(versions).toHaveBeenCalledTimes(2);
  });
  it('keeps what it has when a page does not come, and asks again', async () => {
    const pages = [{ versions: [version(3)], next: 3 }];
    const { live } = context(undefined, pages);
    await live.history.open();
    await live.history.more();
    expect(live.history.phase.value).toBe('failed');
    expect(numbers(live)).toEqual([3]);
    pages.push({ versions: [version(2)], next: 2 });
    await live.history.more();
    expect(numbers(live)).toEqual([3, 2]);
  });
});

describe('pins', () => {
  it('stand as chosen at once, and as they were when the server does not keep them', async () => {
    const keep = vi.fn((_widget: string, _pins: readonly string[]): Promise<void> => Promise.resolve());
    const cards = new CardSettings(async () => [{ id: 'w', pins: ['a'], imageHosts: ['https://cdn.example'] }], keep);
    await cards.load();
    expect([cards.imageHosts('w'), cards.imageHosts('other')]).toEqual([['https://cdn.example'], []]);
    const done = cards.pins('w').set(['a', 'b']);
    expect(cards.pins('w').paths).toEqual(['a', 'b']);
    expect(await done).toBe(true);
    keep.mockRejectedValueOnce(new Error('away'));
    expect(await cards.pins('w').set([])).toBe(false);
    expect(cards.pins('w').paths).toEqual(['a', 'b']);
    expect(cards.pins('other').paths).toEqual([]);
  });
});
