// What the server tells this demo about itself. A site of your own has the address and the widget id in its source.

/** { widgetOrigin, multiThreadWidgetId, singleThreadWidgetId, consoleUrl, setUpDone } */
export async function askServer() {
  const answer = await fetch('/demo/config.json', { cache: 'no-store' });
  if (!answer.ok) throw new Error(`/demo/config.json answered ${answer.status}`);
  return answer.json();
}

/** `?single` shows the same shop with a widget that keeps one conversation per visitor. */
export const isSingleThread = new URLSearchParams(location.search).has('single');

/** Links inside the shop stay on the same widget. */
export function keepWidgetChoice() {
  if (!isSingleThread) return;
  for (const link of document.querySelectorAll('a[data-keep-widget]')) {
    const url = new URL(link.href);
    url.searchParams.set('single', '');
    link.href = url.href;
  }
}
