import { chosenStyles, isDark, type Theme } from '@beckon/ui/theme';
import { STYLES } from './styles';

const SVG = 'http://www.w3.org/2000/svg';
const MARK = 'M13 4.06A8 8 0 1 0 19.94 11M6.3 17.6 4.5 20.5l4.2-1.2';
const CROSS = 'M6 6l12 12M18 6 6 18';

/** The widget's elements in the page. The ids are known to sites: they style and press them. */
export interface Launcher {
  button: HTMLButtonElement;
  iframe: HTMLIFrameElement;
  /** True while the window covers the whole screen of a phone. */
  full(): boolean;
  /** Draws what is so. */
  draw(state: { open: boolean; hidden: boolean; unread: number }): void;
  applyTheme(theme: Theme): void;
}

function element<Name extends keyof HTMLElementTagNameMap>(name: Name, className: string, id?: string) {
  const made = document.createElement(name);
  made.className = className;
  if (id) made.id = id;
  return made;
}

/** An icon drawn with a pen: no markup is parsed, so pages with Trusted Types need no exception. */
function icon(path: string): SVGElement {
  const svg = document.createElementNS(SVG, 'svg');
  const line = document.createElementNS(SVG, 'path');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('aria-hidden', 'true');
  line.setAttribute('d', path);
  svg.append(line);
  return svg;
}

/** A constructed style sheet is no inline style, so a site's content security policy has nothing to forbid. */
function addStyles(): void {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(STYLES);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
}

/** Puts the elements into the page, the window closed, the iframe without an address. */
export function createLauncher(name: string, press: { toggle(): void; close(): void; near(): void }): Launcher {
  addStyles();
  const wrapper = element('div', 'ib-widget-wrapper lc-widget-wrapper');
  const button = element('button', 'bk bk-launcher', 'ib-button-messaging');
  const face = element('span', 'bk-icon', 'ib-button-messaging-icon');
  const badge = element('span', 'bk bk-badge');
  const close = element('button', 'bk bk-close ib-close-mobile-button');
  const iframe = element('iframe', 'bk bk-window', 'ib-iframe-messaging');
  const mark = icon(MARK);
  const cross = icon(CROSS);
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const phone = matchMedia('(max-width: 479.98px)');
  let theme: Theme = {};
  let set: string[] = [];
  let open = false;
  let unlock: (() => void) | undefined;

  button.type = close.type = 'button';
  close.setAttribute('aria-label', 'Close chat');
  close.append(icon(CROSS));
  face.append(mark);
  button.append(face);
  iframe.title = name;
  badge.setAttribute('aria-hidden', 'true');
  wrapper.append(button, iframe, close);

  button.addEventListener('click', press.toggle);
  close.addEventListener('click', press.close);
  button.addEventListener('pointerenter', press.near);
  button.addEventListener('focus', press.near);
  button.addEventListener('keydown', (key) => {
    if (key.key === 'Escape' && open) press.close();
  });

  function paint(): void {
    const values = chosenStyles(theme, dark.matches);
    wrapper.classList.toggle('bk-dark', isDark(theme, dark.matches));
    for (const variable of set) wrapper.style.removeProperty(variable);
    set = Object.keys(values);
    for (const variable of set) wrapper.style.setProperty(variable, values[variable] as string);
  }

  /** On a phone the page behind must not scroll, and the window ends where the keyboard begins. */
  function fit(): void {
    const covers = open && phone.matches;
    if (covers && !unlock) {
      // Not the body's: with both set, its margins no longer fall together and the page behind moves.
      const { style } = document.documentElement;
      const before = style.overflow;
      style.overflow = 'hidden';
      unlock = () => {
        style.overflow = before;
      };
    } else if (!covers && unlock) {
      unlock();
      unlock = undefined;
    }
    const viewport = window.visualViewport;
    iframe.style.height = covers && viewport ? `${viewport.height}px` : '';
  }

  dark.addEventListener('change', paint);
  phone.addEventListener('change', fit);
  if (window.visualViewport) window.visualViewport.addEventListener('resize', fit);
  paint();
  document.body.append(wrapper);

  return {
    button,
    iframe,
    full: () => phone.matches,
    draw(state) {
      open = state.open;
      wrapper.classList.toggle('bk-open', open);
      wrapper.classList.toggle('bk-hidden', state.hidden);
      face.replaceChild(open ? cross : mark, face.firstChild as Node);
      button.setAttribute('aria-expanded', String(open));
      const unread = state.unread ? `, ${state.unread} unread` : '';
      button.setAttribute('aria-label', open ? 'Close chat' : `Open chat${unread}`);
      badge.textContent = state.unread > 99 ? '99+' : String(state.unread);
      if (state.unread && !open) button.append(badge);
      else badge.remove();
      fit();
    },
    applyTheme(next) {
      theme = next;
      paint();
    },
  };
}
