import { basename } from 'node:path';
import { defineConfig, mergeConfig, type Plugin } from 'vite';
import { shared } from '../vite.shared.ts';
import { languages } from './vite.languages.ts';

/** Vite's code for loading a file with its styles, in a few bytes: what is loaded on use has no imports of its own to load ahead. */
const HELPER = `export const __vitePreload = async (load, styles) => {
  await Promise.all(styles.map((name) => {
    const href = '/widget/' + name;
    if (document.querySelector('link[href="' + href + '"]')) return;
    const link = document.createElement('link');
    link.rel = 'stylesheet';
    link.href = href;
    document.head.append(link);
    return new Promise((resolve, reject) => {
      link.onload = resolve;
      link.onerror = (error) => {
        link.remove();
        reject(error);
      };
    });
  }));
  return load();
}`;
const smallPreload: Plugin = {
  name: 'beckon-small-preload',
  enforce: 'pre',
  load: (id) => (id.endsWith('vite/preload-helper.js') ? HELPER : undefined),
};

/**
 * The chat itself: the page inside the iframe, served at /widget/{widgetId}/ with its files at /widget/assets/. Beside it the page's
 * part and the words of its errors, modules that the loader imports when it needs them; app and page's part load the languages from the
 * same files.
 */
export default mergeConfig(
  shared,
  defineConfig({
    base: '/widget/',
    define: languages,
    plugins: [smallPreload],
    // A part's name and the class's pack better than a hash and a line.
    css: { modules: { generateScopedName: (name, file) => `${basename(file).split('.')[0]}-${name}` } },
    build: {
      outDir: 'dist/app',
      modulePreload: false,
      // Tells what is loaded with what: see `sizes.mjs`.
      manifest: true,
      rolldownOptions: {
        input: { index: 'index.html', page: 'src/page/main.ts', refusals: 'src/page/refusals.ts' },
        preserveEntrySignatures: 'exports-only',
      },
    },
  }),
);
