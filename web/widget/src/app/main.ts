import '@beckon/ui/tokens.css';
import '@beckon/ui/base.css';
import './start.css';
import { effect } from '@preact/signals-core';
import { known } from '../language';
import type { ToApp, ToLoader } from '../port';
import { untilHere } from './again';
import { applyTheme } from './apply_theme';
import { newsOf } from './arrivals';
import { Chat } from './chat';
import { awaitPort } from './host_port';
import { part } from './part';
import { placeholder } from './placeholder';
import { server } from './server';
import { PageStorage } from './site_storage';
import { speak, words } from './words';

const widget = location.pathname.split('/').filter(Boolean).at(-1) ?? '';
const doors = server(widget);
const { failed } = placeholder();
const config = untilHere(doors.config, failed);
const site = new PageStorage();
let admit = (): void => undefined;
const admitted = new Promise<void>((resolve) => {
  admit = resolve;
});
// Not in a page that the server does not allow: there a chat would still say hello as the visitor of another tab.
const chat = Promise.all([config, admitted]).then(([found]) => new Chat(found, doors, site.ready));
// The loader has put it behind the address, so that the words come at the same time as everything else.
const spoken = speak(known(location.hash.slice(1)) ?? 'en', failed);
let views: Promise<void> | undefined;

/** Puts the views into the window when it is first on screen: a page whose window stays closed never loads them. */
function showViews(): Promise<void> {
  if (views) return views;
  const file = part(() => import('./views/chat_window'), failed);
  views = Promise.all([file, chat, spoken]).then(([{ show }, ready]) => show(ready, () => close()));
  return views;
}

/** Runs once the window has something to show. */
async function shown(ready: Chat, run: () => void): Promise<void> {
  await showViews();
  let stop: (() => void) | undefined;
  let ran = false;
  stop = effect(() => {
    if (ran || ready.places.place.value.name === 'nowhere') return;
    ran = true;
    queueMicrotask(() => {
      stop?.();
      run();
    });
  });
}

function tell(ready: Chat, post: (message: ToLoader) => void): void {
  const { now } = ready.era;
  if (now) post({ kind: 'era', era: now });
  effect(() => post({ kind: 'unread', count: ready.unread.value }));
  effect(() => {
    const thread = ready.news.value;
    // It may have come before the page listened, and been read in another tab since.
    if (thread && ready.unread.peek() > 0)
      void spoken.then(() => post({ kind: 'news', news: newsOf(thread, words().team) }));
  });
  effect(() => post({ kind: 'view', view: ready.view.value }));
  effect(() => {
    // Set when the window opens: browsers keep a page's own storage in memory for some seconds, and one that dies right
    // after Enter has written it down by then. What waits must be sent by the next page, known to the server or not.
    const { wanted, welcomed } = ready;
    const keep = (open: boolean) => post({ kind: 'keep', kept: { open } });
    if (wanted.value) keep(true);
    else if (welcomed.value) void ready.leftBehind().then((left) => keep(left || wanted.value));
  });
}

async function obey(ready: Chat, message: ToApp, post: (message: ToLoader) => void): Promise<void> {
  switch (message.kind) {
    case 'window':
      ready.invited.value = message.focus;
      ready.setWindow(message.open, message.hidden, message.full, message.page);
      break;
    case 'language':
      void speak(known(message.tag) ?? 'en', failed);
      break;
    case 'theme':
      applyTheme(ready.config.themes[message.name] ?? {});
      break;
    case 'kept':
      site.told(message.kept);
      break;
    case 'command':
      // The window is open all the same, and has to show something.
      if (message.command !== 'open' && Date.now() > message.until) break;
      if (message.command === 'open') ready.places.show(message.thread);
      else if (message.command === 'show_thread_list') ready.places.showList();
      else ready.places.startNew();
      if (message.command === 'open') void shown(ready, () => post({ kind: 'reply', call: message.call }));
      else post({ kind: 'reply', call: message.call });
      break;
    case 'logout':
      // Who leaves has left, however late it is heard.
      await ready.leaving.logout(message.id);
      post({ kind: 'reply', call: message.call });
      break;
    case 'context': {
      const answer = await ready.takeContext(message.context);
      post({ kind: 'committed', client_id: message.context.client_id });
      post({ kind: 'reply', call: message.call, ...answer });
      break;
    }
  }
}

let close = (): void => undefined;

awaitPort(config, (post, origin) => {
  admit();
  site.connect(post, origin);
  close = () => post({ kind: 'close' });
  void chat.then((ready) => tell(ready, post));
  return (message) => {
    // At once: the file comes while the settings do.
    if (message.kind === 'window' && message.open) void showViews();
    void chat.then((ready) => obey(ready, message, post));
  };
});

void chat.then((ready) => {
  document.title = ready.name;
});
