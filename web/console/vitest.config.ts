import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: { environment: 'happy-dom', css: true, testTimeout: 30_000, include: ['{src,tests}/**/*.test.{ts,tsx}'] },
});
