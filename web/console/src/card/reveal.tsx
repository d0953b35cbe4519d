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

/** The button that draws the rest; nothing when nothing is left. */
export function RevealButton({ label, onPress }: { label: string; onPress: () => void }) {
  return (
    <button type="button" class={styles.reveal} onClick={onPress}>
      {label}
    </button>
  );
}
