import styles from './list.module.css';
import { RevealButton, useRevealed } from './reveal';
import { useCard } from './scope';
import type { Branch } from './tree';
import { Value } from './value';
import { runOf } from './view';
import { words } from './words';

/** Items drawn before the first press. */
const AT_FIRST = 8;

/** Plain values side by side as chips, or below one another when one of them is long. */
export function List({ branch, as }: { branch: Branch; as: 'chips' | 'list' }) {
  const { format } = useCard();
  const { shown, rest, more } = useRevealed(runOf(branch.path, 'items'), branch.entries, AT_FIRST);
  return (
    <ul class={as === 'chips' ? styles.chips : styles.list}>
      {shown.map((entry) => {
        const name = `${words.item} ${Number(entry.key) + 1}`;
        const kind = format.classify(entry, branch);
        return (
          <li
            key={entry.key}
            class={styles.item}
            data-path={entry.node.path}
            title={format.hidesIn(entry.node) ? undefined : entry.node.text}
          >
            <Value shown={kind} node={entry.node} label={name} brief={as === 'chips'} />
          </li>
        );
      })}
      {rest > 0 && (
        <li key="rest">
          <RevealButton label={words.plus(rest)} onPress={more} />
        </li>
      )}
    </ul>
  );
}
