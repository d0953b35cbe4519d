// What both pages of the shop do when they start.
import { remark } from './calls.js';
import { showDrawer } from './drawer.js';
import { installBeckon } from './install.js';
import { keepWidgetChoice } from './site.js';
import { showStory, showWayToConsole } from './story.js';

export function startPage() {
  showStory();
  showDrawer();
  keepWidgetChoice();
  installBeckon().catch(({ message }) => remark(`The chat is not there: ${message}`));
  showWayToConsole().catch(({ message }) => remark(`The way to the console is not known: ${message}`));
  // Going back may wake this page as it was left; what the other page did since then is in the storage.
  addEventListener('pageshow', ({ persisted }) => {
    if (persisted) location.reload();
  });
}
