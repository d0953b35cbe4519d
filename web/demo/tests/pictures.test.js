import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { pictures } from '../draw-pictures.js';

const folder = new URL('../src/cars/', import.meta.url);

test('the pictures are those car.js draws (else: node draw-pictures.js)', () => {
  const drawn = pictures();
  expect(readdirSync(folder).sort()).toEqual(drawn.map(([name]) => name).sort());
  for (const [name, drawing] of drawn) expect(readFileSync(new URL(name, folder), 'utf8'), name).toBe(drawing);
});
