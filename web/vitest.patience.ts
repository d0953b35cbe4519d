import { vi } from 'vitest';

/** Longest wait for what should come at once, milliseconds: a guard against hanging on a busy machine, not a measure. */
const PATIENCE_MS = 15_000;

const { waitFor } = vi;
// A second, the default, is too short where two cores share browsers, servers and builds.
vi.waitFor = (check, options) =>
  waitFor(check, typeof options === 'number' ? options : { timeout: PATIENCE_MS, ...options });
