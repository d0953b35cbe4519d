import { signal } from '@preact/signals-core';
import { loadWords } from '../languages';
import type { Words } from '../words';
import { pause } from './again';

/** What is said before there are words: that they do not come. */
const SPEECHLESS = { loadFailed: "We can't load this right now. Trying again.", tryAgain: 'Try again' };

const spoken = signal<{ tag: string; words: Words } | undefined>(undefined);
let asked = '';
let latest: Promise<void>;

/** What the chat says, in the visitor's language; only once `speak` has ended. A view that reads it follows the language. */
export function words(): Words {
  if (!spoken.value) throw new Error('no language was chosen yet');
  return spoken.value.words;
}

/** The same where no language may have come yet. */
export function fewWords(): Pick<Words, 'loadFailed' | 'tryAgain'> {
  return spoken.value?.words ?? SPEECHLESS;
}

/** The language and region, for `Intl`. */
export function locale(): string {
  return spoken.value?.tag ?? 'en';
}

/**
 * Speaks a language that `known` gave, as soon as its words are here. Whoever asked last is heard: it resolves once that language is spoken, so that
 * there are words from then on. `failed` runs after each try that failed.
 */
export function speak(tag: string, failed: () => void): Promise<void> {
  asked = tag;
  latest = learn(tag, failed);
  return latest;
}

async function learn(tag: string, failed: () => void): Promise<void> {
  for (let tries = 0; asked === tag && spoken.peek()?.tag !== tag; tries++) {
    try {
      const words = await loadWords(tag);
      if (asked !== tag) break;
      document.documentElement.lang = tag;
      document.documentElement.dir = words.direction;
      spoken.value = { tag, words };
    } catch {
      // The connection is bad. Without any words there is nothing to show, so it goes on until there are some.
      failed();
      await pause(tries);
    }
  }
  if (asked !== tag) await latest;
}
