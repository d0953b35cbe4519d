import { FoldedChanges } from './marks';
import styles from './reveal.module.css';
import { useCard } from './scope';

/** How many more members one press draws at most, so that a list of thousands never freezes the page. */
export const STEP = 200;

/** The members of a list that are drawn now, and how to draw more. */
export function useRevealed<T>(path: string, members: readonly T[], atFirst: number) {
  const revealed = useCard().view.revealed(path, atFirst);
  const shown = members.slice(0, Math.min(revealed.value, members.length));
  const more = () => {
    const wanted = shown.length + STEP;
    // Once all are drawn, later ones join by themselves.
    revealed.value = wanted >= members.length ? Number.POSITIVE_INFINITY : wanted;
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
