import { IconButton, XIcon } from '@beckon/ui';
import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import styles from './reading_dialog.module.css';
import { words } from './words';

/** A modal page for what is too large for a row: a long text, a picture. Escape, its button or the ground close it. */
export function ReadingDialog(props: { title: string; onClose: () => void; children: ComponentChildren }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  useEffect(() => {
    const opener = document.activeElement;
    dialog.current?.showModal();
    return () => {
      if (opener instanceof HTMLElement) opener.focus();
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      class={styles.dialog}
      aria-labelledby={titleId}
      onClose={props.onClose}
      onKeyDown={(press) => press.stopPropagation()}
      onClick={(click) => {
        if (click.target === dialog.current) dialog.current?.close();
      }}
    >
      <div class={styles.page}>
        <header class={styles.header}>
          <h3 id={titleId} class={styles.title}>
            {props.title}
          </h3>
          <IconButton label={words.closeReading} onClick={() => dialog.current?.close()}>
            <XIcon />
          </IconButton>
        </header>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard */}
        <div class={styles.body} tabIndex={0}>
          {props.children}
        </div>
      </div>
    </dialog>
  );
}
