import { defineConfig } from 'vitest/config';

/** Each workspace has its own settings. The browser tests are apart, in e2e/, because they need the built server. */
export default defineConfig({
  test: {
    projects: ['sdk', 'ui', 'widget', 'console', 'demo', 'docs'],
    passWithNoTests: true,
    // By itself it leaves one of two cores free; a test in a browser waits most of its time.
    maxWorkers: 2,
  },
});
