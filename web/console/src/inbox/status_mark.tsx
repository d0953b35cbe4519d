import type { ConversationStatus } from '@beckon/sdk';
import { text } from '../locales/en';
import styles from './status_mark.module.css';

/** A status by shape and word: open ●, waiting ◐, solved ✓, closed ■. */
export function StatusMark({ status }: { status: ConversationStatus }) {
  return (
    <span class={styles.mark}>
      <svg viewBox="0 0 10 10" width="0.625rem" height="0.625rem" aria-hidden="true" fill="currentColor">
        {status === 'OPEN' && <circle cx="5" cy="5" r="4" />}
        {status === 'WAITING' && (
          <>
            <circle cx="5" cy="5" r="3.5" fill="none" stroke="currentColor" />
            <path d="M5 1a4 4 0 0 0 0 8Z" />
          </>
        )}
        {status === 'SOLVED' && (
          <path d="M1.5 5.5 4 8l4.5-6" fill="none" stroke="currentColor" stroke-width="1.5" stroke-linecap="round" />
        )}
        {status === 'CLOSED' && <rect x="1" y="1" width="8" height="8" rx="1" />}
      </svg>
      {text.status[status]}
    </span>
  );
}
