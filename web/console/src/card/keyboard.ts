import { isInputMethods } from '@beckon/ui';

/** What the keys do beyond moving about, which is the same everywhere. */
export interface CardKeys {
  /** Copies the value, or the path, of the row at `path`. */
  copy(path: string, what: 'value' | 'path'): void;
  /** Pins the row at `path`, or takes its pin away. */
  pin(path: string): void;
  search(): void;
  /** The row at `path` is under the pointer, or has the focus; empty when none is. */
  at(path: string, by: 'pointer' | 'focus'): void;
  /** One step out of the part the card was narrowed to; false if it shows the whole. */
  goUp(): boolean;
  /** Escape with nothing left to close. */
  leave(): void;
}

const STOP = '[data-stop]';

/** Puts the focus on the row that had it last, or on the first. For the console's key to the card. */
export function focusCard(within: ParentNode): void {
  const root = within.querySelector<HTMLElement>('[data-context-card]');
  if (!root) return;
  settleStops(root);
  (root.querySelector<HTMLElement>(`${STOP}[tabindex="0"]`) ?? root).focus();
}

/** Keeps exactly one row in the tab order: a card of 256 rows is one stop, not 256. */
export function settleStops(root: HTMLElement, chosen?: HTMLElement): void {
  const stops = [...root.querySelectorAll<HTMLElement>(STOP)];
  const kept = chosen ?? stops.find((stop) => stop.tabIndex === 0) ?? stops[0];
  for (const stop of stops) {
    const wanted = stop === kept ? 0 : -1;
    if (stop.getAttribute('tabindex') !== String(wanted)) stop.tabIndex = wanted;
  }
}

/** Listens on the card. Returns what takes the listeners off again. */
export function listenToKeys(root: HTMLElement, keys: CardKeys): () => void {
  const onFocus = (event: FocusEvent) => {
    const stop = event.target instanceof Element ? event.target.closest<HTMLElement>(STOP) : null;
    if (stop) settleStops(root, stop);
    keys.at(pathUnder(event.target), 'focus');
  };
  const onPointer = (event: Event) => keys.at(event.type === 'pointerover' ? pathUnder(event.target) : '', 'pointer');
  const onKey = (press: KeyboardEvent) => {
    if (
      press.defaultPrevented ||
      press.ctrlKey ||
      press.metaKey ||
      press.altKey ||
      isInputMethods(press) ||
      !(press.target instanceof HTMLElement)
    )
      return;
    if (hasOwnKeys(root, press.target)) return;
    const inField = press.target.closest('input') !== null;
    if (inField && press.key !== 'Escape' && press.key !== 'ArrowDown') return;
    if (act(root, press, keys)) press.preventDefault();
  };
  // A row is pressed as a whole, but not while text in it is being selected, nor through what has its own meaning.
  const onClick = (click: MouseEvent) => {
    const target = click.target instanceof Element ? click.target : null;
    const row = target?.closest('[data-row]');
    if (
      row &&
      !target?.closest('a, button, input, [data-details]') &&
      !hasOwnKeys(root, target) &&
      window.getSelection()?.isCollapsed !== false
    ) {
      const stop = row.querySelector<HTMLElement>(STOP);
      stop?.focus({ preventScroll: true });
      stop?.click();
    }
    queueMicrotask(() => settleStops(root));
  };
  root.addEventListener('focusin', onFocus);
  root.addEventListener('pointerover', onPointer);
  root.addEventListener('pointerleave', onPointer);
  root.addEventListener('keydown', onKey);
  root.addEventListener('click', onClick);
  return () => {
    root.removeEventListener('focusin', onFocus);
    root.removeEventListener('pointerover', onPointer);
    root.removeEventListener('pointerleave', onPointer);
    root.removeEventListener('keydown', onKey);
    root.removeEventListener('click', onClick);
  };
}

/** In a dialog or a menu of the card; the card itself may stand in a dialog, as a drawer. */
function hasOwnKeys(root: HTMLElement, target: Element | null): boolean {
  const apart = target?.closest('dialog, [role=menu]');
  return apart != null && root.contains(apart);
}

function pathUnder(target: EventTarget | null): string {
  return (target instanceof Element && target.closest('[data-row]')?.getAttribute('data-path')) || '';
}

function act(root: HTMLElement, press: KeyboardEvent, keys: CardKeys): boolean {
  const active = document.activeElement;
  const row = active?.closest('[data-row]');
  const stop = row?.querySelector<HTMLElement>(STOP) ?? null;
  const path = row?.getAttribute('data-path');
  const forward = getComputedStyle(root).direction === 'rtl' ? 'ArrowLeft' : 'ArrowRight';
  switch (press.key) {
    case 'ArrowDown':
      return move(root, stop, 1);
    case 'ArrowUp':
      return move(root, stop, -1);
    case 'Home':
      return move(root, null, 1);
    case 'End':
      return move(root, null, -1);
    case 'ArrowRight':
    case 'ArrowLeft':
      return press.key === forward ? unfold(stop) : fold(root, stop, keys);
    case 'y':
    case 'Y':
      if (!path) return false;
      keys.copy(path, press.shiftKey ? 'path' : 'value');
      return true;
    case 'p':
      if (!path) return false;
      keys.pin(path);
      return true;
    case '/':
      keys.search();
      return true;
    case 'Escape':
      keys.leave();
      return true;
    default:
      return false;
  }
}

function move(root: HTMLElement, from: HTMLElement | null, by: 1 | -1): boolean {
  const stops = [...root.querySelectorAll<HTMLElement>(STOP)];
  const at = from ? stops.indexOf(from) + by : by === 1 ? 0 : stops.length - 1;
  const next = stops[Math.max(0, Math.min(stops.length - 1, at))];
  next?.focus();
  next?.scrollIntoView?.({ block: 'nearest' });
  return next !== undefined;
}

function unfold(stop: HTMLElement | null): boolean {
  if (!stop?.hasAttribute('data-fold') || stop.getAttribute('aria-expanded') === 'true') return false;
  stop.click();
  return true;
}

/** Folds the row; from a row that is folded or has nothing to fold, goes to the one it belongs to. */
function fold(root: HTMLElement, stop: HTMLElement | null, keys: CardKeys): boolean {
  if (stop?.hasAttribute('data-fold') && stop.getAttribute('aria-expanded') === 'true') {
    stop.click();
    return true;
  }
  const owner = stop?.closest('[data-children]')?.getAttribute('data-children');
  const rows = [...root.querySelectorAll('[data-row]')];
  const above = owner == null ? undefined : rows.find((row) => row.getAttribute('data-path') === owner);
  const target = above?.querySelector<HTMLElement>(STOP);
  if (!target) return keys.goUp();
  target.focus();
  return true;
}
