import { signal } from '@preact/signals-core';
import { loadWords } from '../languages';
import type { Words } from '../words';

/** Words that could not be loaded are asked for again after so long, milliseconds. */
const AGAIN_MS = 2_000;

const spoken = signal<{ tag: string; words: Words } | undefined>(undefined);
let asked = '';
let latest: Promise<void>;

/** What the chat says, in the visitor's language; only once `speak` has ended. A view that reads it follows the language. */
export function words(): Words {
  if (!spoken.value) throw new Error('no language was chosen yet');
  return spoken.value.words;
}

/** The language and region, for `Intl`. */
export function locale(): string {
  return spoken.value?.tag ?? 'en';
}

/**
 * Speaks a language that `known` gave, as soon as its words are here. Whoever asked last is heard: it resolves once that language is spoken, so that
 * there are words from then on.
 */
export function speak(tag: string): Promise<void> {
  asked = tag;
  latest = learn(tag);
  return latest;
}

async function learn(tag: string): Promise<void> {
  while (asked === tag && spoken.peek()?.tag !== tag) {
    try {
      const words = await loadWords(tag);
      if (asked !== tag) break;
      document.documentElement.lang = tag;
      document.documentElement.dir = words.direction;
      spoken.value = { tag, words };
    } catch {
      // The connection is bad. Without any words there is nothing to show, so it goes on until there are some.
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    }
  }
  if (asked !== tag) await latest;
}
