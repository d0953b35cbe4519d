import type { Row } from '@beckon/sdk';
import { go, route } from '../route';
import { attentive } from '../viewport';
import { notify } from './notification';
import { wants } from './preferences';
import { chime } from './sound';

/** Calls the agent for a message that waits, unless they are looking at it. */
export function callFor(row: Row): void {
  const place = route.peek();
  const onScreen = place.page === 'inbox' && place.conversation === row.conversation && attentive.peek();
  if (onScreen) return;
  if (wants('sound')) chime();
  const view = place.page === 'inbox' ? place.view : 'all';
  notify(row, () => go({ page: 'inbox', view, conversation: row.conversation }));
}
