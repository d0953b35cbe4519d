import { IconButton, XIcon } from '@beckon/ui';
import type { ComponentChildren, RefObject } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { text } from '../locales/en';
import styles from './dialog.module.css';

/** Opens a dialog over the page as soon as it is drawn. Focus goes back to where it was, also when the dialog is taken away while it is open. */
export function useModal(): RefObject<HTMLDialogElement | null> {
  const ref = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const dialog = ref.current;
    dialog?.showModal();
    return () => dialog?.close();
  }, []);
  return ref;
}

interface DialogProps {
  title: string;
  /** What the button that closes it is called. */
  dismiss?: string;
  /** Its size. */
  class?: string | undefined;
  /** A click beside it closes it, too: there is nothing in it that could be lost. */
  light?: boolean;
  /** Keys pressed in it are not the page's. */
  ownKeys?: boolean;
  onClose: () => void;
  children: ComponentChildren;
}

/** A modal page with a title. Its button and Escape close it. */
export function Dialog({ title, dismiss = text.dismiss, light, ownKeys, onClose, children, ...rest }: DialogProps) {
  const dialog = useModal();
  const id = useId();
  return (
    <dialog
      ref={dialog}
      class={`${styles.frame} ${styles.headed} ${rest.class ?? ''}`}
      aria-labelledby={id}
      onClose={onClose}
      onKeyDown={(press) => ownKeys && press.stopPropagation()}
      onClick={(click) => {
        // The dialog itself is hit only outside of what it holds: on its backdrop.
        if (light && click.target === dialog.current) dialog.current?.close();
      }}
    >
      <header class={styles.head}>
        <h2 class={styles.title} id={id}>
          {title}
        </h2>
        <IconButton label={dismiss} onClick={() => dialog.current?.close()}>
          <XIcon />
        </IconButton>
      </header>
      {children}
    </dialog>
  );
}
