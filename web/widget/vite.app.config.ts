import { basename } from 'node:path';
import { defineConfig, mergeConfig, type Plugin } from 'vite';
import { shared } from '../vite.shared.ts';
import { languages } from './vite.languages.ts';

/** A language has no styles and no imports of its own, so there is nothing to load ahead of it: Vite's code for that is left out. */
const noPreload: Plugin = {
  name: 'beckon-no-preload',
  enforce: 'pre',
  load: (id) => (id.endsWith('vite/preload-helper.js') ? 'export const __vitePreload = (load) => load();' : undefined),
};

/**
 * The chat itself: the page inside the iframe, served at /widget/{widgetId}/ with its files at /widget/assets/. Beside it the page's
 * part, a module that the loader imports when it needs it; both load the languages from the same files.
 */
export default mergeConfig(
  shared,
  defineConfig({
    base: '/widget/',
    define: languages,
    plugins: [noPreload],
    // A part's name and the class's pack better than a hash and a line.
    css: { modules: { generateScopedName: (name, file) => `${basename(file).split('.')[0]}-${name}` } },
    build: {
      outDir: 'dist/app',
      modulePreload: false,
      rolldownOptions: {
        input: { index: 'index.html', page: 'src/page/main.ts' },
        preserveEntrySignatures: 'exports-only',
      },
    },
  }),
);
