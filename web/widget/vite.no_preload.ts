import type { Plugin } from 'vite';

/**
 * What we load on use has no styles and no imports of its own, so there is nothing to load ahead of it: Vite's code for that is left out.
 * In the site's page it would do harm: it tells the page's own handler for `vite:preloadError`, and that usually reloads the page.
 */
export const noPreload: Plugin = {
  name: 'beckon-no-preload',
  enforce: 'pre',
  load: (id) => (id.endsWith('vite/preload-helper.js') ? 'export const __vitePreload = (load) => load();' : undefined),
};
