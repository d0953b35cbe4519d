import { text } from '../locales/en';
import styles from './thread.module.css';
import type { Pending } from './timeline';

interface NotSentProps {
  message: Pending;
  onRetry: (clientId: string) => void;
  onDelete: (clientId: string) => void;
}

/** *Not sent · Try again · Delete*, with the reason. */
export function NotSent({ message, onRetry, onDelete }: NotSentProps) {
  return (
    <p class={`${styles.foot} ${styles.footFailed}`} role="alert">
      <span>
        {text.notSent}
        {message.reason !== null && ` (${message.reason})`}
      </span>
      <button type="button" class={styles.act} onClick={() => onRetry(message.clientId)}>
        {text.tryAgain}
      </button>
      <button type="button" class={styles.act} onClick={() => onDelete(message.clientId)}>
        {text.delete}
      </button>
    </p>
  );
}
