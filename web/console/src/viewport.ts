import { type ReadonlySignal, signal } from '@preact/signals';

function matches(query: string): ReadonlySignal<boolean> {
  const list = matchMedia(query);
  const result = signal(list.matches);
  list.addEventListener('change', () => {
    result.value = list.matches;
  });
  return result;
}

/** The context card stands beside the thread. */
export const cardBeside = matches('(min-width: 64rem)');
/** List and thread stand side by side. */
export const panesBeside = matches('(min-width: 45rem)');
/** Wide enough for the card's roomier first width. */
export const roomy = matches('(min-width: 80rem)');

/** Whether the agent is looking at this page now. */
export const attentive = signal(isAttentive());

function isAttentive(): boolean {
  return document.visibilityState === 'visible' && document.hasFocus();
}

for (const kind of ['focus', 'blur', 'visibilitychange']) {
  (kind === 'visibilitychange' ? document : window).addEventListener(kind, () => {
    attentive.value = isAttentive();
  });
}

/** Whether this machine has a network at all; that Beckon answers is another question. */
export const online = signal(navigator.onLine);

for (const kind of ['online', 'offline']) {
  addEventListener(kind, () => {
    online.value = navigator.onLine;
  });
}
