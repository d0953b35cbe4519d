import { afterEach, describe, expect, test, vi } from 'vitest';
import { changesBetween } from '../../src/card/diff';
import { parseContext } from '../../src/card/tree';
import { type MountedCard, mountCard } from './mount';

let card: MountedCard | undefined;
afterEach(() => card?.unmount());

const band = () => card?.element.querySelector('[data-changes-band]')?.textContent ?? '';
const ghosts = () =>
  [...(card?.element.querySelectorAll('[data-ghost]') ?? [])].map((ghost) => ghost.getAttribute('data-ghost'));
const marked = (path: string) => (card?.row(path)?.querySelectorAll('[data-changed]').length ?? 0) > 0;

function differences(before: string, after: string): string[] {
  const [old, now] = [parseContext(before), parseContext(after)];
  if (!old || !now) throw new Error('no context');
  return changesBetween(old, now).list.map(({ kind, entry }) => `${kind} ${entry.node.path}`);
}

describe('the difference', () => {
  test('is told value by value, money and plain lists as a whole', () => {
    expect(
      differences(
        '{"a":1,"price":{"amount":1,"currency":"EUR"},"o":{"x":1,"y":{"z":1}},"tags":["a","b"],"gone":1}',
        '{"a":2,"price":{"amount":2,"currency":"EUR"},"o":{"x":1,"y":{"z":2}},"tags":["a"],"new":{"n":1}}',
      ),
    ).toEqual(['changed a', 'changed price', 'changed o.y.z', 'changed tags', 'removed gone', 'added new']);
  });
  test('follows the lines of a list when one before them goes', () => {
    const line = (name: string, quantity: number) => `{"name":"${name}","quantity":${quantity}}`;
    const list = (...lines: string[]) => `{"cart":[${lines.join(',')}]}`;
    const [mats, rack, seat] = [line('Mats', 1), line('Rack', 1), line('Seat', 1)];
    expect(differences(list(mats, rack, seat), list(rack, seat))).toEqual(['removed cart[0]']);
    expect(differences(list(mats, rack), list(mats, line('Rack', 2), seat))).toEqual([
      'changed cart[1].quantity',
      'added cart[2]',
    ]);
    expect(differences(list(mats, rack), list(rack, mats))).toEqual([]);
    expect(differences(list('{"q":1}', '{"q":2}'), list('{"q":1}', '{"q":3}'))).toEqual(['changed cart[1].q']);
    expect(differences(list(mats), list(rack))).toEqual(['removed cart[0]', 'added cart[0]']);
  });
  test('takes time in proportion to the size: two thousand lines, all of them moved', () => {
    const lines = Array.from({ length: 2000 }, (_, at) => `{"name":"n${at}","quantity":${at}}`);
    const started = performance.now();
    expect(differences(`{"cart":[${lines.join(',')}]}`, `{"cart":[${[...lines].reverse().join(',')}]}`)).toEqual([]);
    // A guard against hanging: line by line against line it would take minutes.
    expect(performance.now() - started).toBeLessThan(20_000);
  });
});

describe('marks', () => {
  test('a first view has none', () => {
    card = mountCard('{"a":1}', { baseline: '{"a":1}' });
    expect(band()).toBe('');
    expect(marked('a')).toBe(false);
    card.update({ baseline: null });
    expect(band()).toBe('');
  });
  test('a changed value has a dot and says what it was, an added one is new, a removed one stays struck where it stood', () => {
    card = mountCard('{"colour":"Red","same":1,"extra":true}', {
      baseline: '{"colour":"Sand","gone":"Fjell","same":1}',
    });
    expect(band()).toContain('3 changes since your reply');
    expect(card.row('colour')?.textContent).toContain('Redchanged, was Sand');
    expect(card.row('colour')?.querySelector('s')?.textContent).toBe('Sand');
    expect(card.row('extra')?.textContent).toContain('new');
    expect(marked('colour') && marked('extra') && !marked('same')).toBe(true);
    expect(ghosts()).toEqual(['gone']);
    const order = [...card.element.querySelectorAll('[data-row], [data-ghost]')].map(
      (row) => row.getAttribute('data-path') ?? row.getAttribute('data-ghost'),
    );
    expect(order).toEqual(['colour', 'gone', 'same', 'extra']);
    expect(card.element.querySelector('[data-ghost]')?.textContent).toBe('removed, GoneFjell');
  });
  test('in a table per line: the cell says what it was, a line that went is struck', () => {
    card = mountCard('{"cart":[{"name":"Rack","quantity":2},{"name":"Seat","quantity":1}]}', {
      baseline: '{"cart":[{"name":"Mats","quantity":1},{"name":"Rack","quantity":1}]}',
    });
    expect(band()).toContain('3 changes');
    expect(card.row('cart[0]')?.textContent).toContain('was 1');
    expect(card.row('cart[1]')?.textContent).toContain('new');
    expect(card.row('cart[0]')?.querySelector('[data-fold]')?.getAttribute('aria-label')).toBe(
      'Item 1, 1 change inside',
    );
    expect(ghosts()).toEqual(['cart[0]']);
  });
  test('a folded part carries the dot and a count, its rows do when it is open', () => {
    card = mountCard('{"o":{"x":2,"p":{"q":2,"r":3}}}', { baseline: '{"o":{"x":1,"p":{"q":1}}}' });
    expect(card.row('o')?.textContent).not.toContain('changes inside');
    expect(card.row('o.p')?.textContent).toContain('2 changes inside');
    card.click(card.row('o')?.querySelector('[data-fold]'));
    expect(card.row('o')?.textContent).toContain('3 changes inside');
    card.click(card.row('o')?.querySelector('[data-fold]'));
    card.click(card.row('o.p')?.querySelector('[data-fold]'));
    expect(card.row('o.p')?.textContent).not.toContain('inside');
    expect(card.row('o.p.q')?.textContent).toContain('was 1');
  });
  test('changes behind a button for more are counted on it', () => {
    const keys = Array.from({ length: 15 }, (_, at) => `"k${at}":1`);
    card = mountCard(`{${keys.join(',')},"late":2}`, { baseline: `{${keys.join(',')},"late":1}` });
    expect(card.element.textContent).toContain('Show 4 more');
    expect(card.element.textContent).toContain('1 change inside');
  });
  test('Only these shows the changes alone, with the way to them; Seen tells', () => {
    const onSeen = vi.fn();
    card = mountCard('{"a":1,"o":{"p":{"q":2}}}', { baseline: '{"a":1,"o":{"p":{"q":1}},"gone":1}', onSeen });
    card.click(card.button('Only these'));
    const rows = [...card.element.querySelectorAll('[data-only-changes] [data-row]')];
    expect(rows.map((row) => row.getAttribute('data-path'))).toEqual(['o.p.q']);
    expect(rows[0]?.textContent).toContain('O › P › Q');
    expect(ghosts()).toEqual(['gone']);
    card.click(card.button('All values'));
    expect(card.row('a') !== undefined).toBe(true);
    card.click(card.button('Seen'));
    expect(onSeen).toHaveBeenCalledOnce();
  });
  test('when everything went, everything is a ghost', () => {
    card = mountCard('{}', { baseline: '{"a":1,"o":{"x":1}}' });
    expect(ghosts()).toEqual(['a', 'o']);
    expect(card.element.textContent).not.toContain('No context yet');
  });
});
