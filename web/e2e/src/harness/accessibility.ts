import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults, RunOptions } from 'axe-core';
import type { Frame, Page } from 'playwright-core';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What axe finds wrong in a page, or in one frame of it, one line a finding; empty when clean. */
export async function accessibilityFaults(place: Page | Frame, options: RunOptions = {}): Promise<string[]> {
  await place.evaluate(axe);
  const results = await place.evaluate(
    (given) => (window as unknown as { axe: { run: (o: RunOptions) => Promise<AxeResults> } }).axe.run(given),
    // Each frame is looked at by itself: axe cannot reach into one of another site.
    { iframes: false, ...options },
  );
  return results.violations.flatMap((violation) =>
    violation.nodes.map((node) => `${violation.id}: ${violation.help}: ${node.target.join(' ')}`),
  );
}
