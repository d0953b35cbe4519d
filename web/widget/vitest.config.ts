import { defineConfig } from 'vitest/config';
import { languages } from './vite.languages.ts';

export default defineConfig({
  define: languages,
  test: {
    environment: 'happy-dom',
    globalSetup: './tests/browser/build.ts',
    setupFiles: '../vitest.patience.ts',
    css: true,
    // A guard against hanging: browser tests share two cores with everything else.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 15_000, interval: 50 } },
    include: ['{src,tests}/**/*.test.{ts,tsx}'],
  },
});
