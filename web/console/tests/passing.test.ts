import { describe, expect, it } from 'vitest';
import { Passing } from '../src/shell/passing';

describe('the way through the list by its keys', () => {
  it('ends where it leads, and what was passed over counts no more', () => {
    const passing = new Passing();
    expect(passing.arrive('a')).toBe('chosen');
    passing.lead('b');
    expect(passing.arrive('a')).toBe('left');
    passing.lead('c');
    passing.turn('c');
    expect(passing.arrive('c')).toBe('passed');
    expect(passing.arrive('b')).toBe('chosen');
  });

  it('goes on while one on the way stands', () => {
    const passing = new Passing();
    passing.lead('b');
    passing.turn('b');
    passing.lead('c');
    expect(passing.arrive('b')).toBe('passed');
    passing.turn('c');
    expect(passing.arrive('c')).toBe('passed');
  });

  it('ends when something else is chosen', () => {
    const passing = new Passing();
    passing.lead('b');
    passing.turn('b');
    passing.turn('d');
    expect(passing.arrive('d')).toBe('chosen');
    passing.lead('e');
    passing.turn(null);
    expect(passing.arrive('a')).toBe('chosen');
  });
});
