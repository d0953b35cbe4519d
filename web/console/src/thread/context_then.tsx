import { ClockCounterClockwiseIcon } from '@beckon/ui';
import { text } from '../locales/en';
import styles from './context_then.module.css';

/**
 * Turns the card to what it showed when this happened. Seen while what is marked `data-then` around it is pointed at or holds
 * the focus.
 */
export function ContextThen(props: {
  position: number;
  /** Milliseconds. */
  at: number;
  onThen: (position: number, at: number) => void;
  /** Lies over the end of its row, which has no room to give. */
  over?: boolean;
}) {
  return (
    <button
      type="button"
      class={props.over ? `${styles.then} ${styles.over}` : styles.then}
      onClick={() => props.onThen(props.position, props.at)}
    >
      <ClockCounterClockwiseIcon size={14} />
      {text.contextThen}
    </button>
  );
}
