import { CaretRightIcon, SlidersHorizontalIcon, timeOfDay } from '@beckon/ui';
import { useMemo, useState } from 'preact/hooks';
import { type Change, changesBetween } from '../card/diff';
import { Format, shorten } from '../card/format';
import { labelOf } from '../card/label';
import { Masked } from '../card/mask';
import { namesOf } from '../card/names';
import { parseContext } from '../card/tree';
import { now } from '../clock';
import { text } from '../locales/en';
import styles from './context_line.module.css';
import type { ContextRow } from './context_rows';
import { ContextThen } from './context_then';

/** Changes told while the row is folded. */
const TOLD = 2;
/** Longest value in the folded row, and in a line of the open one. */
const TOLD_TEXT = 32;
const LINE_TEXT = 400;
/** Lines of an open row at most: a first write may hold hundreds of keys, and the card shows them better. */
const LINES = 40;

/** The folded row says only that a secret changed, whatever was revealed below it. */
const VEILED = new Format(text.locale, { allowed: new Set() }, (node) => node.sensitive);

interface ContextLineProps {
  row: ContextRow;
  onThen: (position: number, at: number) => void;
}

/** *14:02 · page · Colour Sand → Red, 2 more*: what was written, folded to one line until somebody wants all of it. */
export function ContextLine({ row, onThen }: ContextLineProps) {
  const [open, setOpen] = useState(false);
  const [unveiled, setUnveiled] = useState<ReadonlySet<string>>(new Set());
  const { root, changes } = useMemo(() => partsOf(row), [row.position, row.key, row.beside]);
  const format = useMemo(
    () => new Format(text.locale, { allowed: new Set() }, (node) => node.sensitive && !unveiled.has(node.path)),
    [unveiled],
  );
  const named = (change: Change) =>
    [...namesOf(change.above, root), ...namesOf([change.entry], change.parent)].join(' › ');
  const told = changes.slice(0, TOLD).map((change) => wordsOf(change, named(change)));
  told.push(...row.ignored.slice(0, TOLD - told.length).map((key) => `${labelOf(key)} ${text.keptLocked}`));
  const rest = changes.length + row.ignored.length - told.length;
  if (rest > 0) told.push(text.moreChanges(rest));
  return (
    <div class={styles.row} data-context-row>
      <div class={styles.head} data-then>
        <button type="button" class={styles.fold} aria-expanded={open} onClick={() => setOpen(!open)}>
          <SlidersHorizontalIcon size={16} />
          <span class={styles.told}>
            <time dateTime={new Date(row.at).toISOString()}>{timeOfDay(row.at, text.locale)}</time> ·{' '}
            {text.sources[row.source]}
            {row.pages.length > 0 && (
              <>
                {' '}
                <bdi>{row.pages.slice(0, TOLD).join(', ')}</bdi>
              </>
            )}
            {row.guessed && `, ${text.bestGuess}`} · <bdi>{told.join(', ')}</bdi>
          </span>
          <CaretRightIcon size={12} class={(open ? styles.turned : styles.caret) ?? ''} />
        </button>
        <ContextThen position={row.position} at={row.at} onThen={onThen} over />
      </div>
      {open && (
        <ul class={styles.lines}>
          {changes.slice(0, LINES).map((change) => (
            <li key={`${change.kind} ${change.entry.node.path}`}>
              <Line
                change={change}
                name={named(change)}
                format={format}
                onReveal={(path) => setUnveiled(new Set([...unveiled, path]))}
              />
            </li>
          ))}
          {changes.length > LINES && <li>{text.moreChanges(changes.length - LINES)}</li>}
          {row.ignored.map((key) => (
            <li key={`ignored ${key}`}>
              <bdi>{labelOf(key)}</bdi> <span>{text.keptLocked}</span>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

/** The net change as a difference of two contexts that hold the keys it names, and what their amounts are shown by. */
function partsOf(row: ContextRow) {
  const text = (end: 'from' | 'to') => {
    const members = row.changes.flatMap((change) => {
      const json = change[end];
      return json === null ? [] : [`${JSON.stringify(change.key)}:${json}`];
    });
    const beside = members.length === 0 ? row.beside.slice(1) : row.beside;
    return `{${members.join(',')}${beside}}`;
  };
  const [before, after] = [parseContext(text('from')), parseContext(text('to'))];
  // What the server stored is JSON; a row of something else says only when it was.
  if (!before || !after) return { root: { ...EMPTY }, changes: [] };
  return { root: after, changes: changesBetween(before, after).list };
}

const EMPTY = {
  kind: 'object',
  path: '',
  source: '{}',
  text: '{}',
  entries: [],
  name: '',
  around: undefined,
  denomination: undefined,
  otherwise: false,
  amount: undefined,
  sensitive: false,
  guarded: false,
} as const;

/** *Colour Sand → Red*, *+ Colour Red*, *− Colour*. */
function wordsOf(change: Change, name: string): string {
  const value = (of: Pick<Change, 'entry' | 'parent'>) =>
    shorten(VEILED.text(VEILED.classify(of.entry, of.parent), of.entry.node, now.peek()), TOLD_TEXT);
  if (change.kind === 'removed') return `− ${name}`;
  if (change.kind === 'added') return `+ ${name} ${value(change)}`;
  return change.was ? `${name} ${value(change.was)} → ${value(change)}` : name;
}

interface LineProps {
  change: Change;
  name: string;
  format: Format;
  onReveal: (path: string) => void;
}

/** One path: old → new, + what came, − what went. */
function Line({ change, name, format, onReveal }: LineProps) {
  const { entry, parent, was, kind } = change;
  const value = (of: Pick<Change, 'entry' | 'parent'>) => (
    <bdi>{shorten(format.text(format.classify(of.entry, of.parent), of.entry.node, now.peek()), LINE_TEXT)}</bdi>
  );
  const hidden = format.hidden(entry.node) || (was !== undefined && format.hidden(was.entry.node));
  return (
    <>
      <span aria-hidden="true">{kind === 'added' ? '+ ' : kind === 'removed' ? '− ' : ''}</span>
      <span class="bk-spoken">{text.changeKinds[kind]}</span>
      <bdi class={styles.name}>{name}</bdi>{' '}
      {hidden ? (
        <Masked
          label={name}
          onReveal={() => {
            onReveal(entry.node.path);
          }}
        />
      ) : (
        <>
          {was && (
            <>
              {value(was)}
              <span aria-hidden="true"> → </span>
              <span class="bk-spoken">{text.changedTo}</span>
            </>
          )}
          <span class={kind === 'removed' ? styles.gone : styles.now}>{value({ entry, parent })}</span>
        </>
      )}
    </>
  );
}
