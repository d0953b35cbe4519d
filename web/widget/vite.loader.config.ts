import { readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { defineConfig, mergeConfig, type Plugin } from 'vite';
import { shared } from '../vite.shared.ts';
import { languages } from './vite.languages.ts';

/** Tells the loader the name of the page's part, which the app's build before has made. */
const pagePart: Plugin = {
  name: 'beckon-page-part',
  config({ root = '.', build }) {
    const assets = resolve(root, build?.outDir ?? 'dist', 'app/assets');
    const file = readdirSync(assets).find((name) => /^page-.*\.js$/.test(name));
    if (!file) throw new Error(`no page part in ${assets}: build the app first`);
    return { define: { BECKON_PAGE_PART: JSON.stringify(file) } };
  },
};

/** The loader: one classic script that runs on other people's pages, in browsers that know constructed style sheets. */
export default mergeConfig(
  shared,
  defineConfig({
    define: languages,
    plugins: [pagePart],
    build: {
      // The app was built into dist/app before.
      emptyOutDir: false,
      rolldownOptions: {
        input: 'src/loader/main.ts',
        output: { format: 'iife', entryFileNames: 'widget.js' },
      },
    },
  }),
);
