import type { WidgetError } from '../port';

/** Names by code. The codes up to 1199 are those that sites of other live chats know; 12xx are Beckon's. */
const NAMES: { [code: number]: string } = {
  1001: 'Mandatory field missing',
  1011: 'Widget initializing error',
  1012: 'Widget initializing error',
  1031: 'Widget visibility error',
  1198: 'Connection issue',
  1201: 'Mandatory field missing',
  1202: 'Field in wrong type',
  1203: 'Limit exceeded',
  1204: 'Unknown strategy',
  1207: 'Unknown command',
  1208: 'Unknown theme',
};

/** The error a page gets. Messages teach: what was wrong, and what would be right. */
export function widgetError(code: number, message: string): WidgetError {
  return { code, name: NAMES[code] || 'Error', message };
}

/** How many single-character edits lie between two words. */
function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let i = 1; i <= one.length; i++) {
    const next = [i];
    for (let j = 1; j <= other.length; j++) {
      const swap = (row[j - 1] as number) + (one[i - 1] === other[j - 1] ? 0 : 1);
      next[j] = Math.min((row[j] as number) + 1, (next[j - 1] as number) + 1, swap);
    }
    row = next;
  }
  return row[other.length] as number;
}

/** The name that was probably meant. Capitals, dashes and spaces make no difference. */
export function nearest(name: string, names: string[]): string {
  const plain = (word: string) =>
    word
      .replace(/[^a-z]/gi, '')
      .toLowerCase()
      .slice(0, 40);
  return names.reduce((best, candidate) =>
    distance(plain(name), plain(candidate)) < distance(plain(name), plain(best)) ? candidate : best,
  );
}
