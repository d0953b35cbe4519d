import { beforeEach, describe, expect, it } from 'vitest';
import { Drafts } from '../src/app/drafts';
import { fold, wire } from '../src/app/held';
import { TabMemory } from '../src/app/tab_memory';

const now = Date.now();

beforeEach(() => {
  sessionStorage.clear();
  localStorage.clear();
});

function opened(stored: unknown): TabMemory {
  sessionStorage.setItem('w', typeof stored === 'string' ? stored : JSON.stringify(stored));
  return new TabMemory('w', { here: '' });
}

describe('what a tab remembers', () => {
  it('is understood when a version that kept no times has stored it', () => {
    const memory = opened({
      tab: 'the tab',
      held: { mode: 'merge', metadata: { plan: 'gold', trial: null } },
      version: 3,
      standing: { mode: 'replace', metadata: { lang: 'en' } },
      taken: [
        { message: 'm', client_id: 'c', held: { mode: 'merge', metadata: { cart: 2 } }, standing: null },
        { message: 'n', client_id: 'd', held: null, standing: null },
      ],
      copied: { t: 3 },
      finished: ['f'],
      lastThread: 't',
      guessed: true,
    });
    expect([memory.tab, memory.lastThread, memory.guessed, memory.isFinished('f')]).toEqual([
      'the tab',
      't',
      true,
      true,
    ]);
    const { held, standing } = memory;
    if (!held || !standing) throw new Error('nothing held');
    expect(wire(held, now)).toMatchObject({ mode: 'merge', metadata: { plan: 'gold', trial: null } });
    expect(wire(standing, now)).toMatchObject({ mode: 'replace', metadata: { lang: 'en' } });
    // A later call wins over it.
    const later = { said: [{ call: 'x', at: Date.now() + 1, key: 'plan', value: 'silver' }] };
    expect(wire(fold(held, later), now).metadata).toMatchObject({ plan: 'silver' });
    const taken = memory.take('m', (whole) => whole);
    expect([taken.client_id, taken.parcel && wire(taken.parcel, now).metadata]).toEqual(['c', { cart: 2 }]);
    memory.giveBack('m');
    memory.giveBack('n');
    expect(memory.held && wire(memory.held, now).metadata).toMatchObject({ cart: 2, plan: 'gold' });
  });

  it('comes back as it was', () => {
    const memory = opened({});
    const parcel = {
      said: [{ call: 'x', at: 5, page: 'p', key: 'a', value: [1], there: ['t'] }],
      replaced: { call: 'x', at: 5 },
    };
    memory.wait(parcel, { parcel, calls: ['x'] });
    const again = new TabMemory('w', { here: '' });
    expect([again.tab, again.held, again.waiting]).toEqual([memory.tab, parcel, { parcel, calls: ['x'] }]);
  });

  const parts = [null, 7, 'text', [], [null], {}, { said: 1 }, { said: [null] }, { said: [{ key: 'a', value: 1 }] }];
  const more = [
    { mode: 'merge' },
    { mode: 'x', metadata: {} },
    { mode: 'merge', metadata: [] },
    { said: [], replaced: 1 },
  ];
  const texts = ['', 'null', '7', '"text"', '[]', '[1]', '{', 'undefined'];
  it.each([
    ...texts,
    ...[...parts, ...more].map((part) => ({
      tab: part,
      held: part,
      standing: part,
      waiting: { parcel: part, calls: part },
      taken: [part, { message: 'm', client_id: 'c', parcel: part, held: part, standing: part }],
      finished: part,
      lastThread: part,
      guessed: part,
      list: part,
    })),
    ...[...parts, ...more].map((part) => ({ waiting: part, taken: part })),
  ])('is left out where it is malformed: %j', (stored) => {
    const memory = opened(stored);
    expect(memory.tab).toMatch(/./);
    memory.note({ said: [] }, ['t'], true);
    memory.release(['x']);
    memory.finish(['x']);
    const { parcel } = memory.take('m', (whole) => whole);
    if (parcel) wire(parcel, now);
    memory.giveBack('m');
    expect(memory.isFinished('x')).toBe(true);
    if (memory.held) wire(memory.held, now);
  });

  it.each([...texts, '{"era":"","texts":{"t":1,"u":"draft"}}'])('never stops a draft: %s', (text) => {
    sessionStorage.setItem('d', text);
    expect([...new Drafts('d', { here: '' })]).toEqual(text.includes('draft') ? [['u', 'draft']] : []);
  });
});
