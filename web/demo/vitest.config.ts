import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: { environment: 'node', include: ['tests/**/*.test.js'], testTimeout: 30_000, hookTimeout: 60_000 },
});
