import { LANGUAGES } from './language';
import type { Words } from './words';

/** One file a language, each loaded when it is wanted. To add a language, add its file. */
const FILES = import.meta.glob<Words>('./locales/*.ts', { import: 'default' });

/** The words for a tag that `known` gave: those of its region if there is a file for it, else those of its language. */
export async function loadWords(tag: string): Promise<Words> {
  const files = LANGUAGES.filter((language) => `${tag}-`.startsWith(`${language}-`));
  const file = files.sort((one, other) => other.length - one.length)[0];
  const load = FILES[`./locales/${file}.ts`];
  if (!load) throw new Error(`no words for ${tag}`);
  return load();
}
