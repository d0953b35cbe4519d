// @vitest-environment node
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { NAMES } from '../src/error_names';

it('has each error code with its name in the site guide, and no other', () => {
  const guide = readFileSync(new URL('../../../docs/site-guide.md', import.meta.url), 'utf8');
  const rows = [...guide.matchAll(/^\| (\d{4}) \| ([^|]+) \|/gm)].map(([, code, name]) => [code, name]);
  expect(rows).toEqual(Object.entries(NAMES));
});
