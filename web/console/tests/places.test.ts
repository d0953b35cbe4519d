import { describe, expect, it } from 'vitest';
import { factLine } from '../src/facts';
import { durationWords, waitingTime } from '../src/inbox/waiting';
import { previewPrefix, visitorName } from '../src/names';
import { hrefOf, parseRoute, type Route } from '../src/route';
import { clock, LUKA, MAJA, row, VISITOR } from './samples';

describe('addresses', () => {
  it.each<[string, Route]>([
    ['', { page: 'inbox', view: 'all', conversation: null }],
    ['#/', { page: 'inbox', view: 'all', conversation: null }],
    ['#/?view=mine', { page: 'inbox', view: 'mine', conversation: null }],
    ['#/c/abc?view=unassigned', { page: 'inbox', view: 'unassigned', conversation: 'abc' }],
    ['#/setup/to%2Fken', { page: 'set-up', token: 'to/ken' }],
    ['#/sign-in', { page: 'sign-in' }],
  ])('%s', (hash, place) => {
    expect(parseRoute(hash)).toEqual(place);
    if (hash !== '') expect(hrefOf(place)).toBe(hash);
  });

  it.each(['#/c/', '#/nowhere', '#/?view=hers', '#/c/%E0%A4%A'])('%s leads to the inbox', (hash) => {
    expect(parseRoute(hash)).toMatchObject({ page: 'inbox', view: 'all' });
  });
});

describe('waiting', () => {
  const now = Date.parse('2026-11-23T12:00:00Z');
  const since = (minutes: number) => new Date(now - minutes * 60_000).toISOString();

  it.each([
    [0.5, 'now'],
    [4.9, '4 min'],
    [59, '59 min'],
    [61, '1 h'],
    [60 * 30, '1 d'],
  ])('%d minutes', (minutes, words) => {
    expect(durationWords(minutes * 60_000)).toMatch(new RegExp(`^${words}`));
  });

  it('is overdue after five minutes, and over when it is solved or closed', () => {
    expect(waitingTime({ waiting_since: since(4.9), status: 'OPEN' }, now)?.overdue).toBe(false);
    expect(waitingTime({ waiting_since: since(5), status: 'OPEN' }, now)?.overdue).toBe(true);
    expect(waitingTime({ waiting_since: since(5), status: 'SOLVED' }, now)).toBeNull();
    expect(waitingTime({ waiting_since: null, status: 'OPEN' }, now)).toBeNull();
  });

  it('does not wait a negative time when the clocks differ', () => {
    expect(waitingTime({ waiting_since: since(-3), status: 'OPEN' }, now)?.words).toBe('now');
  });
});

describe('names', () => {
  it('calls a visitor without a name the same in each conversation', () => {
    for (const conversation of ['0198-0001', '0198-0002']) {
      expect(visitorName(row(conversation, { visitor: { id: '0198-4f2a', name: null } }))).toBe('Visitor 4F2A');
    }
    expect(visitorName(row('0198-4f2a', { visitor: { id: 'v', name: 'Ana' } }))).toBe('Ana');
  });

  it('says who wrote the last line, unless it was the visitor', () => {
    expect(previewPrefix(VISITOR, 'maja')).toBeNull();
    expect(previewPrefix(MAJA, 'maja')).toBe('You');
    expect(previewPrefix(LUKA, 'maja')).toBe('Luka');
    expect(previewPrefix({ type: 'bot', id: 'b', name: null }, 'maja')).toBe('Bot');
  });

  it('joins facts, and names those that say nothing alone', () => {
    const facts = [
      { key: 'model', text: '"Strand"' },
      { key: 'testDrive', text: 'true' },
      { key: 'price', text: '48350.00' },
    ];
    expect(factLine({ facts }, [])).toBe('Strand · Test drive: Yes');
    const nothing = [
      { key: 'note', text: '"  "' },
      { key: 'broken', text: '{' },
      { key: 'nothing', text: 'null' },
      { key: 'colour', text: '{"name":"Madder red","hex":"#8f2d2a"}' },
    ];
    expect(factLine({ facts: [...nothing, ...facts] }, [])).toBe('Strand · Test drive: Yes');
  });

  it('writes numbers, amounts and dates as the card does', () => {
    const line = (key: string, value: unknown, ...more: { key: string; text: string }[]) =>
      factLine({ facts: [{ key, text: JSON.stringify(value) }, ...more] }, []);
    const currency = { key: 'currency', text: '"EUR"' };
    expect(line('mileage', 48350)).toBe('Mileage: 48,350');
    expect(line('price', 48350, currency)).toBe('Price: €48,350');
    expect(line('mileage', 48350, currency)).toBe('Mileage: 48,350 · EUR');
    expect(line('price', { amount: 48350.5, currency: 'EUR' })).toBe('Price: €48,350.50');
    expect(line('delivery_date', '2026-11-23')).toBe('Delivery date: 23 Nov 2026');
    expect(line('booked', clock('14:02'))).toBe('Booked: 23 Nov 2026, 14:02');
    expect(line('until', Date.parse(clock('14:02')))).toBe('Until: 23 Nov 2026, 14:02');
    expect(line('country', 'HR')).toBe('Croatia (HR)');
  });

  it('begins with what is pinned', () => {
    const facts = [
      { key: 'model', text: '"Strand"' },
      { key: 'doors', text: '5' },
      { key: 'order id', text: '"A7"' },
      { key: 'price', text: '{"amount":48350,"currency":"EUR"}' },
    ];
    expect(factLine({ facts }, ['price', 'gone'])).toBe('Price: €48,350 · Strand');
    expect(factLine({ facts }, ['["order id"]', 'doors', 'price'])).toBe('A7 · Doors: 5');
  });

  it('keeps a fact named like a secret from view', () => {
    const facts = [
      { key: 'accessToken', text: '"eyJhbGciOi"' },
      { key: 'hasPassword', text: 'true' },
    ];
    expect(factLine({ facts }, [])).toBe('Access token: •••• · Has password: Yes');
  });
});
