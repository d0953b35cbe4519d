import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'vite';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** Folder with the loader and the app, built from what is in the sources now. */
    widgetDist: string;
  }
}

/** Builds the widget for the browser tests, beside and not in place of the real build. */
export default async function buildWidget(project: TestProject): Promise<() => Promise<void>> {
  const root = new URL('../../', import.meta.url).pathname;
  const outDir = await mkdtemp(join(tmpdir(), 'beckon-widget-'));
  const quiet = { root, logLevel: 'warn' as const };
  await build({ ...quiet, configFile: join(root, 'vite.app.config.ts'), build: { outDir: join(outDir, 'app') } });
  await build({ ...quiet, configFile: join(root, 'vite.loader.config.ts'), build: { outDir } });
  project.provide('widgetDist', outDir);
  return () => rm(outDir, { recursive: true, force: true });
}
