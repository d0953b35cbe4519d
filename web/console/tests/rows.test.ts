import { describe, expect, it } from 'vitest';
import { belongs, NO_FILTER, RowStore, type View } from '../src/inbox/rows';
import { row } from './samples';

const ME = 'maja';
const ids = (store: RowStore, view: View, reach = { last: null, cursor: null } as Parameters<RowStore['list']>[3]) =>
  store.list(view, ME, NO_FILTER, reach).map((one) => one.conversation);

describe('the views', () => {
  const mine = row('a', { agent: { id: ME, name: 'Maja' } });
  const other = row('b', { agent: { id: 'luka', name: 'Luka' } });
  const nobodys = row('c');
  const closed = row('d', { agent: { id: ME, name: 'Maja' }, status: 'CLOSED' });

  it.each<[View, string[]]>([
    ['mine', ['a']],
    ['unassigned', ['c']],
    ['all', ['a', 'b', 'c', 'd']],
  ])('%s', (view, expected) => {
    expect(
      [mine, other, nobodys, closed].filter((one) => belongs(one, view, ME, NO_FILTER)).map((one) => one.conversation),
    ).toEqual(expected);
  });
});

describe('the row store', () => {
  it('orders by the newest message of the visitor, then by the beginning, then by id', () => {
    const store = new RowStore();
    store.learn(row('silent', { sort_at: at(5) }));
    store.learn(row('old', { sort_at: at(1) }));
    store.learn(row('twin-a', { sort_at: at(9) }));
    store.learn(row('twin-b', { sort_at: at(9) }));
    expect(ids(store, 'all')).toEqual(['twin-b', 'twin-a', 'silent', 'old']);
  });

  it('keeps the order of places that share a millisecond', () => {
    const store = new RowStore();
    store.learn(row('b-earlier', { sort_at: '2026-11-23T09:00:00.000001+00:00' }));
    store.learn(row('a-later', { sort_at: '2026-11-23T09:00:00.000002+00:00' }));
    expect(ids(store, 'all')).toEqual(['a-later', 'b-earlier']);
  });

  it('never replaces a row by an older head', () => {
    const store = new RowStore();
    store.learn(row('a', { head: 7, unread: 3 }));
    expect(store.learn(row('a', { head: 6, unread: 9 }))).toBe(false);
    expect(store.get('a')?.unread).toBe(3);
  });

  it('takes a row of the same head: reading changes it without an event', () => {
    const store = new RowStore();
    store.learn(row('a', { head: 7, unread: 3 }));
    store.learn(row('a', { head: 7, unread: 0 }));
    expect(store.get('a')?.unread).toBe(0);
  });

  it('keeps a frame that came while a page was on its way', () => {
    const store = new RowStore();
    store.learn(row('a', { head: 7, unread: 3 }));
    const mark = store.mark();
    store.learn(row('a', { head: 7, unread: 0 }));
    store.learnPage([row('a', { head: 7, unread: 3 })], mark);
    expect(store.get('a')?.unread).toBe(0);
  });

  it('does not bring back what went while a page was on its way', () => {
    const store = new RowStore();
    store.learn(row('a'));
    const mark = store.mark();
    store.forget('a');
    store.learnPage([row('a')], mark);
    expect(store.get('a')).toBeUndefined();
    store.learnPage([row('a')], store.mark());
    expect(store.get('a')).toBeDefined();
  });

  it('drops what the first page no longer holds, and nothing below that page', () => {
    const store = new RowStore();
    store.learnPage([row('a', { sort_at: at(9) }), row('b', { sort_at: at(8) })], store.mark());
    store.learnPage([row('c', { sort_at: at(2) })], store.mark());
    const mark = store.mark();
    store.learn(row('new', { sort_at: at(10) }));
    store.replaceFirstPage(
      [row('a', { sort_at: at(9) }), row('x', { sort_at: at(7) })],
      'more',
      { view: 'all', me: ME, filter: NO_FILTER },
      mark,
    );
    expect(ids(store, 'all')).toEqual(['new', 'a', 'x', 'c']);
  });

  it('shows no row beyond the pages that were read', () => {
    const store = new RowStore();
    const last = row('b', { sort_at: at(8) });
    store.learn(row('a', { sort_at: at(9) }));
    store.learn(last);
    store.learn(row('far', { sort_at: at(1) }));
    expect(ids(store, 'all', { last, cursor: 'more' })).toEqual(['a', 'b']);
    expect(ids(store, 'all', { last, cursor: null })).toEqual(['a', 'b', 'far']);
  });
});

function at(minute: number): string {
  return `2026-11-23T09:${String(minute).padStart(2, '0')}:00.000+00:00`;
}
