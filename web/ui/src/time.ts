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

/** Shortened where everybody reads it, *3 min*, and written out from a day on: *last mo* is neither short nor true. */
function relativeFormat(locale: string, style: 'short' | 'long', numeric: 'auto' | 'always'): Intl.RelativeTimeFormat {
  const key = `relative ${locale} ${style} ${numeric}`;
  const found = kept.get(key);
  if (found instanceof Intl.RelativeTimeFormat) return found;
  const made = new Intl.RelativeTimeFormat(locale, { numeric, style });
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

/** *now*, *12 sec ago*, *2 months ago*: the distance between two instants (milliseconds) in the reader's language. */
export function relativeTime(then: number, now: number, locale: string): string {
  const seconds = (then - now) / 1000;
  const [unit, length] = STEPS.find(([, size]) => Math.abs(seconds) >= size) ?? ['second', 1];
  const amount = Math.trunc(seconds / length);
  // *Yesterday* would be said of the day before it, too: these are lengths of time, not days of the calendar.
  const style = unit === 'year' || unit === 'month' || unit === 'day' ? 'long' : 'short';
  return relativeFormat(locale, style, amount === 0 ? 'auto' : 'always').format(amount === 0 ? 0 : amount, unit);
}

/**
 * When something happened, in milliseconds. Never after `now`: a server whose clock was ahead has said otherwise, and nothing
 * that happened is still to come.
 */
export function pastInstant(text: string, now = Date.now()): number {
  return Math.min(Date.parse(text), now);
}

/** *40 min*, *3 days*: a length of time in milliseconds, in its largest unit. */
export function lengthOfTime(length: number, locale: string): string {
  const [unit, size] = STEPS.find(([, seconds]) => length / 1000 >= seconds) ?? ['second', 1];
  const unitDisplay = unit === 'year' || unit === 'month' || unit === 'day' ? 'long' : 'short';
  // British English would say *40 mins*, which no other place here does.
  return new Intl.NumberFormat(new Intl.Locale(locale).language, { style: 'unit', unit, unitDisplay }).format(
    Math.trunc(length / 1000 / size),
  );
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

/** Midnights between two instants (milliseconds) in the reader's zone: 0 for the same day, 1 for yesterday. */
function daysBetween(earlier: number, later: number): number {
  const start = (instant: number) => new Date(instant).setHours(0, 0, 0, 0);
  // Rounded, because a day may have 23 or 25 hours.
  return Math.round((start(later) - start(earlier)) / 86_400_000);
}

function yearIfOther(instant: number, now: number): Intl.DateTimeFormatOptions {
  return new Date(instant).getFullYear() === new Date(now).getFullYear() ? {} : { year: 'numeric' };
}

/** *Today*, *Yesterday*, *Monday 23 November*: the day of an instant (milliseconds) for a heading; the year where it is another one. */
export function dayName(instant: number, now: number, locale: string): string {
  const days = daysBetween(instant, now);
  if (days === 0 || days === 1) {
    const name = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }).format(-days, 'day');
    return name.charAt(0).toLocaleUpperCase(locale) + name.slice(1);
  }
  const options = { weekday: 'long', day: 'numeric', month: 'long', ...yearIfOther(instant, now) } as const;
  return dateFormat(locale, options).format(instant);
}

/** *14:02* of today, else *23 Nov*, with the year where it is another one: an instant (milliseconds) in a list. */
export function shortWhen(instant: number, now: number, locale: string): string {
  if (daysBetween(instant, now) === 0) return timeOfDay(instant, locale);
  return dateFormat(locale, { day: 'numeric', month: 'short', ...yearIfOther(instant, now) }).format(instant);
}

/** *23 Nov 2026* of a calendar day: year, month 1 to 12, day. Never shifted by a zone. */
export function calendarDay(year: number, month: number, day: number, locale: string): string {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return dateFormat(locale, { dateStyle: 'medium', timeZone: 'UTC' }).format(date);
}
