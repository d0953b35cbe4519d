import { effect, type ReadonlySignal } from '@preact/signals';
import calm from '../favicon.svg';
import calling from '../favicon-new.svg';
import { text } from '../locales/en';

/** Says in the page's title and icon how many conversations wait to be read. Returns the way to stop. */
export function announceUnread(unread: ReadonlySignal<number>): () => void {
  const link = document.querySelector<HTMLLinkElement>('link[rel="icon"]') ?? document.createElement('link');
  link.rel = 'icon';
  link.type = 'image/svg+xml';
  document.head.append(link);
  const stop = effect(() => {
    document.title = unread.value === 0 ? text.product : `(${unread.value}) ${text.product}`;
    const icon = unread.value === 0 ? calm : calling;
    if (link.getAttribute('href') !== icon) link.href = icon;
  });
  return () => {
    stop();
    document.title = text.product;
    link.href = calm;
  };
}
