import { CaretRightIcon } from '@beckon/ui';
import { isFact, isOneRow } from './classify';
import type { Changes, Standing } from './diff';
import type { Format } from './format';
import { labelOf } from './label';
import { List } from './list';
import { FoldedChanges, GhostRow, GutterDot, MarkWords } from './marks';
import { Mask } from './mask';
import { nameOf, namesOf } from './names';
import styles from './parts.module.css';
import { Provenance } from './provenance';
import { RevealButton, useRevealed } from './reveal';
import { FactRow, FoldRow, RowActions } from './row';
import { useCard } from './scope';
import { ItemTable, LINES_AT_FIRST } from './table';
import { Text } from './text';
import { type Branch, type ContextNode, type Entry, isBranch, trail } from './tree';
import { runOf } from './view';
import { words } from './words';

/** Rows drawn of a long run of facts before the first press. */
const AT_FIRST = 12;
/** From this depth on a part opens in place of the card: a fourth indent leaves no room for values. */
const IN_PLACE = 4;
/** Rows that sections may unfold to by themselves: what paints at once. Later sections start folded. */
const UNFOLDED_ROWS = 60;
/** Sections drawn before the first press: as many as a context has keys at most, but a part of it may have thousands. */
const SECTIONS_AT_FIRST = 256;
/** Tables open by themselves within one part. */
const OPEN_TABLES = 3;

/** The whole card, or the part it was narrowed to: pinned rows, facts, then a section for each object or list. */
export function Overview({ root }: { root: Branch }) {
  const { changes, pins, format } = useCard();
  const rows = changes.standing(root);
  // A pinned fact of the top stands above instead; one from deeper stands in both places, so that no part has a hole.
  const raised = (entry: Entry) => root.path === '' && pins.includes(entry.node.path);
  const facts = rows.filter(({ entry }) => isFact(entry.node) && !raised(entry));
  const { shown, rest, more } = useRevealed(runOf(root.path, 'facts'), facts, AT_FIRST);
  const sections = useRevealed(
    runOf(root.path, 'sections'),
    rows.filter(({ entry }) => !isFact(entry.node)),
    SECTIONS_AT_FIRST,
  );
  const behind = facts.slice(shown.length).reduce((sum, row) => sum + changesIn(row, changes), 0);
  let drawn = 0;
  return (
    <>
      {root.path === '' && <Pinned root={root} />}
      {shown.length > 0 && (
        <div class={styles.facts}>
          {shown.map(({ entry, ghostOf }) =>
            ghostOf ? (
              <GhostRow key={`ghost ${entry.key}`} entry={entry} parent={ghostOf} />
            ) : (
              <FactRow key={entry.key} entry={entry} parent={root} />
            ),
          )}
          {rest > 0 && <RevealButton label={words.showMore(rest)} onPress={more} changes={behind} />}
        </div>
      )}
      {sections.shown.map(({ entry, ghostOf }) => {
        if (ghostOf) {
          return (
            <div key={`ghost ${entry.key}`} class={styles.section}>
              <GhostRow entry={entry} parent={ghostOf} />
            </div>
          );
        }
        drawn += rowsOf(entry.node, format);
        return <Section key={entry.key} entry={entry} parent={root} openAtFirst={drawn <= UNFOLDED_ROWS} />;
      })}
      {sections.rest > 0 && <RevealButton label={words.showMore(sections.rest)} onPress={sections.more} />}
    </>
  );
}

/** Lists of objects within a part: a cart one level down is as open as one at the top. */
function tablesIn(branch: Branch, format: Format): readonly Entry[] {
  if (branch.kind !== 'object') return [];
  const tables = branch.entries.filter(
    (entry) => isBranch(entry.node) && format.classify(entry, branch).as === 'table',
  );
  return tables.slice(0, OPEN_TABLES);
}

/** How many rows a section draws when it is open. */
function rowsOf(node: ContextNode, format: Format): number {
  if (!isBranch(node)) return 1;
  const inTables = tablesIn(node, format).length * LINES_AT_FIRST;
  return Math.min(node.entries.length, AT_FIRST) + 1 + inTables;
}

/** How many changes stand in a row that is not drawn. */
function changesIn({ entry, ghostOf }: Standing, changes: Changes): number {
  return ghostOf ? 1 : changes.within(entry.node.path);
}

/** What agents want to see first, whatever else the site sends; a path that is not there now is left out. */
function Pinned({ root }: { root: Branch }) {
  const { pins, view, origins } = useCard();
  const found = pins.flatMap((path) => {
    const way = trail(root, path);
    return way.at(-1)?.node.path === path ? [way] : [];
  });
  if (found.length === 0) return null;
  return (
    <div class={styles.facts} data-pins>
      {found.map((way) => {
        const entry = way[way.length - 1] as Entry;
        const above = way.at(-2)?.node;
        const parent = above && isBranch(above) ? above : root;
        const label = namesOf(way, root).join(' › ');
        const { node } = entry;
        if (isFact(node) || !isBranch(node) || isOneRow(node)) {
          return <FactRow key={node.path} entry={entry} parent={parent} label={<Text text={label} />} apart="pins" />;
        }
        return (
          <FoldRow
            key={node.path}
            node={node}
            label={label}
            open={undefined}
            onToggle={() => view.goTo(node.path)}
            origin={parent === root ? origins.get(entry.key) : undefined}
          />
        );
      })}
    </div>
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
    case 'masked':
      return <Mask node={branch} label={labelOf(branch.path)} />;
    case 'table':
      return <ItemTable branch={branch} opened={(item) => <Members branch={item} level={level + 1} />} />;
    default:
      return <Members branch={branch} level={level} />;
  }
}

/** An object or a list of the first depth, under its own heading. */
function Section({ entry, parent, openAtFirst }: { entry: Entry; parent: Branch; openAtFirst: boolean }) {
  const { view, format, changes, origins } = useCard();
  const { node } = entry;
  if (!isBranch(node)) return null;
  const open = view.opened(node.path, openAtFirst);
  const name = nameOf(entry, parent);
  const change = changes.at(node.path);
  return (
    <section class={styles.section} aria-label={name}>
      <div class={styles.heading} data-row data-path={node.path}>
        {change && <GutterDot />}
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
        {!open.value && !change && <FoldedChanges count={changes.within(node.path)} />}
        <span class={styles.summary}>{!open.value && format.summary(node, view.now.peek())}</span>
        <Provenance origin={parent.path === '' ? origins.get(entry.key) : undefined} />
        <RowActions node={node} label={name} />
      </div>
      <MarkWords change={change} />
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
  const { changes, format } = useCard();
  const rows = changes.standing(branch);
  const { shown, rest, more } = useRevealed(runOf(branch.path, 'members'), rows, AT_FIRST);
  const open = level === 2 ? tablesIn(branch, format) : [];
  const behind = rows.slice(shown.length).reduce((sum, row) => sum + changesIn(row, changes), 0);
  return (
    <>
      {shown.map(({ entry, ghostOf }) =>
        ghostOf ? (
          <GhostRow key={`ghost ${entry.key}`} entry={entry} parent={ghostOf} />
        ) : (
          <Member key={entry.key} entry={entry} parent={branch} level={level} openAtFirst={open.includes(entry)} />
        ),
      )}
      {rest > 0 && <RevealButton label={words.showMore(rest)} onPress={more} changes={behind} />}
    </>
  );
}

function Member(props: { entry: Entry; parent: Branch; level: number; openAtFirst: boolean }) {
  const { entry, parent, level, openAtFirst } = props;
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
  const open = view.opened(node.path, openAtFirst);
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
