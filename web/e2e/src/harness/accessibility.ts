import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults, RunOptions } from 'axe-core';
import type { Frame, Page } from 'playwright-core';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Selectors of what is looked at, and of what in it is left out. */
export interface Part {
  include: string[];
  exclude?: string[];
}

interface WithAxe {
  axe: { run: (part: Part, options: RunOptions) => Promise<AxeResults> };
}

/** What axe finds wrong in a page, or in one frame of it, one line a finding; empty when clean. `part` narrows it down. */
export async function accessibilityFaults(
  place: Page | Frame,
  options: RunOptions = {},
  part: Part = { include: ['html'] },
): Promise<string[]> {
  if (!(await place.evaluate(() => 'axe' in window))) await place.evaluate(axe);
  const results = await place.evaluate(
    ([given, how]) => (window as unknown as WithAxe).axe.run(given, how),
    // Each frame is looked at by itself: axe cannot reach into one of another site.
    [part, { iframes: false, resultTypes: ['violations'], ...options }] as [Part, RunOptions],
  );
  return results.violations.flatMap((violation) =>
    violation.nodes.map((node) => `${violation.id}: ${violation.help}: ${node.target.join(' ')}`),
  );
}
