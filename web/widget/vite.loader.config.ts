import { defineConfig, mergeConfig } from 'vite';
import { shared } from '../vite.shared';

/** The loader: one classic script that runs on other people's pages, so it speaks an older JavaScript. */
export default mergeConfig(
  shared,
  defineConfig({
    build: {
      target: 'es2019',
      // The app was built into dist/app before.
      emptyOutDir: false,
      rolldownOptions: {
        input: 'src/loader/main.ts',
        output: { format: 'iife', entryFileNames: 'widget.js' },
      },
    },
  }),
);
