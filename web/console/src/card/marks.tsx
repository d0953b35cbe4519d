import { Dot } from '@beckon/ui';
import type { Change } from './diff';
import { shorten } from './format';
import { labelOf } from './label';
import styles from './marks.module.css';
import { useCard } from './scope';
import { Text } from './text';
import { type Branch, type Entry, isBranch } from './tree';
import { words } from './words';

/** As much of an old value as is read beside the new one, in characters. */
const WAS_TEXT = 160;

/** The dot in the gutter. The words beside the value say the same, so it says nothing itself. */
export function GutterDot() {
  return <span class={styles.gutter} data-changed aria-hidden="true" />;
}

/** A dot with how many changes a folded part holds. */
export function FoldedChanges({ count }: { count: number }) {
  return count === 0 ? null : (
    <span class={styles.folded} data-changed>
      <Dot label={words.changesInside(count)} count={count} />
    </span>
  );
}

/** *new*, or *was ~~Sand~~* on a line of its own. */
export function MarkWords({ change }: { change: Change | undefined }) {
  if (!change) return null;
  // A space, and no margin: when the word begins a line, it begins where the others do.
  if (!change.was) return <span class={styles.isNew}> {words.isNew}</span>;
  return <Was {...change.was} />;
}

function Was({ entry, parent }: { entry: Entry; parent: Branch }) {
  return (
    <span class={styles.was}>
      <span class="bk-spoken">{words.changedSpoken}</span>
      {words.was}{' '}
      <s>
        <OldText entry={entry} parent={parent} />
      </s>
    </span>
  );
}

/** A value that is no longer there, as one run of text. */
export function OldText({ entry, parent }: { entry: Entry; parent: Branch }) {
  const { view, format } = useCard();
  return <Text text={shorten(format.text(format.classify(entry, parent), entry.node, view.now.peek()), WAS_TEXT)} />;
}

/** The row of something that was removed. It can neither be opened nor copied: it is a memory. */
export function GhostRow({ entry, parent, label }: { entry: Entry; parent: Branch; label?: string }) {
  const item = parent.kind === 'array' ? `${words.item} ${Number(entry.key) + 1}` : labelOf(entry.key);
  return (
    <div class={styles.ghost} data-ghost={entry.node.path}>
      <GutterDot />
      <span class={styles.ghostLabel}>
        <span class="bk-spoken">{words.removedSpoken}</span>
        <s>
          <Text text={label ?? item} />
        </s>
      </span>
      <span class={styles.ghostValue}>
        <s>{isBranch(entry.node) ? <GhostSummary branch={entry.node} /> : <OldText entry={entry} parent={parent} />}</s>
      </span>
    </div>
  );
}

function GhostSummary({ branch }: { branch: Branch }) {
  const { view, format } = useCard();
  return <Text text={format.text(format.classifyNode(branch), branch, view.now.peek())} />;
}
