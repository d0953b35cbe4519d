import { setTimeout } from 'node:timers/promises';

/** Longest wait for what should come at once, milliseconds: a guard against hanging on a busy machine, not a measure. */
export const PATIENCE_MS = 15_000;
/** Between two looks at what tells nobody that it has changed, milliseconds: 20 a second, where an API key may ask 50 times. */
export const PACE_MS = 50;
/** The same where each look is a write of a visitor, who may write context twice a second. */
export const VISITOR_PACE_MS = 1_000;
/** For `expect.poll`: every suite looks at this pace. */
export const POLL = { timeout: PATIENCE_MS, interval: PACE_MS };

/**
 * Looks until there is something, at a pace that meets no limit, and returns it. Where the thing tells of itself (an event, a frame,
 * a line of a log), wait for that instead. A shorter `pace` is for a race with a server whose limits are lifted.
 */
export async function until<Found>(
  what: string,
  look: () => Found | undefined | Promise<Found | undefined>,
  { pace = PACE_MS, patience = PATIENCE_MS } = {},
): Promise<Found> {
  const end = Date.now() + patience;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > end) throw new Error(`not after ${patience} ms: ${what}`);
    await setTimeout(pace);
  }
}
