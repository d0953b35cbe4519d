import type { PositionedEvent } from '@beckon/sdk';
import * as fc from 'fast-check';
import { render } from 'preact';
import { act } from 'preact/test-utils';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Format } from '../../src/card/format';
import { type Branch, isBranch, parseContext, trail } from '../../src/card/tree';
import { foldOf } from '../../src/context/fold';
import { factLine } from '../../src/facts';
import { fill, joined, valuesOf } from '../../src/replies/fill';
import { ContextLine } from '../../src/thread/context_line';
import { contextRows } from '../../src/thread/context_rows';
import facts from './card_facts.json';
import { type MountedCard, mountCard } from './mount';

/**
 * One fact of the data file: a key with its value, and what stands beside it; or a whole context and the path in it. It is
 * money, and shown so, or one of `right`. Money that is shown as it was sent is not wrong, only missed.
 */
interface Fact {
  of: string;
  beside?: object;
  key?: string;
  value?: unknown;
  context?: object;
  path?: string;
  money?: string;
  right?: string[];
}

const rows = facts as Fact[];
const NOW = Date.UTC(2026, 10, 23, 14, 5);
const format = new Format('en-GB', { allowed: new Set() }, () => false);

beforeEach(() => {
  vi.stubEnv('TZ', 'UTC');
  vi.useFakeTimers({ now: NOW, toFake: ['Date', 'setInterval', 'clearInterval'] });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
});

const contextOf = (row: Fact) => JSON.stringify(row.context ?? { ...row.beside, [row.key ?? '']: row.value });
const read = (text: string) =>
  text
    .replace(/[\u00a0\u202f]/g, ' ')
    .replace(/\u2212/g, '-')
    .trim();

function found(row: Fact) {
  const root = parseContext(contextOf(row));
  const way = root && row.path !== undefined ? trail(root, row.path) : [];
  const entry = row.path === undefined ? root?.entries.find(({ key }) => key === row.key) : way.at(-1);
  const above = way.at(-2)?.node;
  const parent = above && isBranch(above) ? above : root;
  if (!root || !entry || !parent || (row.path !== undefined && entry.node.path !== row.path)) {
    throw new Error(`no ${row.path ?? row.key} in ${contextOf(row)}`);
  }
  return { root, entry, parent };
}

function shown(row: Fact): string {
  const { entry, parent } = found(row);
  return read(format.text(format.classify(entry, parent), entry.node, NOW));
}

/** What was sent, without more than grouping: never wrong for an amount. */
function asSent(row: Fact): string[] {
  const { node } = found(row).entry;
  const number = isBranch(node) ? Number.NaN : Number(node.text);
  return [node.text, number.toLocaleString('en-GB', { maximumFractionDigits: 20 })];
}

describe('facts of real sites', () => {
  const money = rows.filter((row) => row.money !== undefined);

  test('are many, and many of them are money', () => {
    expect(rows.length).toBeGreaterThanOrEqual(300);
    expect(money.length).toBeGreaterThanOrEqual(120);
  });

  test.each(rows.map((row) => [`${row.of}: ${contextOf(row)} ${row.path ?? row.key}`, row] as const))(
    '%s',
    (_, row) => {
      const right = row.money === undefined ? (row.right ?? []) : [row.money, ...asSent(row)];
      expect(right).toContain(shown(row));
    },
  );

  test('show at least 95 of 100 amounts with their currency', () => {
    const missed = money.filter((row) => shown(row) !== row.money).map((row) => row.path ?? row.key);
    expect(missed.length / money.length, missed.join()).toBeLessThanOrEqual(0.05);
  });
});

