import { expect, test } from 'vitest';
import { calendarDay, relativeTime } from '../src/time';

const now = Date.UTC(2026, 10, 23, 14, 2);

test.each([
  [0, 'now'],
  [12, '12 sec. ago'],
  [59.9, '59 sec. ago'],
  [180, '3 min. ago'],
  [7_300, '2 hr. ago'],
  [-90_000, 'tomorrow'],
])('%d seconds ago', (seconds, words) => expect(relativeTime(now - seconds * 1000, now, 'en')).toBe(words));

test('a calendar day is the same in every zone', () => {
  expect(calendarDay(2026, 11, 23, 'en-GB')).toBe('23 Nov 2026');
  expect(calendarDay(44, 3, 15, 'en-GB')).toContain('44');
});
