import { expect, it } from 'vitest';
import { isEnter, isInputMethods } from '../src/keys';

const press = (key: string, keyCode: number, isComposing = false) => ({ key, keyCode, isComposing });

it('knows an Enter that acts from one that ends a word', () => {
  for (const [how, event, acts] of [
    ['a key of a keyboard', press('Enter', 13), true],
    ['made by a program, which gives no code', press('Enter', 0), true],
    ['Chrome and Firefox: the word ends after the key', press('Enter', 229, true), false],
    ['an early Firefox: the key keeps its code', press('Enter', 13, true), false],
    ['Safari: the word ends before the key', press('Enter', 229, false), false],
    ['Chrome with Korean on a Mac: the same key once more, to act', press('Enter', 13, false), true],
    ['Android: any key of a phone', press('Unidentified', 229, false), false],
    ['Android: a letter of a word', press('Process', 229, true), false],
    ['another key', press('a', 65), false],
  ] as const) {
    expect(isEnter(event), how).toBe(acts);
  }
});

it('knows every other key of an input method, too', () => {
  for (const key of ['Escape', 'Tab', 'ArrowDown', 'Process']) {
    expect(isInputMethods(press(key, 229)), key).toBe(true);
    expect(isInputMethods(press(key, 229, true)), key).toBe(true);
    expect(isInputMethods(press(key, 27)), key).toBe(false);
  }
});
