import styles from './mask.module.css';
import { useCard } from './scope';
import { MASK } from './sensitive';
import type { ContextNode } from './tree';
import { words } from './words';

/** What stands for a value named like a secret, and the button that shows it for as long as this view lasts. */
export function Mask({ node, label }: { node: ContextNode; label: string }) {
  const { view } = useCard();
  return <Masked label={label} onReveal={() => view.unveil(node.path)} />;
}

export function Masked({ label, onReveal }: { label: string; onReveal: () => void }) {
  return (
    <span class={styles.mask}>
      <span aria-hidden="true">{MASK}</span>
      <span class="bk-spoken">{words.sensitive}</span>
      <button type="button" class={styles.reveal} aria-label={`${words.reveal}: ${label}`} onClick={onReveal}>
        {words.reveal}
      </button>
    </span>
  );
}
