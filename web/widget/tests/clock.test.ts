import { beforeEach, describe, expect, it } from 'vitest';
import { Clock } from '../src/app/clock';

const DAY = 24 * 60 * 60 * 1000;
let wall = 0;
let count = 0;
const ticks = { wall: () => wall, count: () => count };
const page = () => {
  count = 0;
  return new Clock('clock', ticks);
};

beforeEach(() => {
  localStorage.clear();
  wall = 1_800_000_000_000;
  count = 0;
});

describe('the clock of a browser', () => {
  it('goes on by the counter when the time of day is set back, and by the time of day after sleep', () => {
    const clock = page();
    const start = clock.now();
    count += 1_000;
    wall -= 2 * 60 * 60 * 1000;
    expect(clock.now() - start).toBe(1_000);
    // The device slept: the counter stood still.
    wall += 60_000;
    expect(clock.now() - start).toBe(61_000);
  });

  it('never goes back over a page change, whatever was done to the time of day meanwhile', () => {
    const before = page();
    const start = before.now();
    count += 5_000;
    wall += 5_000;
    const left = before.now();
    wall -= DAY;
    const after = page();
    expect(after.now()).toBe(left);
    count += 1_000;
    wall += 1_000;
    expect(after.now() - start).toBe(6_000);
    wall += 10_000;
    expect(page().now() - start).toBe(16_000);
  });

  it('places what a page called by its time of day, never in the future and never beyond thirty days', () => {
    const clock = page();
    const now = clock.now();
    expect(now - clock.at(wall - 40_000)).toBe(40_000);
    expect(clock.at(wall + 40_000)).toBe(now);
    expect(clock.at(Number.NaN)).toBe(now);
    expect(now - clock.at(0)).toBe(30 * DAY);
  });

  it('is one for all tabs', () => {
    const one = page();
    const two = new Clock('clock', ticks);
    wall -= DAY;
    count += 2_000;
    expect(one.now()).toBe(two.now());
  });
});
