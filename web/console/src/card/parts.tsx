import { CaretRightIcon } from '@beckon/ui';
import { isFact } from './classify';
import { List } from './list';
import styles from './parts.module.css';
import { RevealButton, useRevealed } from './reveal';
import { FactRow, FoldRow, nameOf, RowActions } from './row';
import { useCard } from './scope';
import { ItemTable } from './table';
import { Text } from './text';
import { type Branch, type Entry, isBranch } from './tree';
import { words } from './words';

/** Rows drawn of a long run of facts before the first press. */
const AT_FIRST = 12;
/** From this depth on a part opens in place of the card: a fourth indent leaves no room for values. */
const IN_PLACE = 4;
/** Rows that sections may unfold to by themselves: what paints at once. Later sections start folded. */
const UNFOLDED_ROWS = 60;

/** The whole card, or the part it was narrowed to: facts first, then a section for each object or list. */
export function Overview({ root }: { root: Branch }) {
  const facts = root.entries.filter((entry) => isFact(entry.node));
  const sections = root.entries.filter((entry) => !isFact(entry.node));
  const { shown, rest, more } = useRevealed(`${root.path} facts`, facts, AT_FIRST);
  let rows = 0;
  return (
    <>
      {shown.length > 0 && (
        <div class={styles.facts}>
          {shown.map((entry) => (
            <FactRow key={entry.key} entry={entry} parent={root} />
          ))}
          {rest > 0 && <RevealButton label={words.showMore(rest)} onPress={more} />}
        </div>
      )}
      {sections.map((entry) => {
        rows += isBranch(entry.node) ? Math.min(entry.node.entries.length, AT_FIRST) + 1 : 1;
        return <Section key={entry.key} entry={entry} parent={root} openAtFirst={rows <= UNFOLDED_ROWS} />;
      })}
    </>
  );
}

/** Everything of a list or an object that has no facts beside it: the card narrowed to a list. */
export function Contents({ branch, level }: { branch: Branch; level: number }) {
  const { format } = useCard();
  const shown = format.classifyNode(branch);
  switch (shown.as) {
    case 'chips':
    case 'list':
      return <List branch={branch} as={shown.as} />;
    case 'table':
      return <ItemTable branch={branch} opened={(item) => <Members branch={item} level={level + 1} />} />;
    default:
      return <Members branch={branch} level={level} />;
  }
}

/** An object or a list of the first depth, under its own heading. */
function Section({ entry, parent, openAtFirst }: { entry: Entry; parent: Branch; openAtFirst: boolean }) {
  const { view, format } = useCard();
  const { node } = entry;
  if (!isBranch(node)) return null;
  const open = view.opened(node.path, openAtFirst);
  const name = nameOf(entry, parent);
  return (
    <section class={styles.section} aria-label={name}>
      <div class={styles.heading} data-row data-path={node.path}>
        <h3 class={styles.title}>
          <button
            type="button"
            class={styles.stop}
            data-stop
            data-fold
            aria-expanded={open.value}
            onClick={() => {
              open.value = !open.value;
            }}
          >
            <CaretRightIcon size={14} class={(open.value ? styles.turned : styles.caret) ?? ''} />
            <Text text={name} />
          </button>
        </h3>
        {!open.value && <span class={styles.summary}>{format.summary(node, view.now.peek())}</span>}
        <RowActions node={node} label={name} />
      </div>
      {open.value && (
        <div class={styles.content} data-children={node.path}>
          <Contents branch={node} level={2} />
        </div>
      )}
    </section>
  );
}

/** The members of an object or a mixed list in the order sent, objects and lists among them folded. */
export function Members({ branch, level }: { branch: Branch; level: number }) {
  const { shown, rest, more } = useRevealed(`${branch.path} members`, branch.entries, AT_FIRST);
  return (
    <>
      {shown.map((entry) => (
        <Member key={entry.key} entry={entry} parent={branch} level={level} />
      ))}
      {rest > 0 && <RevealButton label={words.showMore(rest)} onPress={more} />}
    </>
  );
}

function Member({ entry, parent, level }: { entry: Entry; parent: Branch; level: number }) {
  const { view, format } = useCard();
  const { node } = entry;
  const shown = format.classify(entry, parent);
  if (!isBranch(node) || (shown.as !== 'section' && shown.as !== 'table')) {
    return <FactRow entry={entry} parent={parent} />;
  }
  const label = nameOf(entry, parent);
  if (level >= IN_PLACE) {
    return <FoldRow node={node} label={label} open={undefined} onToggle={() => view.goTo(node.path)} />;
  }
  const open = view.opened(node.path, false);
  return (
    <>
      <FoldRow
        node={node}
        label={label}
        open={open.value}
        onToggle={() => {
          open.value = !open.value;
        }}
      />
      {open.value && (
        <div class={styles.nested} data-children={node.path}>
          <Contents branch={node} level={level + 1} />
        </div>
      )}
    </>
  );
}
