import { defineConfig } from 'vitest/config';
import { POLL } from '../vitest.pace.ts';

const here = (path: string) => new URL(path, import.meta.url).pathname;

/** Browser tests on the real server. Two files at a time: each has its own server and shares one Chromium. */
export default defineConfig({
  test: {
    root: here('.'),
    include: ['tests/**/*.test.ts'],
    globalSetup: here('src/harness/chromium.ts'),
    reporters: ['verbose', here('src/harness/summary.ts')],
    pool: 'forks',
    // Node 20 has a WebSocket, behind this flag: agents without a screen use it.
    execArgv: ['--experimental-websocket'],
    maxWorkers: 2,
    // Guards against hanging, far above what a test takes.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    expect: { poll: POLL },
    passWithNoTests: false,
  },
});
