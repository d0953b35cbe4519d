import { isInputMethods } from '@beckon/ui';
import { useEffect, useRef } from 'preact/hooks';

/** What the single keys do. An action that has nothing to act on does nothing. */
export interface Shortcuts {
  next(): void;
  previous(): void;
  solve(): void;
  take(): void;
  reply(): void;
  note(): void;
  quickReply(): void;
  /** F6 and Alt+I, from anywhere. */
  card(): void;
  keyMap(): void;
}

const SINGLE: Readonly<Record<string, keyof Shortcuts>> = {
  j: 'next',
  k: 'previous',
  e: 'solve',
  a: 'take',
  r: 'reply',
  n: 'note',
  '/': 'quickReply',
  '?': 'keyMap',
};

/** Listens to the keys that work everywhere in the console. Single keys rest while a field or a dialog has the focus. */
export function useShortcuts(shortcuts: Shortcuts): void {
  const latest = useRef(shortcuts);
  latest.current = shortcuts;
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      const action = actionOf(event);
      if (!action) return;
      event.preventDefault();
      latest.current[action]();
    };
    addEventListener('keydown', press);
    return () => removeEventListener('keydown', press);
  }, []);
}

function actionOf(event: KeyboardEvent): keyof Shortcuts | undefined {
  if (event.defaultPrevented || event.repeat || isInputMethods(event)) return undefined;
  const { key, altKey, ctrlKey, metaKey } = event;
  if (key === 'F6' || (altKey && event.code === 'KeyI')) return inDialog(event.target) ? undefined : 'card';
  if (altKey || ctrlKey || metaKey || isField(event.target) || inDialog(event.target)) return undefined;
  const action = SINGLE[key.toLowerCase()];
  // The card has a search of its own.
  return action === 'quickReply' && event.target instanceof Element && event.target.closest('[data-context-card]')
    ? undefined
    : action;
}

function isField(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || target.matches('input, textarea, select'));
}

/** A dialog or menu that is open keeps its keys to itself. */
function inDialog(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('dialog, [popover], [role="menu"]') !== null;
}
