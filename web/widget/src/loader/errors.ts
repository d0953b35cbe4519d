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

/** Pairs of neighbouring letters; capitals, dashes and spaces make no difference. */
function pairs(word: string): string[] {
  const letters = word.replace(/[^a-z]/gi, '').toLowerCase();
  return Array.from(letters, (letter, index) => letter + (letters[index + 1] || ''));
}

/** The name that was probably meant: the one that shares most pairs of letters, for its length. */
function nearest(name: string, names: string[]): string {
  const given = pairs(name.slice(0, 40));
  const likeness = (candidate: string) => {
    const own = pairs(candidate);
    return own.filter((pair) => given.includes(pair)).length / (own.length + given.length);
  };
  return names.reduce((best, candidate) => (likeness(candidate) > likeness(best) ? candidate : best));
}

/** A name that is none of those it could be: says which was probably meant, and all there are. */
export function unknownName(code: number, what: string, given: unknown, names: string[]): WidgetError {
  const name = typeof given === 'string' ? given : typeof given;
  return widgetError(
    code,
    `Unknown ${what} '${name}'. Did you mean '${nearest(name, names)}'? There are: ${names.join(', ')}`,
  );
}
