import { CaretRightIcon } from '@beckon/ui';
import type { ComponentChildren } from 'preact';
import { decimalsOf, padded } from './amount';
import { columnRank, type Shown } from './classify';
import type { Format } from './format';
import { labelOf } from './label';
import { GutterDot, MarkWords, OldText } from './marks';
import { RevealButton, useRevealed } from './reveal';
import { RowActions } from './row';
import { useCard } from './scope';
import styles from './table.module.css';
import { Text } from './text';
import { type Branch, type Entry, isBranch } from './tree';
import { Value } from './value';
import { runOf } from './view';
import { words } from './words';

/** Lines drawn before the first press. */
export const LINES_AT_FIRST = 6;
/** Columns at most; the style hides the last ones where the card is narrow. */
const COLUMNS = 4;
/** Up to here a cell stays on one line, so that an article number is not cut at its hyphen. */
const SHORT_CELL = 14;

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

/** A list of objects, a cart for instance: a line each, which opens to what `opened` makes of it. */
export function ItemTable({ branch, opened }: { branch: Branch; opened: (item: Branch) => ComponentChildren }) {
  const { format, changes } = useCard();
  const lines = changes.standing(branch);
  const { shown, rest, more } = useRevealed(runOf(branch.path, 'lines'), lines, LINES_AT_FIRST);
  const behind = lines
    .slice(shown.length)
    .reduce((sum, { entry, ghostOf }) => sum + (ghostOf ? 1 : changes.within(entry.node.path)), 0);
  const columns = columnsOf(branch);
  const numeric = new Set(
    columns.filter((key) =>
      branch.entries.every(({ node }) => {
        const cell = isBranch(node) ? cellOf(node, key) : undefined;
        return !cell || !isBranch(node) || ['number', 'money'].includes(format.classify(cell, node).as);
      }),
    ),
  );
  const decimals = decimalsIn(branch, columns, format);
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
          ({ entry, ghostOf }) =>
            isBranch(entry.node) &&
            (ghostOf ? (
              <GhostLine key={`ghost ${entry.key}`} item={entry.node} columns={columns} numeric={numeric} />
            ) : (
              <Line
                key={entry.key}
                entry={entry}
                item={entry.node}
                columns={columns}
                numeric={numeric}
                decimals={decimals}
                opened={opened}
              />
            )),
        )}
      </table>
      {rest > 0 && <RevealButton label={words.all(lines.length)} onPress={more} changes={behind} />}
    </>
  );
}

interface LineProps {
  entry: Entry;
  item: Branch;
  columns: readonly string[];
  numeric: ReadonlySet<string>;
  decimals: ReadonlyMap<string, number>;
  opened: (item: Branch) => ComponentChildren;
}

function Line({ entry, item, columns, numeric, decimals, opened }: LineProps) {
  const { view, changes } = useCard();
  const open = view.opened(item.path, false);
  const change = changes.at(item.path);
  const count = changes.within(item.path);
  const name = `${words.item} ${Number(entry.key) + 1}`;
  return (
    <tbody class={styles.body}>
      <tr class={styles.line} data-row data-path={item.path}>
        {columns.map((key, place) => {
          const cell = cellOf(item, key);
          const content = cell && <Cell cell={cell} item={item} decimals={decimals.get(key) ?? 0} />;
          return (
            <td
              key={key}
              class={numeric.has(key) ? styles.number : undefined}
              data-path={cell?.node.path}
              data-label={labelOf(key)}
            >
              {place > 0 ? (
                content
              ) : (
                <span class={styles.first}>
                  {count > 0 && <GutterDot />}
                  <button
                    type="button"
                    class={styles.stop}
                    data-stop
                    data-fold
                    aria-expanded={open.value}
                    aria-label={count > 0 && !change ? `${name}, ${words.changesInside(count)}` : name}
                    onClick={() => {
                      open.value = !open.value;
                    }}
                  >
                    <CaretRightIcon size={12} class={(open.value ? styles.turned : styles.caret) ?? ''} />
                  </button>
                  <span>
                    {content}
                    <MarkWords change={change} />
                  </span>
                  <RowActions node={item} label={name} />
                </span>
              )}
            </td>
          );
        })}
      </tr>
      {open.value && (
        <tr data-children={item.path}>
          <td class={styles.opened} colSpan={columns.length}>
            {opened(item)}
          </td>
        </tr>
      )}
    </tbody>
  );
}

/** A line that was taken out of the list. */
function GhostLine({ item, columns, numeric }: Pick<LineProps, 'item' | 'columns' | 'numeric'>) {
  return (
    <tbody class={styles.body}>
      <tr class={`${styles.line} ${styles.ghost}`} data-ghost={item.path}>
        {columns.map((key, place) => {
          const cell = cellOf(item, key);
          return (
            <td key={key} class={numeric.has(key) ? styles.number : undefined} data-label={labelOf(key)}>
              <span class={place === 0 ? styles.first : undefined}>
                {place === 0 && (
                  <>
                    <GutterDot />
                    <span class={styles.stop} />
                    <span class="bk-spoken">{words.removedSpoken}</span>
                  </>
                )}
                <s>{cell && <OldText entry={cell} parent={item} />}</s>
              </span>
            </td>
          );
        })}
      </tr>
    </tbody>
  );
}

/** A column with more decimals than this holds measurements, not amounts: nothing is gained by zeros behind the others. */
const ALIGNED_DECIMALS = 6;

/** The digits of a value that is read in a column with others. */
function digitsOf(shown: Shown): string | undefined {
  if (shown.as === 'money') return shown.amount;
  return shown.as === 'number' && shown.style !== 'plain' ? shown.digits : undefined;
}

/** The most decimals in each column: *€19.50* stands above *€78.00*, so that the two can be compared. */
function decimalsIn(branch: Branch, columns: readonly string[], format: Format): Map<string, number> {
  const most = new Map<string, number>();
  for (const { node } of branch.entries) {
    if (!isBranch(node)) continue;
    for (const cell of node.entries) {
      if (!columns.includes(cell.key)) continue;
      const decimals = decimalsOf(digitsOf(format.classify(cell, node)) ?? '');
      most.set(cell.key, Math.max(most.get(cell.key) ?? 0, decimals));
    }
  }
  return most;
}

function aligned(shown: Shown, decimals: number): Shown {
  if (decimals > ALIGNED_DECIMALS) return shown;
  if (shown.as === 'money') return { ...shown, amount: padded(shown.amount, decimals) };
  if (shown.as === 'number' && shown.style !== 'plain') return { ...shown, digits: padded(shown.digits, decimals) };
  return shown;
}

function Cell({ cell, item, decimals }: { cell: Entry; item: Branch; decimals: number }) {
  const { view, format, changes } = useCard();
  const change = changes.at(cell.node.path);
  const shown = aligned(format.classify(cell, item), decimals);
  if (isBranch(cell.node) && shown.as !== 'money') {
    return (
      <>
        <span class={styles.summary}>{format.summary(cell.node, view.now.peek())}</span>
        <MarkWords change={change} />
      </>
    );
  }
  return (
    <>
      <span class={cell.node.text.length <= SHORT_CELL ? styles.short : styles.cell}>
        <Value shown={shown} node={cell.node} label={labelOf(cell.key)} brief />
      </span>
      <MarkWords change={change} />
    </>
  );
}
