import type { WidgetError } from '../port';

const INITIALIZING = 'Widget initializing error';
const MISSING = 'Mandatory field missing';

/** Names by code. The codes up to 1199 are those that sites of other live chats know; 12xx are Beckon's. */
const NAMES: { [code: number]: string } = {
  1001: MISSING,
  1011: INITIALIZING,
  1012: INITIALIZING,
  1031: 'Widget visibility error',
  1198: 'Connection issue',
  1201: MISSING,
  1202: 'Field in wrong type',
  1203: 'Limit exceeded',
  1204: 'Unknown strategy',
  1207: 'Unknown command',
  1208: 'Unknown theme',
  1209: 'Unknown language',
};

const made = new WeakSet<WidgetError>();

/** The error a page gets. Messages teach: what was wrong, and what would be right. */
export function widgetError(code: number, message: string): WidgetError {
  const error = { code, name: NAMES[code] as string, message };
  made.add(error);
  return error;
}

/** Ours, and not something that a page or a browser threw. */
export function isWidgetError(error: unknown): error is WidgetError {
  return made.has(error as WidgetError);
}

/** Pairs of neighbouring letters; capitals and what is no letter or digit make no difference. */
function pairs(word: string): string[] {
  const letters = word.toLowerCase().replace(/\W|_/g, '');
  return Array.from(letters.slice(1), (letter, index) => `${letters[index]}${letter}`);
}

/**
 * A name that is none of those it could be: says which was probably meant, the one that shares most pairs of letters for its length,
 * if any shares one, and all there are.
 */
export function unknownName(code: number, what: string, given: unknown, names: string[]): WidgetError {
  const name = typeof given === 'string' ? given : typeof given;
  const letters = pairs(name.slice(0, 40));
  const likeness = (candidate: string) => {
    const own = pairs(candidate);
    return own.filter((pair) => letters.includes(pair)).length / (own.length + letters.length);
  };
  const [meant] = names.filter(likeness).sort((one, other) => likeness(other) - likeness(one));
  const hint = meant ? ` Did you mean '${meant}'?` : '';
  return widgetError(code, `Unknown ${what} '${name}'.${hint} There are: ${names.join(', ')}`);
}
