// @vitest-environment node
import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { known, LANGUAGES } from '../src/language';
import { loadWords } from '../src/languages';
import { counted, type Forms, fill, type Words } from '../src/words';

type Tree = { [key: string]: string | Tree };

const reference = await loadWords('en');
const isForms = (value: string | Tree): value is Forms => typeof value === 'object' && typeof value.other === 'string';
const holes = (text: string) => (text.match(/\{\w+\}/g) ?? []).sort();

/** Every sentence by its path; one with plural forms is one. */
function sentences(words: Words | Tree, path = ''): Map<string, string | Forms> {
  const found = new Map<string, string | Forms>();
  for (const [key, value] of Object.entries(words as Tree)) {
    if (typeof value === 'string' || isForms(value)) found.set(`${path}${key}`, value);
    else for (const [inner, sentence] of sentences(value, `${path}${key}.`)) found.set(inner, sentence);
  }
  return found;
}

describe('the languages', () => {
  it('are the files there are, and English is one', () => {
    const files = readdirSync(new URL('../src/locales/', import.meta.url)).map((file) => file.replace('.ts', ''));
    expect([...LANGUAGES].sort()).toEqual(files.sort());
    expect(LANGUAGES).toContain('en');
    expect(LANGUAGES).toEqual(LANGUAGES.flatMap((code) => Intl.getCanonicalLocales(code)));
  });

  it.each(LANGUAGES)('%s says everything that English says, and nothing else', async (code) => {
    const words = await loadWords(code);
    expect([...sentences(words).keys()].sort()).toEqual([...sentences(reference).keys()].sort());
    for (const [path, sentence] of sentences(words)) {
      const forms = typeof sentence === 'string' ? [sentence] : Object.values(sentence);
      for (const form of forms) expect(form.trim(), path).not.toBe('');
    }
  });

  it.each(LANGUAGES)(
    '%s has a plural form for each of its categories, and the names where English has them',
    async (code) => {
      const { pluralCategories } = new Intl.PluralRules(code).resolvedOptions();
      const english = sentences(reference);
      for (const [path, sentence] of sentences(await loadWords(code))) {
        if (typeof sentence === 'string') {
          expect(holes(sentence), path).toEqual(holes(english.get(path) as string));
          continue;
        }
        expect(Object.keys(sentence).sort(), path).toEqual([...pluralCategories].sort());
        expect(holes(sentence.other), path).toEqual(['{count}']);
        for (const form of Object.values(sentence)) expect([[], ['{count}']], path).toContainEqual(holes(form));
      }
    },
  );

  it.each([
    ['en', 'en'],
    ['en-US', 'en-US'],
    ['EN-us', 'en-US'],
    ['ar', 'ar'],
    ['ar-AE', 'ar-AE'],
    ['ar_AE', 'ar-AE'],
    ['xx', undefined],
    ['arx', undefined],
    ['', undefined],
    ['not a code', undefined],
    [undefined, undefined],
    [7, undefined],
  ])('%j is %s', (code, tag) => expect(known(code)).toBe(tag));
});

describe('words', () => {
  it('count in the plural forms and digits of the language', async () => {
    const arabic = await loadWords('ar-AE');
    expect(counted(reference.unread, 1, 'en')).toBe('1 unread message');
    expect(counted(reference.unread, 1200, 'en')).toBe('1,200 unread messages');
    expect(counted(arabic.unread, 1, 'ar-AE')).toBe('رسالة واحدة غير مقروءة');
    expect(counted(arabic.unread, 2, 'ar-AE')).toBe('رسالتان غير مقروءتين');
    expect(counted(arabic.unread, 3, 'ar-AE')).toBe('3 رسائل غير مقروءة');
    expect(counted(arabic.unread, 3, 'ar-EG')).toBe('٣ رسائل غير مقروءة');
    expect(counted(arabic.unread, 11, 'ar-AE')).toBe('11 رسالة غير مقروءة');
  });

  it('keep a name apart from text that runs the other way', async () => {
    const arabic = await loadWords('ar');
    expect(fill(reference.joined, { name: 'Maja $& {name}' }, reference)).toBe('Maja $& {name} joined');
    expect(fill(arabic.joined, { name: 'Maja' }, arabic)).toContain('\u2068Maja\u2069');
  });
});
