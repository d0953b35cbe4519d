import { Button } from '@beckon/ui';
import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import { useAction } from '../form/action';
import { Failure } from '../form/field';
import { text } from '../locales/en';
import styles from './confirm.module.css';
import { useModal } from './dialog';
import frame from './dialog.module.css';

/** Asks before something is done, and says what happens. Stays open while it is done, and when it fails. */
export function Confirm({
  heading,
  lead,
  verb,
  cancel = text.cancel,
  danger,
  onConfirm,
  onCancel,
  children,
}: {
  heading: string;
  lead: string;
  verb: string;
  cancel?: string;
  danger?: boolean;
  /** What is done; whoever asks takes the dialog away when it worked. */
  onConfirm: () => Promise<void>;
  onCancel: () => void;
  children?: ComponentChildren;
}) {
  const dialog = useModal();
  const id = useId();
  const { busy, failure, run } = useAction();
  return (
    <dialog
      ref={dialog}
      class={`${frame.frame} ${styles.question}`}
      aria-labelledby={`${id}-heading`}
      aria-describedby={`${id}-lead`}
      onClose={onCancel}
    >
      <h2 class={styles.heading} id={`${id}-heading`}>
        {heading}
      </h2>
      <p class={styles.lead} id={`${id}-lead`}>
        {lead}
      </p>
      {children}
      <Failure text={failure} />
      <div class={styles.actions}>
        <Button onClick={() => dialog.current?.close()} autoFocus={children === undefined}>
          {cancel}
        </Button>
        <Button variant={danger ? 'danger' : 'primary'} disabled={busy} onClick={() => void run(onConfirm)}>
          {verb}
        </Button>
      </div>
    </dialog>
  );
}
