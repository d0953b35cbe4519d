import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type MountedCard, mountCard } from './mount';

/** A context as a site may send it, apart from the code under test: numbers as written, members in order. */
type Sent =
  | { kind: 'text'; text: string }
  | { kind: 'number'; digits: string }
  | { kind: 'boolean'; value: boolean }
  | { kind: 'null' }
  | { kind: 'object'; members: [string, Sent][] }
  | { kind: 'array'; items: Sent[] };

const key = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      'name',
      'price',
      'currency',
      'deliveryDate',
      'updated_at',
      'orderId',
      'colour',
      'phone',
      'country',
      'image',
      'quantity',
      'discountPercent',
      'language',
      'password',
      'token',
      'card',
      'number',
    ),
  },
  { weight: 2, arbitrary: fc.string({ maxLength: 12 }) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 8 }) },
  { weight: 1, arbitrary: fc.nat(99).map(String) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '__proto__',
      'constructor',
      'toString',
      '',
      ' ',
      'a.b',
      'a[0]',
      '"',
      '<b>',
      'hasOwnProperty',
    ),
  },
);

const text = fc.oneof(
  { weight: 3, arbitrary: fc.string({ maxLength: 40 }) },
  { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      '',
      ' ',
      '__proto__',
      '<img src=x onerror=alert(1)>',
      '</script><script>alert(1)</script>',
      'javascript:alert(1)',
      '2026-11-23',
      '2026-11-23T14:02:00Z',
      '2026-13-40',
      '#9B2D2A',
      '#123',
      'red',
      'EUR',
      'HR',
      'de',
      '+385 1 234 5678',
      'a@b.example',
      'https://shop.example/a/very/long/path/that/goes/on?with=query#and-more',
      'https://cdn.example/x.png',
      'data:image/png;base64,iVBORw0KGgo=',
      'data:text/html,<b>x</b>',
      'http://',
      '19.50',
      'مرحبا',
      '\u202e\u0000\ud800',
      'a\n\nb\n\nc\n\nd',
    ),
  },
  {
    weight: 1,
    arbitrary: fc.integer({ min: 100, max: 8000 }).map((length) => 'long text, '.repeat(800).slice(0, length)),
  },
);

const digits = fc.oneof(
  fc.integer().map(String),
  fc.constantFrom(
    '0',
    '-0',
    '0.10',
    '1e400',
    '-1E-400',
    '12345678901234567890123',
    '9007199254740993',
    '1700000000',
    '1700000000000',
    '48350.00',
  ),
  fc.tuple(fc.integer({ min: -99999, max: 99999 }), fc.nat(9999)).map(([whole, part]) => `${whole}.${part}`),
);

const leaf: fc.Arbitrary<Sent> = fc.oneof(
  { weight: 4, arbitrary: text.map((value): Sent => ({ kind: 'text', text: value })) },
  { weight: 3, arbitrary: digits.map((value): Sent => ({ kind: 'number', digits: value })) },
  { weight: 1, arbitrary: fc.boolean().map((value): Sent => ({ kind: 'boolean', value })) },
  { weight: 1, arbitrary: fc.constant<Sent>({ kind: 'null' }) },
);

const { node } = fc.letrec<{ node: Sent }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 6, depthSize: 'small' },
    { weight: 4, arbitrary: leaf },
    { weight: 2, arbitrary: members(tie('node'), 4).map((list): Sent => ({ kind: 'object', members: list })) },
    { weight: 1, arbitrary: fc.array(tie('node'), { maxLength: 3 }).map((items): Sent => ({ kind: 'array', items })) },
    { weight: 1, arbitrary: fc.array(leaf, { maxLength: 14 }).map((items): Sent => ({ kind: 'array', items })) },
    { weight: 1, arbitrary: cart(leaf).map((items): Sent => ({ kind: 'array', items })) },
  ),
}));

function members(value: fc.Arbitrary<Sent>, most: number): fc.Arbitrary<[string, Sent][]> {
  return fc.uniqueArray(fc.tuple(key, value), { selector: ([name]) => name, maxLength: most });
}

function cart(value: fc.Arbitrary<Sent>): fc.Arbitrary<Sent[]> {
  const item = fc.uniqueArray(fc.tuple(key, value), { selector: ([name]) => name, minLength: 1, maxLength: 6 });
  return fc.array(
    item.map((list): Sent => ({ kind: 'object', members: list })),
    { maxLength: 8 },
  );
}

/** Depth 8 in all: the context itself, its members, and what is within them. */
const context = fc.oneof(
  { weight: 4, arbitrary: members(node, 16) },
  { weight: 1, arbitrary: members(leaf, 60) },
  { weight: 1, arbitrary: fc.constant(chain(7)) },
);

/** A value at the greatest depth, with a neighbour on each level. */
function chain(depth: number): [string, Sent][] {
  const here: [string, Sent] = [`n${depth}`, { kind: 'number', digits: String(depth) }];
  return depth === 1 ? [here] : [here, [`level${depth}`, { kind: 'object', members: chain(depth - 1) }]];
}

