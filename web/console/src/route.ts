import { computed, signal } from '@preact/signals';
import { VIEWS, type View } from './inbox/rows';

/** A place in the console, as the address says it. */
export type Route =
  | { page: 'set-up'; token: string }
  | { page: 'invite'; token: string }
  | { page: 'sign-in' }
  | { page: 'inbox'; view: View; conversation: string | null }
  | { page: 'settings'; place: SettingsPlace };

/** The pages of the settings; `menu` is the list of them, on a screen that shows one pane at a time. */
export const SETTINGS = ['menu', 'profile', 'people', 'widgets', 'keys'] as const;

export type SettingsPlace = { name: (typeof SETTINGS)[number] } | { name: 'widget'; id: string };

/**
 * `#/setup/<token>`, `#/invite/<token>`, `#/sign-in`, `#/settings/people`, `#/settings/widgets/<id>`,
 * `#/c/<conversation>?view=mine`; anything else is the inbox.
 */
export function parseRoute(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#/, '').split('?');
  const [, head = '', tail = '', end = ''] = path.split('/');
  const wanted = new URLSearchParams(query).get('view');
  const view = VIEWS.find((known) => known === wanted) ?? 'all';
  if (head === 'setup' && tail !== '') return { page: 'set-up', token: decoded(tail) };
  if (head === 'invite' && tail !== '') return { page: 'invite', token: decoded(tail) };
  if (head === 'settings') return { page: 'settings', place: settingsPlace(tail, end) };
  if (head === 'sign-in') return { page: 'sign-in' };
  return { page: 'inbox', view, conversation: head === 'c' && tail !== '' ? decoded(tail) : null };
}

function settingsPlace(name: string, id: string): SettingsPlace {
  if (name === 'widgets' && id !== '') return { name: 'widget', id: decoded(id) };
  return { name: SETTINGS.find((known) => known === name) ?? 'menu' };
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
  if (route.page === 'invite') return `#/invite/${encodeURIComponent(route.token)}`;
  if (route.page === 'sign-in') return '#/sign-in';
  if (route.page === 'settings') {
    const { place } = route;
    if (place.name === 'widget') return `#/settings/widgets/${encodeURIComponent(place.id)}`;
    return place.name === 'menu' ? '#/settings' : `#/settings/${place.name}`;
  }
  const path = route.conversation === null ? '#/' : `#/c/${encodeURIComponent(route.conversation)}`;
  return route.view === 'all' ? path : `${path}?view=${route.view}`;
}

const hash = signal(location.hash);

/** Where the console is now. */
export const route = computed(() => parseRoute(hash.value));

/** Asked before a place is left; false keeps the console there. `to` is the address it was to go to. */
export type Doorkeeper = (to: string) => boolean;
let doorkeeper: Doorkeeper | null = null;

/** Sets who is asked before the place is left, in place of anyone before. Returns the way to be asked no more. */
export function keepDoor(keeper: Doorkeeper): () => void {
  doorkeeper = keeper;
  return () => {
    if (doorkeeper === keeper) doorkeeper = null;
  };
}

/** Goes to a place; `replace` leaves no step to go back to. */
export function go(to: Route, replace = false): void {
  goTo(hrefOf(to), replace);
}

/** Goes to an address of the console. */
export function goTo(href: string, replace = false): void {
  if (href !== hash.peek() && doorkeeper?.(href) === false) return;
  if (replace) history.replaceState(null, '', href);
  else if (href !== location.hash) history.pushState(null, '', href);
  hash.value = href;
}

/** The browser went somewhere by itself: a link, its buttons, another address. */
function arrive(): void {
  const href = location.hash;
  if (href === hash.peek()) return;
  if (doorkeeper?.(href) === false) {
    // It is there already; the address has to say again where the console stayed.
    history.pushState(null, '', hash.peek());
    return;
  }
  hash.value = href;
}

// `go` writes the history itself, so that steps made by the browser's buttons have to be read back.
addEventListener('hashchange', arrive);
addEventListener('popstate', arrive);
