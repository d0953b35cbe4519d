import { defineConfig, mergeConfig } from 'vite';
import { shared } from '../vite.shared';

/** The chat itself: the page inside the iframe, served at /widget/{widgetId}/ with its files at /widget/assets/. */
export default mergeConfig(
  shared,
  defineConfig({
    base: '/widget/',
    build: { outDir: 'dist/app' },
  }),
);
