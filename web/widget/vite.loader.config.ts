import { readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { defineConfig, mergeConfig, type Plugin } from 'vite';
import { shared } from '../vite.shared.ts';
import { languages } from './vite.languages.ts';
import { noPreload } from './vite.no_preload.ts';

/** Tells the loader the names of the files that it fetches on use, which the app's build before has made. */
const onUse: Plugin = {
  name: 'beckon-on-use',
  config({ root = '.', build }) {
    const assets = resolve(root, build?.outDir ?? 'dist', 'app/assets');
    const made = (part: string) => {
      const file = readdirSync(assets).find((name) => name.startsWith(`${part}-`) && name.endsWith('.js'));
      if (!file) throw new Error(`no ${part} in ${assets}: build the app first`);
      return JSON.stringify(file);
    };
    return { define: { BECKON_PAGE_PART: made('page'), BECKON_REFUSALS: made('refusals') } };
  },
};

/** The loader: one classic script that runs on other people's pages, in browsers that know constructed style sheets. */
export default mergeConfig(
  shared,
  defineConfig({
    define: languages,
    plugins: [noPreload, onUse],
    build: {
      // The app was built into dist/app before.
      emptyOutDir: false,
      // Smaller by a hundred bytes of 6,000 than what the build makes by itself.
      minify: 'terser',
      terserOptions: { compress: { passes: 3 }, ecma: 2020 },
      rolldownOptions: {
        input: 'src/loader/main.ts',
        output: { format: 'iife', entryFileNames: 'widget.js' },
      },
    },
  }),
);
