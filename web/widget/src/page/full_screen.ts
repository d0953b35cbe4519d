/** In the state of our entry in the browser's history. */
const MARK = 'beckonChat';

/**
 * The window over the whole screen of a phone: the page behind does not scroll, the window ends where the keyboard begins, and the
 * back gesture closes it. For that there is one entry in the browser's history while it is so; the site's own entries are let alone.
 */
export function createFullScreen(
  iframe: HTMLIFrameElement,
  close: HTMLElement,
  closeWindow: () => void,
): { set(full: boolean): void } {
  let covers = false;
  let unlock: (() => void) | undefined;
  /** How many entries there were when ours was added; undefined: it is not there. */
  let entries: number | undefined;
  /** We are on our way back from it. */
  let leaving = false;

  function ours(): boolean {
    const state = history.state as { [name: string]: unknown } | null;
    return typeof state === 'object' && state !== null && state[MARK] === true;
  }

  function enter(): void {
    if (leaving || entries !== undefined) return;
    try {
      // By the prototype: a router that wraps `history.pushState` must not take it for a page of the site. Its own state stays readable.
      if (!ours()) {
        History.prototype.pushState.call(history, { ...(history.state as object | null), [MARK]: true }, '');
      }
      entries = history.length;
    } catch {
      // A sandboxed page, or too many entries in short time: back does there what it always did.
    }
  }

  function leave(): void {
    if (entries === undefined) return;
    entries = undefined;
    // Later: a site that closes the chat and goes to another page in one breath goes there, and then ours is no longer on top.
    setTimeout(() => {
      if (covers || !ours()) return;
      leaving = true;
      history.back();
    });
  }

  function arrive(): void {
    if (leaving) {
      leaving = false;
      if (covers) enter();
      return;
    }
    if (entries === undefined || ours()) return;
    // More entries than before: the site went on to a place of its own, nobody came back.
    const back = history.length <= entries;
    entries = undefined;
    if (back) closeWindow();
  }

  /** A pinch shrinks the visible part too, but there is no keyboard then. */
  function fit(): void {
    const viewport = window.visualViewport;
    const fitted = covers && viewport && Math.abs(viewport.scale - 1) < 0.01 ? viewport : undefined;
    iframe.style.height = fitted ? `${fitted.height}px` : '';
    iframe.style.top = fitted ? `${fitted.offsetTop}px` : '';
    close.style.marginTop = fitted ? `${fitted.offsetTop}px` : '';
  }

  function lock(): void {
    // Not the body's: with both set, its margins no longer fall together and the page behind moves.
    const { style } = document.documentElement;
    const before = style.overflow;
    style.overflow = 'hidden';
    unlock = () => {
      style.overflow = before;
    };
  }

  addEventListener('popstate', arrive);
  const viewport = window.visualViewport;
  if (viewport) {
    viewport.addEventListener('resize', fit);
    viewport.addEventListener('scroll', fit);
  }

  return {
    set(full) {
      if (full === covers) return;
      covers = full;
      if (full) {
        lock();
        enter();
      } else {
        unlock?.();
        leave();
      }
      fit();
    },
  };
}
