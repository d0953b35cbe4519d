const STEPS: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 31_557_600],
  ['month', 2_629_800],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
];

/** Formatters cost far more to make than to use, so one of each kind is kept. */
const kept = new Map<string, Intl.RelativeTimeFormat | Intl.DateTimeFormat>();

function relativeFormat(locale: string): Intl.RelativeTimeFormat {
  const key = `relative ${locale}`;
  const found = kept.get(key);
  if (found instanceof Intl.RelativeTimeFormat) return found;
  const made = new Intl.RelativeTimeFormat(locale, { numeric: 'auto', style: 'short' });
  kept.set(key, made);
  return made;
}

function dateFormat(locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = locale + JSON.stringify(options);
  const found = kept.get(key);
  if (found instanceof Intl.DateTimeFormat) return found;
  const made = new Intl.DateTimeFormat(locale, options);
  kept.set(key, made);
  return made;
}

/** *now*, *12 sec. ago*, *in 3 wk.*: the distance between two instants (milliseconds) in the reader's language. */
export function relativeTime(then: number, now: number, locale: string): string {
  const seconds = (then - now) / 1000;
  const [unit, length] = STEPS.find(([, size]) => Math.abs(seconds) >= size) ?? ['second', 1];
  const amount = Math.trunc(seconds / length);
  return relativeFormat(locale).format(amount === 0 ? 0 : amount, unit);
}

/** *14:02*: the time of day of an instant (milliseconds). */
export function timeOfDay(instant: number, locale: string): string {
  return dateFormat(locale, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(instant);
}

/** *23 Nov 2026, 14:02* of an instant (milliseconds), in the reader's zone. */
export function dateAndTime(instant: number, locale: string): string {
  const date = dateFormat(locale, { dateStyle: 'medium' }).format(instant);
  return `${date}, ${timeOfDay(instant, locale)}`;
}

/** *23 Nov 2026* of a calendar day: year, month 1 to 12, day. Never shifted by a zone. */
export function calendarDay(year: number, month: number, day: number, locale: string): string {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return dateFormat(locale, { dateStyle: 'medium', timeZone: 'UTC' }).format(date);
}
