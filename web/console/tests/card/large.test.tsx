import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type MountedCard, mountCard } from './mount';

/** Elements that a page holds without effort. */
const MOST_NODES = 20_000;

const repeated = (count: number, value: string) => Array(count).fill(value).join(',');
/** As much as a context holds, in the shapes that make the most of it. */
const LARGEST: [string, string][] = [
  ['a list of numbers', `{"a":[${repeated(32_000, '1')}]}`],
  ['a list of objects', `{"a":[${repeated(7_000, '{"b":1}')}]}`],
  ['a list of lists', `{"a":[${repeated(9_000, '[1,2]')}]}`],
  ['an object of objects', `{"a":{${Array.from({ length: 4_500 }, (_, at) => `"k${at}":{"b":1}`).join(',')}}}`],
  ['256 lists', `{${Array.from({ length: 256 }, (_, at) => `"list${at}":[${repeated(60, '{}')}]`).join(',')}}`],
  ['lists in lists', `{"a":${'['.repeat(6)}${repeated(10_000, '1')}${']'.repeat(6)}}`],
];

let card: MountedCard;

function expandAll(): void {
  card.click(card.button('More'));
  card.click([...card.element.querySelectorAll('[role=menuitem]')].find((item) => item.textContent === 'Expand all'));
}

const nodes = () => card.element.querySelectorAll('*').length;

function look(query: string): void {
  if (!card.element.querySelector('input[type=search]')) card.click(card.button('Search'));
  const field = card.element.querySelector<HTMLInputElement>('input[type=search]');
  if (!field) throw new Error('no search field');
  field.value = query;
  field.dispatchEvent(new Event('input', { bubbles: true }));
}

const count = () => card.element.querySelector('[role=status]')?.textContent;

afterEach(() => card.unmount());

describe.each(LARGEST)('the largest context: %s', (_, text) => {
  test('Expand all draws what paints at once; the rest is behind a button', () => {
    card = mountCard(text);
    expandAll();
    expect(nodes()).toBeLessThan(MOST_NODES);
    expect(
      card.button(/^(Show \d+ more|\+\d+|All \d+)/) ?? card.element.querySelector('[aria-expanded=false]'),
    ).toBeTruthy();
    expandAll();
    expect(nodes()).toBeLessThan(MOST_NODES);
  });
});

test('Expand all shows all of a context that is no larger than that', () => {
  const lists = Array.from({ length: 3 }, (_, at) => `"list${at}":[${repeated(12, '{"b":{"c":1,"d":2}}')}]`);
  card = mountCard(`{${lists.join(',')}}`);
  expandAll();
  expect(card.element.querySelectorAll('[data-fold][aria-expanded=false]')).toHaveLength(0);
  expect(card.button(/^(Show|All|\+)/)).toBeUndefined();
  expect(card.element.querySelectorAll('[data-path$=".c"]')).toHaveLength(3 * 12);
});

describe('search in the largest context', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test('goes on in steps until all is found, and another query ends it', async () => {
    card = mountCard(`{"a":[${repeated(32_000, '1')}],"last":"12"}`);
    look('1');
    await vi.waitFor(() => expect(count()).toBe('Searching…'));
    expect(card.element.querySelectorAll('[data-row]').length).toBeGreaterThan(0);
    look('last');
    await vi.waitFor(() => expect(count()).toBe('1 match'), { timeout: 60_000 });
    expect(card.row('last')).toBeTruthy();
    expect(nodes()).toBeLessThan(MOST_NODES);
  });
});
