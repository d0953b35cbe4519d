import { ClockCounterClockwiseIcon } from '@beckon/ui';
import { text } from '../locales/en';
import styles from './context_then.module.css';

/** Turns the card to what it showed when this happened. Seen while its row is pointed at or holds the focus. */
export function ContextThen(props: {
  position: number;
  /** Milliseconds. */
  at: number;
  onThen: (position: number, at: number) => void;
}) {
  return (
    <button type="button" class={styles.then} onClick={() => props.onThen(props.position, props.at)}>
      <ClockCounterClockwiseIcon size={14} />
      {text.contextThen}
    </button>
  );
}