describe('one value reads the same in every place', () => {
  let card: MountedCard | undefined;
  const drawn: HTMLElement[] = [];
  afterEach(() => {
    card?.unmount();
    card = undefined;
    for (const element of drawn.splice(0)) render(null, element);
  });

  const line = (text: string, key: string): string => {
    const json = text.slice(text.indexOf(`${JSON.stringify(key)}:`) + JSON.stringify(key).length + 1, -1);
    const event = {
      id: 'e1',
      kind: 'metadata',
      at: new Date(NOW).toISOString(),
      author: { type: 'visitor', id: 'v', name: null },
      client_id: null,
      source: 'page',
      mode: 'merge',
      version: 1,
      changes: [{ key, from: null, to: json }],
    };
    const events = [{ position: 1, event }] as unknown as PositionedEvent[];
    const fold = foldOf({ text, version: 1, updated_at: event.at });
    const row = contextRows(events, fold).get('e1');
    const element = document.createElement('div');
    drawn.push(element);
    if (row) act(() => render(<ContextLine row={row} onThen={() => undefined} />, element));
    return read(element.querySelector('bdi')?.textContent ?? '');
  };

  // Every fourth: each is drawn. The row's key stands last, so its JSON is the rest of the text.
  const plain = rows.filter((row, at) => row.context === undefined && row.money !== undefined && at % 4 === 0);
  test.each(plain.map((row) => [contextOf(row), row] as const))('%s', (text, row) => {
    const value = shown(row);
    const key = row.key ?? '';
    const { root, entry } = found(row);
    card = mountCard(text);
    const cell = card.row(entry.node.path)?.querySelector('[data-stop] ~ div');
    expect(read(cell?.textContent ?? ''), 'row').toBe(value);
    expect(line(text, key).endsWith(` ${value}`), `thread line: ${line(text, key)}`).toBe(true);
    const told = root.entries.map(({ key: name, node }) => ({ key: name, text: node.source }));
    expect(read(factLine({ facts: told }, [entry.node.path])), 'list row').toContain(value);
    if (!/[{}]/.test(entry.node.path)) {
      const reply = joined(fill(`{{context.${entry.node.path}}}`, valuesOf(null, 'Maja', text)));
      expect(read(reply), 'quick reply').toBe(value);
    }
  });
});

describe('whatever is sent', () => {
  const word = fc.constantFrom(
    ...'price total amount value cost fee tax rate count points items net gross balance currencies note preis betrag prix montant precio importe prezzo importo valor id level unit per kwh'.split(
      ' ',
    ),
  );
  const key = fc
    .array(word, { minLength: 1, maxLength: 3 })
    .chain((words) => fc.constantFrom(words.join('_'), words.join(' '), words.join('-')));
  const number = fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => JSON.stringify(value)),
    fc.integer().map(String),
    fc.tuple(fc.integer(), fc.nat(99)).map(([whole, part]) => `${whole}.${String(part).padStart(2, '0')}`),
  );
  const value: fc.Arbitrary<string> = fc.oneof(
    { maxDepth: 3, depthIdentifier: 'context' },
    number,
    number.map((digits) => JSON.stringify(digits)),
    fc.string().map((text) => JSON.stringify(text)),
    fc.array(number, { maxLength: 3 }).map((items) => `[${items.join(',')}]`),
  );
  const members = fc.uniqueArray(fc.tuple(key, value), { selector: ([name]) => name, maxLength: 8 });
  const object = (entries: readonly (readonly [string, string])[]) =>
    `{${entries.map(([name, json]) => `${JSON.stringify(name)}:${json}`).join(',')}}`;
  const nested = fc.tuple(members, members).map(([top, part]) => object([...top, ['part', object(part)]]));

  const each = (branch: Branch, visit: (shown: ReturnType<Format['classify']>, path: string) => void): void => {
    for (const entry of branch.entries) {
      visit(format.classify(entry, branch), entry.node.path);
      if (isBranch(entry.node)) each(entry.node, visit);
    }
  };

  test('no currency where neither a key nor something around it gave one', () => {
    fc.assert(
      fc.property(nested, (text) => {
        const root = parseContext(text);
        if (root) each(root, (kind, path) => expect(kind.as, path).not.toBe('money'));
      }),
      { numRuns: 400 },
    );
  });

  test('no digit is lost in copies, whatever the card shows', () => {
    fc.assert(
      fc.property(members, (entries) => {
        const text = object([['currency', '"EUR"'], ...entries.filter(([name]) => name !== 'currency')]);
        const root = parseContext(text);
        expect(root?.source).toBe(text);
        expect(root && format.copied(root)).toBe(text);
        for (const [name, json] of entries) {
          const node = root?.entries.find((entry) => entry.key === name)?.node;
          if (node) expect(format.copied(node)).toBe(json.startsWith('"') ? JSON.parse(json) : json);
        }
      }),
      { numRuns: 400 },
    );
  });

  test('an amount that is not zero is never shown as zero, and one of six decimals at most keeps them all', () => {
    fc.assert(
      fc.property(number, (digits) => {
        const root = parseContext(`{"price":${digits},"currency":"EUR"}`);
        const entry = root?.entries[0];
        if (!root || !entry) return;
        const kind = format.classify(entry, root);
        if (kind.as !== 'money') return;
        if (Number(digits) !== 0) expect(kind.amount).toMatch(/[1-9]/);
        if (/^-?\d{1,9}(?:\.\d{1,6})?$/.test(digits)) expect(Number(kind.amount)).toBe(Number(digits));
        else expect(Math.abs(Number(kind.amount) - Number(digits))).toBeLessThanOrEqual(0.005 + Number.EPSILON);
      }),
      { numRuns: 1000 },
    );
  });
});
