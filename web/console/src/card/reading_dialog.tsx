import type { ComponentChildren } from 'preact';
import { Dialog } from '../dialog/dialog';
import styles from './reading_dialog.module.css';
import { words } from './words';

/** A modal page for what is too large for a row: a long text, a picture. Escape, its button or the ground close it. */
export function ReadingDialog(props: { title: string; onClose: () => void; children: ComponentChildren }) {
  return (
    <Dialog
      title={props.title}
      dismiss={words.closeReading}
      class={styles.dialog}
      light
      ownKeys
      onClose={props.onClose}
    >
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard */}
      <div class={styles.body} tabIndex={0}>
        {props.children}
      </div>
    </Dialog>
  );
}
