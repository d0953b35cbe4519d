import window from './views/chat_window.module.css';
import skeleton from './views/skeleton.module.css';
import { words } from './words';

/** The window before its views are here: the skeleton of a conversation, and a line in words once loading has failed. */
export function placeholder(): { failed: () => void } {
  const main = element('main', window.window);
  const name = element('h1', 'bk-spoken');
  const status = element('div', window.noticePlace);
  const place = element('div', window.skeleton);
  const messages = element('div', skeleton.messages);
  main.ariaBusy = 'true';
  status.role = 'status';
  messages.ariaHidden = 'true';
  messages.append(...['span', 'span', 'span'].map((name) => element(name)));
  place.append(messages);
  main.append(name, status, place);
  document.body.replaceChildren(main);
  return {
    failed() {
      name.textContent = document.title;
      const notice = element('p', window.notice);
      notice.textContent = words().loadFailed;
      if (!status.textContent) status.append(notice);
    },
  };
}

function element(name: string, className = ''): HTMLElement {
  const made = document.createElement(name);
  made.className = className;
  return made;
}
