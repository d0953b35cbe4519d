// Beckon, part 2: load widget.js and start the widget.
import { explain, liveChat, remark } from './calls.js';
import { askServer, isSingleThread } from './site.js';

export async function installBeckon() {
  const site = await askServer();

  const script = document.createElement('script');
  script.async = true;
  script.src = `${site.widgetOrigin}/widget.js`;
  script.addEventListener('error', () => remark(`${script.src} could not be loaded.`));
  document.head.append(script);

  explain('Starts the widget. Calls made earlier have waited for this one.');
  liveChat('init', isSingleThread ? site.singleThreadWidgetId : site.multiThreadWidgetId, (error) => {
    if (error) console.warn('The chat is not there:', error.code, error.message);
  });
}
