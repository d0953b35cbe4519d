import type { UserConfig } from 'vite';

/**
 * What every app built here has in common. Nothing is inlined into the page, neither scripts nor images: the pages
 * are served with a content security policy that allows files of our own origin only.
 */
export const shared: UserConfig = {
  clearScreen: false,
  build: {
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    emptyOutDir: true,
  },
  css: { modules: { localsConvention: 'camelCaseOnly' } },
};
