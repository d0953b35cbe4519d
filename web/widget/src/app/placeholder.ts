import { hurry } from './again';
import window from './views/chat_window.module.css';
import skeleton from './views/skeleton.module.css';
import { fewWords } from './words';

/** The window before its views are here: the skeleton of a conversation, and once loading has failed a line that says so, with a button that does not wait. */
export function placeholder(): { failed: () => void } {
  const main = element('main', window.window);
  const name = element('h1', 'bk-spoken');
  const status = element('div', window.noticePlace);
  const place = element('div', window.skeleton);
  const notice = element('p', window.notice);
  const said = element('span');
  const again = element('button');
  again.addEventListener('click', hurry);
  const messages = element('div', skeleton.messages);
  // Never empty: it would be read out as a heading all the same.
  name.textContent = document.title;
  main.ariaBusy = 'true';
  status.role = 'status';
  messages.ariaHidden = 'true';
  messages.append(...['span', 'span', 'span'].map((name) => element(name)));
  place.append(messages);
  main.append(name, status, place);
  document.body.replaceChildren(main);
  return {
    failed() {
      const { loadFailed, tryAgain } = fewWords();
      name.textContent = document.title;
      if (said.textContent === loadFailed) return;
      said.textContent = loadFailed;
      again.textContent = tryAgain;
      notice.append(said, ' ', again);
      status.append(notice);
    },
  };
}

function element(name: string, className = ''): HTMLElement {
  const made = document.createElement(name);
  made.className = className;
  return made;
}
