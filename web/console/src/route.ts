import { computed, signal } from '@preact/signals';
import { VIEWS, type View } from './inbox/rows';

/** A place in the console, as the address says it. */
export type Route =
  | { page: 'set-up'; token: string }
  | { page: 'sign-in' }
  | { page: 'inbox'; view: View; conversation: string | null };

/** `#/setup/<token>`, `#/sign-in`, `#/c/<conversation>?view=mine`; anything else is the inbox. */
export function parseRoute(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#/, '').split('?');
  const [, head = '', tail = ''] = path.split('/');
  const wanted = new URLSearchParams(query).get('view');
  const view = VIEWS.find((known) => known === wanted) ?? 'all';
  if (head === 'setup' && tail !== '') return { page: 'set-up', token: decoded(tail) };
  if (head === 'sign-in') return { page: 'sign-in' };
  return { page: 'inbox', view, conversation: head === 'c' && tail !== '' ? decoded(tail) : null };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** The address of a place. */
export function hrefOf(route: Route): string {
  if (route.page === 'set-up') return `#/setup/${encodeURIComponent(route.token)}`;
  if (route.page === 'sign-in') return '#/sign-in';
  const path = route.conversation === null ? '#/' : `#/c/${encodeURIComponent(route.conversation)}`;
  return route.view === 'all' ? path : `${path}?view=${route.view}`;
}

const hash = signal(location.hash);
addEventListener('hashchange', () => {
  hash.value = location.hash;
});

/** Where the console is now. */
export const route = computed(() => parseRoute(hash.value));

/** Goes to a place; `replace` leaves no step to go back to. */
export function go(to: Route, replace = false): void {
  const href = hrefOf(to);
  if (replace) history.replaceState(null, '', href);
  else if (href !== location.hash) history.pushState(null, '', href);
  hash.value = href;
}

// `go` writes the history itself, so that steps made by the browser's buttons have to be read back.
addEventListener('popstate', () => {
  hash.value = location.hash;
});
