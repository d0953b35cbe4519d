import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    environment: 'happy-dom',
    setupFiles: '../vitest.patience.ts',
    css: true,
    testTimeout: 60_000,
    include: ['{src,tests}/**/*.test.{ts,tsx}'],
  },
});
