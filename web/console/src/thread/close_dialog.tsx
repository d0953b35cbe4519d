import { Button } from '@beckon/ui';
import { useEffect, useId, useRef } from 'preact/hooks';
import { text } from '../locales/en';
import styles from './close_dialog.module.css';

/** Asks before a conversation is closed, because nobody can undo it. */
export function CloseDialog({ name, onClose, onCancel }: { name: string; onClose: () => void; onCancel: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog
      ref={dialog}
      class={styles.dialog}
      aria-labelledby={`${id}-heading`}
      aria-describedby={`${id}-lead`}
      onClose={onCancel}
    >
      <h2 class={styles.heading} id={`${id}-heading`}>
        {text.closeQuestion}
      </h2>
      <p class={styles.lead} id={`${id}-lead`}>
        {text.closeLead(name)}
      </p>
      <div class={styles.actions}>
        <Button onClick={() => dialog.current?.close()} autoFocus>
          {text.cancel}
        </Button>
        <Button variant="danger" onClick={onClose}>
          {text.closeConversation}
        </Button>
      </div>
    </dialog>
  );
}
