import { DotsThreeIcon, IconButton } from '@beckon/ui';
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import styles from './menu.module.css';
import { words } from './words';

/** An entry of the menu: a verb and what it does. */
export interface MenuEntry {
  readonly label: string;
  run(): void;
}

/** The button with three dots and what it opens. Arrow keys move, Escape and a press outside close. */
export function CardMenu({ entries }: { entries: readonly MenuEntry[] }) {
  const open = useSignal(false);
  const frame = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const close = () => {
    open.value = false;
    button.current?.focus();
  };

  useEffect(() => {
    if (!open.value) return;
    frame.current?.querySelector<HTMLElement>('[role=menuitem]')?.focus();
    const outside = (press: Event) => {
      if (press.target instanceof Node && !frame.current?.contains(press.target)) open.value = false;
    };
    document.addEventListener('pointerdown', outside);
    return () => document.removeEventListener('pointerdown', outside);
  }, [open.value]);

  const move = (press: KeyboardEvent) => {
    if (!open.value) return;
    press.stopPropagation();
    const items = [...(frame.current?.querySelectorAll<HTMLElement>('[role=menuitem]') ?? [])];
    const at = items.findIndex((item) => item.matches(':focus'));
    const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[press.key];
    if (next !== undefined) {
      press.preventDefault();
      items.at(next % items.length)?.focus();
    } else if (press.key === 'Escape') {
      press.preventDefault();
      close();
    } else if (press.key === 'Tab') {
      open.value = false;
    }
  };

  return (
    <div class={styles.frame} ref={frame}>
      <IconButton
        label={words.menu}
        buttonRef={button}
        aria-haspopup="menu"
        aria-expanded={open.value}
        onClick={() => {
          open.value = !open.value;
        }}
        onKeyDown={move}
      >
        <DotsThreeIcon />
      </IconButton>
      {open.value && (
        <div class={styles.menu} role="menu" aria-label={words.menu} tabIndex={-1} onKeyDown={move}>
          {entries.map((entry) => (
            <button
              key={entry.label}
              type="button"
              role="menuitem"
              tabIndex={-1}
              class={styles.entry}
              onClick={() => {
                close();
                entry.run();
              }}
            >
              {entry.label}
            </button>
          ))}
        </div>
      )}
    </div>
  );
}
