import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    environment: 'node',
    setupFiles: '../vitest.patience.ts',
    testTimeout: 60_000,
    include: ['tests/**/*.test.ts'],
  },
});
