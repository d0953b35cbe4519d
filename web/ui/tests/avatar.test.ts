import { expect, test } from 'vitest';
import { hueOf, initials } from '../src/name_face';

test.each([
  ['Maja Kovač', 'MK'],
  ['maja', 'M'],
  ['Ana Marija Horvat', 'AH'],
  ['李 小龍', '李小'],
  ['  ', ''],
  ['<b>', 'B'],
  ['🦊', ''],
])('initials of %s', (name, letters) => expect(initials(name)).toBe(letters));

test('a person keeps their hue, and people spread over all six', () => {
  expect(hueOf('018f-a')).toBe(hueOf('018f-a'));
  expect(new Set(Array.from({ length: 200 }, (_, index) => hueOf(`agent-${index}`))).size).toBe(6);
});
