import type { Shown } from './classify';
import * as known from './vocabulary';

const ISO = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,]\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})?)?$/i;
/** What a browser makes of a day without a time. */
const MIDNIGHT = /T00:00(?::00(?:\.0+)?)?(?:Z|\+00:?00)$/i;
/** Earlier years stand for *no date* in what other systems send. */
const FIRST_YEAR = 1000;

/** An ISO date, with a time or without. `words` are those of its key. */
export function dateIn(text: string, words: readonly string[]): Shown | undefined {
  const match = ISO.exec(text);
  const last = words.at(-1) ?? '';
  if (!match || known.NAME_TEXT.has(last)) return undefined;
  const [, years, months, days, hours, minutes, seconds, zone] = match;
  const [year, month, day] = [Number(years), Number(months), Number(days)];
  const checked = new Date(0);
  checked.setUTCFullYear(year, month - 1, day);
  if (year < FIRST_YEAR || checked.getUTCMonth() !== month - 1 || checked.getUTCDate() !== day) return undefined;
  if (hours === undefined || minutes === undefined) return { as: 'day', year, month, day };
  if (Number(hours) > 23 || Number(minutes) > 59 || Number(seconds ?? 0) > 59) return undefined;
  if (zone === undefined) return { as: 'day', year, month, day, time: `${hours}:${minutes}` };
  if (MIDNIGHT.test(text) && known.DAY.has(last)) return { as: 'day', year, month, day };
  const offset = /^z$/i.test(zone) ? 'Z' : `${zone.slice(0, 3)}:${zone.slice(-2)}`;
  const at = Date.parse(`${years}-${months}-${days}T${hours}:${minutes}:${seconds ?? '00'}${offset}`);
  return Number.isNaN(at) ? undefined : { as: 'instant', at };
}

/** Seconds or milliseconds between the years 2000 and 2100 under a key that names an instant; other numbers are not times. */
export function epochIn(digits: string, words: readonly string[]): number | undefined {
  if (!/^\d{9,13}$/.test(digits) || !words.some((word) => known.INSTANT.has(word))) return undefined;
  if (words.some((word) => known.NO_INSTANT.has(word))) return undefined;
  return instantOf(digits);
}

/** A whole number that would be a time of these years, in milliseconds since 1970. */
export function instantOf(digits: string): number | undefined {
  const value = Number(digits);
  const [from, to] = [946_684_800, 4_102_444_800];
  if (value >= from && value < to) return value * 1000;
  return value >= from * 1000 && value < to * 1000 ? value : undefined;
}
