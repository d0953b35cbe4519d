import { isDark, ownStyles, type Theme } from '@beckon/ui/theme';
import { STYLES } from './styles';

const SVG = 'http://www.w3.org/2000/svg';
const MARK = 'M13 4.06A8 8 0 1 0 19.94 11M6.3 17.6 4.5 20.5l4.2-1.2';
const CROSS = 'M6 6l12 12M18 6 6 18';

/** The widget's elements in the page. The ids are known to sites: they style and press them. */
export interface Launcher {
  wrapper: HTMLElement;
  button: HTMLButtonElement;
  close: HTMLButtonElement;
  iframe: HTMLIFrameElement;
  /** True while an open window covers the whole screen of a phone. */
  full(): boolean;
  /** Draws what is so. */
  draw(state: { open: boolean; hidden: boolean }): void;
  applyTheme(theme: Theme): void;
  /** The variables that the theme sets itself, as light or dark as it is now. */
  worn(): { [variable: string]: string };
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
export function createLauncher(
  name: string,
  press: { toggle(): void; close(): void; near(): void; turn(): void },
): Launcher {
  addStyles();
  const wrapper = element('div', 'ib-widget-wrapper lc-widget-wrapper');
  const button = element('button', 'bk bk-launcher', 'ib-button-messaging');
  const face = element('span', 'bk-icon', 'ib-button-messaging-icon');
  const close = element('button', 'bk bk-close ib-close-mobile-button');
  const iframe = element('iframe', 'bk bk-window', 'ib-iframe-messaging');
  const mark = icon(MARK);
  const cross = icon(CROSS);
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const phone = matchMedia('(max-width:479.98px)');
  let theme: Theme = {};
  let set: string[] = [];
  let open = false;

  button.type = close.type = 'button';
  close.setAttribute('aria-label', 'Close chat');
  close.append(icon(CROSS));
  face.append(mark);
  button.append(face);
  iframe.title = name;
  // The sound that a visitor may switch on.
  iframe.allow = 'autoplay';
  wrapper.append(button, iframe, close);

  button.addEventListener('click', press.toggle);
  close.addEventListener('click', press.close);
  button.addEventListener('pointerenter', press.near);
  button.addEventListener('focus', press.near);

  const worn = () => ownStyles(theme, dark.matches);

  function paint(): void {
    const values = worn();
    wrapper.classList.toggle('bk-dark', isDark(theme, dark.matches));
    for (const variable of set) wrapper.style.removeProperty(variable);
    set = Object.keys(values);
    for (const variable of set) wrapper.style.setProperty(variable, values[variable] as string);
  }

  dark.addEventListener('change', () => {
    paint();
    press.turn();
  });
  phone.addEventListener('change', press.turn);
  paint();
  document.body.append(wrapper);

  return {
    wrapper,
    button,
    close,
    iframe,
    full: () => phone.matches,
    draw(state) {
      open = state.open;
      wrapper.classList.toggle('bk-open', open);
      wrapper.classList.toggle('bk-hidden', state.hidden);
      face.replaceChild(open ? cross : mark, face.firstChild as Node);
      button.setAttribute('aria-expanded', String(open));
      // English until the page's part has the words; it also says and shows what is unread.
      button.setAttribute('aria-label', open ? 'Close chat' : 'Open chat');
    },
    applyTheme(next) {
      theme = next;
      paint();
    },
    worn,
  };
}
