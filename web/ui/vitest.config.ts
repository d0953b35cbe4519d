import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: { environment: 'happy-dom', css: true, testTimeout: 60_000, include: ['tests/**/*.test.{ts,tsx}'] },
});
