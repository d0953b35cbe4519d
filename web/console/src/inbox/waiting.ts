import type { Row } from '@beckon/sdk';
import { text } from '../locales/en';

/** A visitor who waits longer than this for an answer is overdue. Milliseconds. */
const OVERDUE_MS = 5 * 60_000;
const MINUTE_MS = 60_000;
const HOUR_MINUTES = 60;
const DAY_MINUTES = 24 * HOUR_MINUTES;

/** How long a visitor has been waiting: short words, and whether it is too long. Null: nobody waits. */
export function waitingTime(
  row: Pick<Row, 'waiting_since' | 'status'>,
  now: number,
): { words: string; overdue: boolean } | null {
  if (row.waiting_since === null || row.status === 'CLOSED' || row.status === 'SOLVED') return null;
  const waited = Math.max(0, now - Date.parse(row.waiting_since));
  return { words: durationWords(waited), overdue: waited >= OVERDUE_MS };
}

/** *now*, *4 min*, *2 h*, *3 d*: a length of time (milliseconds) in its largest unit. */
export function durationWords(length: number): string {
  const minutes = Math.floor(length / MINUTE_MS);
  if (minutes < 1) return text.lessThanAMinute;
  const [amount, unit] =
    minutes < HOUR_MINUTES
      ? [minutes, 'minute']
      : minutes < DAY_MINUTES
        ? [Math.floor(minutes / HOUR_MINUTES), 'hour']
        : [Math.floor(minutes / DAY_MINUTES), 'day'];
  return new Intl.NumberFormat(text.locale, { style: 'unit', unit, unitDisplay: 'short' }).format(amount);
}
