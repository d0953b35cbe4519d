import { CaretRightIcon } from '@beckon/ui';
import { columnRank } from './classify';
import { labelOf } from './label';
import { Members } from './parts';
import { RevealButton, useRevealed } from './reveal';
import { RowActions } from './row';
import { useCard } from './scope';
import styles from './table.module.css';
import { Text } from './text';
import { type Branch, type Entry, isBranch } from './tree';
import { Value } from './value';
import { words } from './words';

/** Lines drawn before the first press. */
const AT_FIRST = 6;
/** Columns at most; the style hides the last ones where the card is narrow. */
const COLUMNS = 4;

/** The keys that get a column: name, quantity and price kept first, then by first appearance; shown in that order. */
export function columnsOf(branch: Branch): string[] {
  const keys = new Set<string>();
  for (const { node } of branch.entries) if (isBranch(node)) for (const entry of node.entries) keys.add(entry.key);
  const order = [...keys];
  const kept = order.map((key, place) => ({ key, place, rank: columnRank(key) }));
  kept.sort((one, other) => one.rank - other.rank || one.place - other.place);
  return kept.slice(0, COLUMNS).map((column) => column.key);
}

function cellOf(item: Branch, key: string): Entry | undefined {
  return item.entries.find((entry) => entry.key === key);
}

/** A list of objects, a cart for instance: a line each, which opens to all of its members. */
export function ItemTable({ branch, level }: { branch: Branch; level: number }) {
  const { format } = useCard();
  const { shown, rest, more } = useRevealed(`${branch.path} lines`, branch.entries, AT_FIRST);
  const columns = columnsOf(branch);
  const numeric = new Set(
    columns.filter((key) =>
      branch.entries.every(({ node }) => {
        const cell = isBranch(node) ? cellOf(node, key) : undefined;
        return !cell || !isBranch(node) || ['number', 'money'].includes(format.classify(cell, node).as);
      }),
    ),
  );
  return (
    <>
      <table class={styles.table}>
        <thead>
          <tr>
            {columns.map((key) => (
              <th key={key} scope="col" class={numeric.has(key) ? styles.number : undefined}>
                <Text text={labelOf(key)} />
              </th>
            ))}
          </tr>
        </thead>
        {shown.map(
          (entry) =>
            isBranch(entry.node) && (
              <Line key={entry.key} entry={entry} item={entry.node} columns={columns} numeric={numeric} level={level} />
            ),
        )}
      </table>
      {rest > 0 && <RevealButton label={words.all(branch.entries.length)} onPress={more} />}
    </>
  );
}

interface LineProps {
  entry: Entry;
  item: Branch;
  columns: readonly string[];
  numeric: ReadonlySet<string>;
  level: number;
}

function Line({ entry, item, columns, numeric, level }: LineProps) {
  const { view } = useCard();
  const open = view.opened(item.path, false);
  const name = `${words.item} ${Number(entry.key) + 1}`;
  return (
    <tbody class={styles.body}>
      <tr class={styles.line} data-row data-path={item.path}>
        {columns.map((key, place) => {
          const cell = cellOf(item, key);
          const content = cell && <Cell cell={cell} item={item} />;
          return (
            <td key={key} class={numeric.has(key) ? styles.number : undefined} data-path={cell?.node.path}>
              {place > 0 ? (
                content
              ) : (
                <span class={styles.first}>
                  <button
                    type="button"
                    class={styles.stop}
                    data-stop
                    data-fold
                    aria-expanded={open.value}
                    aria-label={name}
                    onClick={() => {
                      open.value = !open.value;
                    }}
                  >
                    <CaretRightIcon size={12} class={(open.value ? styles.turned : styles.caret) ?? ''} />
                  </button>
                  <span>{content}</span>
                </span>
              )}
              {place === columns.length - 1 && <RowActions node={item} label={name} />}
            </td>
          );
        })}
      </tr>
      {open.value && (
        <tr data-children={item.path}>
          <td class={styles.opened} colSpan={columns.length}>
            <Members branch={item} level={level + 1} />
          </td>
        </tr>
      )}
    </tbody>
  );
}

function Cell({ cell, item }: { cell: Entry; item: Branch }) {
  const { view, format } = useCard();
  const shown = format.classify(cell, item);
  if (isBranch(cell.node) && shown.as !== 'money') {
    return <span class={styles.summary}>{format.summary(cell.node, view.now.peek())}</span>;
  }
  return (
    <span class={styles.cell}>
      <Value shown={shown} node={cell.node} label={labelOf(cell.key)} brief />
    </span>
  );
}
