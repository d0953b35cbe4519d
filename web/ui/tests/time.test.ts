import { describe, expect, test } from 'vitest';
import { calendarDay, dayName, relativeTime, shortWhen } from '../src/time';

const now = Date.UTC(2026, 10, 23, 14, 2);

test.each([
  [0, 'now'],
  [12, '12 sec. ago'],
  [59.9, '59 sec. ago'],
  [180, '3 min. ago'],
  [7_300, '2 hr. ago'],
  [-90_000, 'in 1 day'],
  [40 * 3_600, '1 day ago'],
  [40 * 86_400, '1 month ago'],
  [80 * 86_400, '2 months ago'],
  [400 * 86_400, '1 year ago'],
])('%d seconds ago', (seconds, words) => expect(relativeTime(now - seconds * 1000, now, 'en')).toBe(words));

test('a calendar day is the same in every zone', () => {
  expect(calendarDay(2026, 11, 23, 'en-GB')).toBe('23 Nov 2026');
  expect(calendarDay(44, 3, 15, 'en-GB')).toContain('44');
});

describe('days', () => {
  const at = (day: number, hour = 12, month = 10, year = 2026) => new Date(year, month, day, hour).getTime();
  const noon = at(23);

  test.each([
    [at(23, 0), 'Today'],
    [at(22, 23), 'Yesterday'],
    [at(21, 23), 'Saturday 21 November'],
    [at(31, 12, 11, 2025), 'Wednesday 31 December 2025'],
  ])('%d is %s', (instant, name) => expect(dayName(instant, noon, 'en-GB').replace(',', '')).toBe(name));

  test('has its name in the reader’s language', () => {
    expect(dayName(at(22), noon, 'ar')).toBe('أمس');
    expect(dayName(at(21), noon, 'de')).toBe('Samstag, 21. November');
  });

  test('a list shows the time of today and the date before', () => {
    expect(shortWhen(at(23, 9), noon, 'en-GB')).toBe('09:00');
    expect(shortWhen(at(22, 9), noon, 'en-GB')).toBe('22 Nov');
    expect(shortWhen(at(22, 9, 10, 2025), noon, 'en-GB')).toBe('22 Nov 2025');
  });
});
