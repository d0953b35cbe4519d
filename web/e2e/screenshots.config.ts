import { mergeConfig } from 'vitest/config';
import tests from './vitest.config';

/** The pictures of README and docs: the browser tests' harness, other files. */
export default mergeConfig(
  { ...tests, test: { ...tests.test, include: [] } },
  { test: { include: ['screenshots/**/*.test.ts'], maxWorkers: 1 } },
);
