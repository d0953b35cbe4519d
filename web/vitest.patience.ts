import { vi } from 'vitest';
import { PATIENCE_MS } from './vitest.pace.ts';

const { waitFor } = vi;
// A second, the default, is too short where two cores share browsers, servers and builds.
vi.waitFor = (check, options) =>
  waitFor(check, typeof options === 'number' ? options : { timeout: PATIENCE_MS, ...options });
