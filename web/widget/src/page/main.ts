import { readableOn } from '@beckon/ui/accent';
import { loadWords } from '../languages';
import type { News } from '../port';
import { counted, type Words } from '../words';
import { addStyles } from './add_styles';
import { createFullScreen } from './full_screen';
import { watchPath } from './moves';
import type { createPreview } from './preview';
import { STYLES } from './styles';
import { createTitle } from './title';

/** More unread messages are not counted out. */
const MOST = 99;

/** The elements the loader has put into the page, and what can be asked of it. */
export interface Host {
  wrapper: HTMLElement;
  button: HTMLButtonElement;
  close: HTMLButtonElement;
  iframe: HTMLIFrameElement;
  /** The variables that the theme sets itself. */
  worn(): { [variable: string]: string };
  /** Unread messages are counted in the page's title. */
  titleUnread: boolean;
  /** Opens the window, on this thread. */
  openThread(thread: string): void;
  closeWindow(): void;
  /** The page is at another path. */
  moved(): void;
}

export interface PageState {
  /** The window is on screen. */
  open: boolean;
  /** Nothing of the widget may be seen or heard. */
  hidden: boolean;
  /** An open window covers the whole screen of a phone. */
  full: boolean;
  unread: number;
  /** What `known` gave. */
  language: string;
}

/** What the widget does in the site's page beyond its launcher. */
export interface PagePart {
  draw(state: PageState): void;
  /** A message came while the window is closed. */
  preview(news: News): void;
  /** It goes, and comes back with the next message. */
  dismiss(): void;
  /** The page's title without what we added. */
  title(): string;
}

/** The part of the loader that comes with the chat, when there is something to do for it, so that no page waits for it. */
export function start(host: Host): PagePart {
  const { wrapper, button, close } = host;
  const title = createTitle();
  const fullScreen = createFullScreen(host.iframe, close, host.closeWindow);
  const badge = document.createElement('span');
  // There from the start: a screen reader says what comes into it.
  const place = document.createElement('div');
  let bubble: ReturnType<typeof createPreview> | undefined;
  let loading = false;
  /** What the bubble is to show, also while its file is on its way. */
  let news: News | undefined;
  let state: PageState | undefined;
  let asked = '';
  let spoken: { tag: string; words: Words } | undefined;

  async function speak(tag: string): Promise<void> {
    asked = tag;
    try {
      const words = await loadWords(tag);
      // Whoever asked last is heard.
      if (tag === asked) spoken = { tag, words };
      label();
    } catch {
      // Not to be had now: the labels stay as they are, and the next drawing asks again.
      asked = '';
    }
  }

  function label(): void {
    if (!state || !spoken) return;
    const { page, direction } = spoken.words;
    const { open, unread } = state;
    wrapper.lang = spoken.tag;
    wrapper.dir = direction;
    const closed = unread ? counted(page.unread, unread, spoken.tag) : page.open;
    button.setAttribute('aria-label', open ? page.close : closed);
    close.setAttribute('aria-label', page.close);
    bubble?.speak(page);
  }

  /** Without its file there is no bubble now: the badge says it as well, and the next message asks again. */
  function show(): void {
    if (bubble) {
      label();
      if (news) bubble.show(news);
    } else if (!loading) void load();
  }

  async function load(): Promise<void> {
    loading = true;
    try {
      const { createPreview } = await import('./preview');
      bubble = createPreview(wrapper, place, host.openThread, addStyles);
      show();
    } catch {
      loading = false;
    }
  }

  function dismiss(): void {
    news = undefined;
    bubble?.dismiss();
  }

  watchPath(host.moved);
  addStyles(STYLES);
  place.className = 'bk-place';
  place.setAttribute('aria-live', 'polite');
  wrapper.append(place);
  button.addEventListener('keydown', (key) => {
    if (key.key === 'Escape' && state?.open) host.closeWindow();
  });
  badge.className = 'bk bk-badge';
  badge.setAttribute('aria-hidden', 'true');

  /** The icon on the theme's accent, where the theme names no colour for it. */
  function colour(): void {
    const { '--bk-accent': accent, '--bk-on-accent': icon } = host.worn();
    // Nothing takes the property away.
    wrapper.style.setProperty('--bk-on-accent', icon ?? (accent ? readableOn(accent) : ''));
  }

  /** With something unread the dot of the mark is its count. */
  function count(): void {
    if (!state || state.open || !state.unread) {
      badge.remove();
      return;
    }
    const digits = new Intl.NumberFormat(state.language);
    badge.textContent = state.unread > MOST ? `${digits.format(MOST)}+` : digits.format(state.unread);
    button.append(badge);
  }

  return {
    draw(next) {
      state = next;
      const { open, hidden, full, unread, language } = next;
      if (language !== asked) void speak(language);
      label();
      colour();
      count();
      fullScreen.set(open && full && !hidden);
      title.set(host.titleUnread && !hidden ? unread : 0, language);
      if (!unread) dismiss();
    },
    preview(next) {
      if (!state || state.open || state.hidden) return;
      news = next;
      show();
    },
    dismiss,
    title: title.own,
  };
}
