import type { ComponentChildren, Ref } from 'preact';
import { useId, useRef, useState } from 'preact/hooks';
import styles from './menu.module.css';

/** Distance between a button and its menu, and between a menu and the window's edge. CSS pixels. */
const GAP = 4;
const EDGE = 8;

/** What a menu's button needs to open it. */
export interface MenuTrigger {
  ref: Ref<HTMLButtonElement>;
  popovertarget: string;
  'aria-haspopup': 'true';
  'aria-expanded': boolean;
}

/** A few actions behind a button. Opens beside it, inside the window; Esc and a click elsewhere close it. */
export function Menu({
  trigger,
  label,
  children,
}: {
  trigger: (attributes: MenuTrigger) => ComponentChildren;
  label: string;
  children: ComponentChildren;
}) {
  const id = useId();
  const button = useRef<HTMLButtonElement>(null);
  const [open, setOpen] = useState(false);

  // Placed before it is shown, by where the button stands: measured afterwards it would jump.
  const place = (menu: HTMLElement): void => {
    const anchor = button.current?.getBoundingClientRect();
    if (!anchor) return;
    const [atEnd, below] = [anchor.right > innerWidth / 2, anchor.bottom < innerHeight / 2];
    menu.style.left = atEnd ? 'auto' : `${Math.max(EDGE, anchor.left)}px`;
    menu.style.right = atEnd ? `${Math.max(EDGE, innerWidth - anchor.right)}px` : 'auto';
    menu.style.top = below ? `${anchor.bottom + GAP}px` : 'auto';
    menu.style.bottom = below ? 'auto' : `${innerHeight - anchor.top + GAP}px`;
  };

  const move = (event: KeyboardEvent): void => {
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
    event.preventDefault();
    const menu = event.currentTarget;
    if (!(menu instanceof HTMLElement)) return;
    const items = [...menu.querySelectorAll<HTMLButtonElement>('button:not(:disabled)')];
    const at = items.findIndex((item) => item.matches(':focus'));
    const next = event.key === 'ArrowDown' ? at + 1 : at <= 0 ? items.length - 1 : at - 1;
    items[next % items.length]?.focus();
  };

  return (
    <>
      {trigger({ ref: button, popovertarget: id, 'aria-haspopup': 'true', 'aria-expanded': open })}
      {/* biome-ignore lint/a11y/useSemanticElements: a group of actions, not of form fields. */}
      <div
        id={id}
        popover="auto"
        class={styles.menu}
        role="group"
        aria-label={label}
        onKeyDown={move}
        onBeforeToggle={(event) => {
          if (event.newState === 'open') place(event.currentTarget);
        }}
        onToggle={(event) => {
          setOpen(event.newState === 'open');
          if (event.newState === 'open') {
            event.currentTarget.querySelector<HTMLButtonElement>('button:not(:disabled)')?.focus();
          }
        }}
      >
        {children}
      </div>
    </>
  );
}

/** One action of a menu; choosing it closes the menu. */
export function MenuItem({
  icon,
  danger,
  disabled,
  onChoose,
  children,
}: {
  icon?: ComponentChildren;
  danger?: boolean;
  disabled?: boolean;
  onChoose: () => void;
  children: ComponentChildren;
}) {
  return (
    <button
      type="button"
      class={danger ? `${styles.item} ${styles.danger}` : (styles.item ?? '')}
      disabled={disabled ?? false}
      onClick={(event) => {
        event.currentTarget.closest<HTMLElement>('[popover]')?.hidePopover();
        onChoose();
      }}
    >
      {icon}
      {children}
    </button>
  );
}
