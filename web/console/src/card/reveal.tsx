import { FoldedChanges } from './marks';
import styles from './reveal.module.css';
import { useCard } from './scope';
import { ROWS_AT_ONCE } from './view';

/** The members of a list that are drawn now, and how to draw more. */
export function useRevealed<T>(list: string, members: readonly T[], atFirst: number) {
  const revealed = useCard().view.revealed(list, atFirst);
  const shown = members.slice(0, Math.min(revealed.value, members.length));
  const more = () => {
    revealed.value = shown.length + ROWS_AT_ONCE;
  };
  return { shown, rest: members.length - shown.length, more };
}

/** The button that draws the rest, with how many changes wait there. */
export function RevealButton(props: { label: string; onPress: () => void; changes?: number }) {
  return (
    <span class={styles.rest}>
      <button type="button" class={styles.reveal} onClick={props.onPress}>
        {props.label}
      </button>
      <FoldedChanges count={props.changes ?? 0} />
    </span>
  );
}
