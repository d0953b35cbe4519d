import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyWrite, type Fold, foldOf, textOf } from '../src/context/fold';

const START = { text: '{"b":1.10,"2":"x","1":[true]}', version: 3, updated_at: '2026-11-23T09:00:00.000+00:00' };
const AT = '2026-11-23T10:00:00.000+00:00';

function write(version: number, changes: [string, string | null][]) {
  return { version, at: AT, mode: 'merge' as const, changes: changes.map(([key, to]) => ({ key, from: null, to })) };
}
function applied(fold: Fold, one: Parameters<typeof applyWrite>[1]): Fold {
  const next = applyWrite(fold, one);
  if (next === 'hole') throw new Error('a hole');
  return next;
}

describe('the fold of a context', () => {
  it('gives back the text it was made of: digits, key order, integer-like keys', () => {
    expect(textOf(foldOf(START))).toBe(START.text);
  });

  it('keeps the place of a changed key, puts a new one last, forgets a removed one', () => {
    const next = applied(
      foldOf(START),
      write(4, [
        ['2', '1e400'],
        ['new', '{"z":1,"a":2}'],
        ['1', null],
      ]),
    );
    expect(textOf(next)).toBe('{"b":1.10,"2":1e400,"new":{"z":1,"a":2}}');
    expect(next).toMatchObject({ version: 4, updatedAt: AT });
  });

  it('puts a key last that was removed and came back', () => {
    const gone = applied(foldOf(START), write(4, [['b', null]]));
    expect(textOf(applied(gone, write(5, [['b', '2']])))).toBe('{"2":"x","1":[true],"b":2}');
  });

  it('takes no write twice', () => {
    const fold = foldOf(START);
    expect(applyWrite(fold, write(3, [['b', '9']]))).toBe(fold);
  });

  it('says when a write is missing', () => {
    expect(applyWrite(foldOf(START), write(5, [['b', '9']]))).toBe('hole');
  });

  it('asks for all of it when all of it was replaced, because the changes do not tell the order', () => {
    expect(applyWrite(foldOf(START), { ...write(4, [['b', '9']]), mode: 'replace' })).toBe('hole');
  });

  it('is not fooled by keys that objects have anyway', () => {
    const next = applied(
      foldOf({ ...START, text: '{}' }),
      write(4, [
        ['__proto__', '{"a":1}'],
        ['constructor', '2'],
      ]),
    );
    expect(textOf(next)).toBe('{"__proto__":{"a":1},"constructor":2}');
  });

  it('equals the object that was written, key by key, for any writes', () => {
    const entry = fc.tuple(fc.string({ maxLength: 6 }), fc.option(fc.jsonValue({ maxDepth: 3 }), { nil: undefined }));
    fc.assert(
      fc.property(fc.array(fc.array(entry, { maxLength: 4 }), { maxLength: 12 }), (writes) => {
        let fold = foldOf({ text: '{}', version: 0, updated_at: null });
        const expected = new Map<string, unknown>();
        writes.forEach((entries, index) => {
          // One write says each key once.
          const unique = [...new Map(entries)];
          fold = applied(
            fold,
            write(
              index + 1,
              unique.map(([key, value]) => [key, value === undefined ? null : JSON.stringify(value)]),
            ),
          );
          for (const [key, value] of unique) {
            if (value === undefined) expected.delete(key);
            else expected.set(key, value);
          }
        });
        const text = `{${[...expected].map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`).join(',')}}`;
        expect(textOf(fold)).toBe(text);
        expect(textOf(foldOf({ text, version: 1, updated_at: null }))).toBe(text);
      }),
    );
  });
});
