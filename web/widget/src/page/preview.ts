import type { News } from '../port';
import type { Words } from '../words';
import { PREVIEW_STYLES } from './preview_styles';

/**
 * The newest message beside the launcher while the window is closed: one only, until it is opened, read elsewhere or sent away. In a file of its
 * own, because most pages see no message come. `place`: where the page's part has it said by screen readers; `addStyles` is its own.
 */
export function createPreview(
  wrapper: HTMLElement,
  place: HTMLElement,
  open: (thread: string) => void,
  addStyles: (rules: string) => void,
) {
  addStyles(PREVIEW_STYLES);

  const part = <Name extends 'div' | 'span' | 'button'>(name: Name, className: string, ...inside: Node[]) => {
    const made = document.createElement(name);
    made.className = className;
    made.append(...inside);
    return made;
  };
  const face = part('span', 'bk-face');
  const name = part('span', 'bk-name');
  const text = part('span', 'bk-text');
  const message = part('button', 'bk-message', face, part('span', 'bk-said', name, text));
  const cross = part('button', 'bk-dismiss');
  const bubble = part('div', 'bk bk-preview', message, cross);
  let thread = '';

  message.type = cross.type = 'button';
  face.setAttribute('aria-hidden', 'true');
  cross.textContent = '\u00d7';
  bubble.setAttribute('role', 'group');

  function dismiss(): void {
    bubble.remove();
  }
  message.addEventListener('click', () => open(thread));
  cross.addEventListener('click', () => {
    dismiss();
    wrapper.querySelector('button')?.focus();
  });
  bubble.addEventListener('keydown', (key) => {
    if (key.key === 'Escape') cross.click();
  });

  return {
    show(news: News): void {
      thread = news.thread;
      face.textContent = news.initials;
      face.style.setProperty('--bk-hue', String(news.hue));
      name.textContent = news.name;
      text.textContent = news.text;
      // A text may run the other way than the language around it.
      name.dir = text.dir = 'auto';
      place.append(bubble);
    },
    dismiss,
    speak(words: Words['page']): void {
      cross.setAttribute('aria-label', words.dismiss);
      cross.title = words.dismiss;
      bubble.setAttribute('aria-label', words.newMessage);
    },
  };
}
