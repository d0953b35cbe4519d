import { defineConfig } from 'vitest/config';

export default defineConfig({
  // The description and the guide lie above web/.
  server: { fs: { allow: ['../..'] } },
  test: {
    name: 'docs',
    environment: 'happy-dom',
    setupFiles: '../vitest.patience.ts',
    include: ['tests/**/*.test.{ts,tsx}'],
  },
});
