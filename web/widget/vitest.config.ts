import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    environment: 'happy-dom',
    globalSetup: './tests/browser/build.ts',
    css: true, // A guard against hanging: browser tests share two cores with everything else.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    include: ['{src,tests}/**/*.test.{ts,tsx}'],
  },
});