function json(value: Sent): string {
  switch (value.kind) {
    case 'text':
      return JSON.stringify(value.text);
    case 'number':
      return value.digits;
    case 'boolean':
      return String(value.value);
    case 'null':
      return 'null';
    case 'object':
      return `{${value.members.map(([name, member]) => `${JSON.stringify(name)}:${json(member)}`).join(',')}}`;
    case 'array':
      return `[${value.items.map(json).join(',')}]`;
  }
}

/** Every end of the tree: where it stands and the text a person would copy. */
function leaves(value: Sent, path = ''): [string, string][] {
  if (value.kind === 'object' && value.members.length > 0) {
    return value.members.flatMap(([name, member]) => leaves(member, join(path, name)));
  }
  if (value.kind === 'array' && value.items.length > 0) {
    return value.items.flatMap((item, index) => leaves(item, `${path}[${index}]`));
  }
  return [[path, value.kind === 'text' ? value.text : json(value)]];
}

function join(path: string, name: string): string {
  if (!/^[\p{ID_Start}_$][\p{ID_Continue}$]*$/u.test(name)) return `${path}[${JSON.stringify(name)}]`;
  return path === '' ? name : `${path}.${name}`;
}

/** Presses everything there is to press, reading dialogs and parts that open in place among it, and notes what it sees. */
function readEverything(card: MountedCard): Map<string, Set<string>> {
  const seen = new Map<string, Set<string>>();
  const note = (path: string | null, found: string | null | undefined) => {
    if (path === null || found == null) return;
    const texts = seen.get(path) ?? new Set();
    seen.set(path, texts.add(found));
  };
  const visited = new Set<string>();
  const look = (): void => {
    for (let round = 0, again = true; again; round++) {
      if (round > 200) throw new Error('pressing never comes to an end');
      const closed = [...card.element.querySelectorAll('[data-stop][aria-expanded=false]')];
      // A key may read `+5` too: then its label is no button for more, and pressing it would fold it and unfold it for ever.
      const more = [...card.element.querySelectorAll('button:not([data-stop], nav *)')].filter((button) =>
        /^(Show \d+ more|\+\d+|All \d+|Reveal)$/.test(button.textContent ?? ''),
      );
      for (const button of [...closed, ...more]) card.click(button);
      again = closed.length + more.length > 0;
    }
    for (const element of card.element.querySelectorAll('[data-path]')) {
      const shown = element.matches('[data-row]') ? element.querySelector('[data-stop] ~ div') : element;
      note(element.getAttribute('data-path'), shown?.textContent);
      note(element.getAttribute('data-path'), element.getAttribute('title'));
      const [path, , value] = element.querySelectorAll('[data-details] dd');
      if (path) note(path.textContent, value?.textContent);
    }
    for (const reader of card.element.querySelectorAll('button[aria-haspopup=dialog]')) {
      card.click(reader);
      const dialog = card.element.querySelector('dialog');
      expect(dialog?.open).toBe(true);
      note(reader.closest('[data-path]')?.getAttribute('data-path') ?? null, dialog?.querySelector('bdi')?.textContent);
      card.click(
        [...(dialog?.querySelectorAll('button') ?? [])].find((button) => button.getAttribute('aria-label') === 'Close'),
      );
      expect(card.element.querySelectorAll('dialog').length).toBe(0);
    }
    const inPlace = () => [...card.element.querySelectorAll('[data-fold]:not([aria-expanded])')];
    const pathOf = (stop: Element) => stop.closest('[data-row]')?.getAttribute('data-path') ?? '';
    for (
      let next = inPlace().find((stop) => !visited.has(pathOf(stop)));
      next;
      next = inPlace().find((stop) => !visited.has(pathOf(stop)))
    ) {
      visited.add(pathOf(next));
      const place = card.element.querySelector('nav [aria-current]')?.textContent;
      card.click(next);
      expect(card.element.querySelectorAll('nav [aria-current]').length).toBe(1);
      look();
      const crumbs = [...card.element.querySelectorAll('nav button')];
      card.click(crumbs.at(-2));
      // Back one crumb may be a part that had not been a place of its own; go on up to where this look began.
      while (card.element.querySelector('nav [aria-current]')?.textContent !== place) {
        const up = [...card.element.querySelectorAll('nav button')].at(-2);
        if (!up) break;
        card.click(up);
      }
    }
  };
  look();
  return seen;
}

test('whatever is sent, every path and every value can be found in the card', () => {
  fc.assert(
    fc.property(context, (list) => {
      const whole: Sent = { kind: 'object', members: list };
      const card = mountCard(json(whole));
      try {
        const seen = readEverything(card);
        for (const [path, value] of leaves(whole)) {
          if (path === '') continue;
          const found = seen.get(path);
          expect(found !== undefined, `path ${path}`).toBe(true);
          expect([...(found ?? [])], `value at ${path}`).toContain(value);
        }
        expect(card.element.querySelectorAll('script, iframe, object, style, [onerror]').length).toBe(0);
        for (const link of card.element.querySelectorAll('a'))
          expect(link.href).toMatch(/^(https?|mailto|tel):|^about:blank/);
      } finally {
        card.unmount();
      }
    }),
    {
      numRuns: 100,
      endOnFailure: true,
      examples: [[[['+5', { kind: 'number', digits: '1' }]]]],
    },
  );
}, 240_000);
