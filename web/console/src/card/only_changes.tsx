import { isFact, isOneRow } from './classify';
import type { Change } from './diff';
import styles from './hits.module.css';
import { GhostRow } from './marks';
import { namesOf } from './names';
import { RevealButton, useRevealed } from './reveal';
import { FactRow, FoldRow } from './row';
import { useCard } from './scope';
import { Text } from './text';
import { type Branch, isBranch } from './tree';
import { words } from './words';

/** Changes drawn before the first press. */
const AT_FIRST = 50;

/** What changed since this agent's last reply, one row each, with the way to it as its label. */
export function OnlyChanges({ root }: { root: Branch }) {
  const { changes } = useCard();
  const { shown, rest, more } = useRevealed('changes', changes.list, AT_FIRST);
  return (
    <div class={styles.hits} data-only-changes>
      {shown.map((change) => (
        <ChangedRow key={`${change.kind} ${change.entry.node.path}`} change={change} root={root} />
      ))}
      {rest > 0 && <RevealButton label={words.showMore(rest)} onPress={more} />}
    </div>
  );
}

function ChangedRow({ change, root }: { change: Change; root: Branch }) {
  const { view } = useCard();
  const { entry, parent } = change;
  const label = [...namesOf(change.above, root), ...namesOf([entry], parent)].join(' › ');
  if (change.kind === 'removed') return <GhostRow entry={entry} parent={parent} label={label} />;
  const { node } = entry;
  if (!isBranch(node) || isFact(node) || isOneRow(node)) {
    return <FactRow entry={entry} parent={parent} label={<Text text={label} />} apart="changes" />;
  }
  const open = () => {
    view.only.value = false;
    view.goTo(node.path);
  };
  return <FoldRow node={node} label={label} open={undefined} onToggle={open} />;
}
