import { defineConfig } from 'vitest/config';
import { POLL } from '../vitest.pace.ts';
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
    expect: { poll: POLL },
    include: ['{src,tests}/**/*.test.{ts,tsx}'],
  },
});
