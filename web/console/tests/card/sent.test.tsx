import { act } from 'preact/test-utils';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Origin } from '../../src/card/origin';
import { type MountedCard, mountCard } from './mount';

const NOW = Date.UTC(2026, 10, 23, 14, 0);
const MINUTE = 60_000;
let card: MountedCard | undefined;

beforeEach(() => {
  vi.useFakeTimers({ now: NOW, toFake: ['Date', 'setInterval', 'clearInterval'] });
});
afterEach(() => {
  card?.unmount();
  vi.useRealTimers();
});

/** A value that a page sent so many minutes ago. */
function sent(minutes: number, parts: Partial<Origin> = {}): Origin {
  const at = new Date(NOW - minutes * MINUTE).toISOString();
  const author = { type: 'visitor', id: 'v', name: null } as const;
  return {
    version: 1,
    at,
    sentAt: at,
    source: 'page',
    author,
    locked: false,
    page: 'https://shop.example/cart',
    ...parts,
  };
}

/** What the details of `a` say of when and where it was sent, beside `b`, which is the newest. */
function said(a: Origin, b: Origin = sent(0), startedMinutesAgo?: number): string | undefined {
  const startedAt = startedMinutesAgo === undefined ? undefined : NOW - startedMinutesAgo * MINUTE;
  card = mountCard('{"a":1,"b":2}', {
    origins: new Map([
      ['a', a],
      ['b', b],
    ]),
    startedAt,
  });
  card.click(card.row('a')?.querySelector('button'));
  return card.row('a')?.querySelector('[data-sent]')?.textContent ?? undefined;
}

describe('the details of a value say when and where it was sent', () => {
  test.each([
    ['with the newest, from its page: nothing', sent(1), undefined],
    ['over a minute before the newest', sent(12), '12 min ago'],
    ['from another page', sent(0, { page: 'https://shop.example/checkout' }), 'from /checkout'],
    ['from another page, before', sent(12, { page: 'https://shop.example/checkout' }), 'from /checkout, 12 min ago'],
    ['from another site', sent(0, { page: 'https://help.example/b' }), 'from help.example/b'],
    ['as a best guess', sent(0, { guessed: true }), 'from /cart · best guess'],
  ])('%s', (_, origin, words) => expect(said(origin)).toBe(words));

  test('by the conversation, if it was sent before that', () => {
    expect(said(sent(70), sent(0), 30)).toBe('sent 40 min before this conversation');
    expect(said(sent(70, { page: 'https://shop.example/b' }), sent(0), 30)).toBe(
      'from /b · sent 40 min before this conversation',
    );
  });

  test('where the newest is old as well, by nothing but the conversation', () => {
    expect(said(sent(70), sent(70), 30)).toBe('sent 40 min before this conversation');
  });
});

describe('newer context elsewhere', () => {
  test('is a band that leads there, beside the one of changes', () => {
    const onElsewhere = vi.fn();
    card = mountCard('{"a":2}', { baseline: '{"a":1}', onElsewhere });
    expect(card.element.querySelector('[data-changes-band]')).not.toBeNull();
    expect(card.element.querySelector('[data-elsewhere-band]')?.textContent).toContain(
      'Newer context in another conversation',
    );
    act(() => card?.button('Open')?.click());
    expect(onElsewhere).toHaveBeenCalledOnce();
    card.update({ onElsewhere: undefined });
    expect(card.element.querySelector('[data-elsewhere-band]')).toBeNull();
  });
});
