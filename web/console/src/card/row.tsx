import { CaretRightIcon, CopyIcon, IconButton, LinkIcon } from '@beckon/ui';
import { useComputed } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import { labelOf } from './label';
import { List } from './list';
import styles from './row.module.css';
import { useCard } from './scope';
import { Text } from './text';
import { type Branch, type ContextNode, type Entry, isBranch } from './tree';
import { Value } from './value';
import { words } from './words';

/** The readable name of a member: its key, or its place in a list. */
export function nameOf(entry: Entry, parent: Branch): string {
  return parent.kind === 'array' ? `${words.item} ${Number(entry.key) + 1}` : labelOf(entry.key);
}

/**
 * Copy buttons at the end of a row, there while it is pointed at or holds the focus. Made only then: in a large card they
 * would be most of what is drawn.
 */
export function RowActions({ node, label }: { node: ContextNode; label: string }) {
  const { copy, view } = useCard();
  const wanted = useComputed(() => view.pointedAt.value === node.path || view.focused.value === node.path);
  if (!wanted.value) return null;
  return (
    <span class={styles.actions}>
      <IconButton
        label={`${words.copyValue}: ${label}`}
        class={styles.action ?? ''}
        onClick={() => copy(node.text, words.copiedValue)}
      >
        <CopyIcon size={16} />
      </IconButton>
      <IconButton
        label={`${words.copyPath}: ${label}`}
        class={styles.action ?? ''}
        onClick={() => copy(node.path, words.copiedPath)}
      >
        <LinkIcon size={16} />
      </IconButton>
    </span>
  );
}

/** A label and its value on one line. Pressing the label opens what is known about the value. */
export function FactRow({ entry, parent, label }: { entry: Entry; parent: Branch; label?: ComponentChildren }) {
  const { view, format } = useCard();
  const valueId = useId();
  const { node } = entry;
  const name = nameOf(entry, parent);
  const shown = format.classify(entry, parent);
  const open = view.details(node.path);
  const listed =
    isBranch(node) && (shown.as === 'chips' || shown.as === 'list') ? { branch: node, as: shown.as } : undefined;
  return (
    <div class={`${styles.row} ${shown.as === 'long' ? styles.tall : ''}`} data-row data-path={node.path}>
      <button
        type="button"
        class={styles.label}
        data-stop
        aria-expanded={open.value}
        aria-describedby={valueId}
        onClick={() => {
          open.value = !open.value;
        }}
      >
        {label ?? <Text text={name} />}
      </button>
      <div class={styles.value} id={valueId}>
        {listed ? <List {...listed} /> : <Value shown={shown} node={node} label={name} />}
      </div>
      <RowActions node={node} label={name} />
      {open.value && <Details node={node} label={name} />}
    </div>
  );
}

function typeOf(node: ContextNode): string {
  if (isBranch(node)) return words.types[node.kind](node.entries.length);
  return node.kind === 'text' ? words.types.text(Array.from(node.text).length) : words.types[node.kind];
}

/** Path, type and the full value, with copies of both: on touch the only place for them. */
function Details({ node, label }: { node: ContextNode; label: string }) {
  const { copy } = useCard();
  return (
    <div class={styles.details} data-details={node.path}>
      <dl class={styles.known}>
        <dt>{words.path}</dt>
        <dd class={styles.code}>
          <Text text={node.path} />
        </dd>
        <dt>{words.type}</dt>
        <dd>{typeOf(node)}</dd>
        <dt>{words.value}</dt>
        <dd class={styles.code}>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard */}
          {/* biome-ignore lint/a11y/useSemanticElements: a fieldset groups controls, this groups text */}
          <div class={styles.whole} tabIndex={0} role="group" aria-label={`${words.value}: ${label}`}>
            <Text text={node.text} />
          </div>
        </dd>
      </dl>
      <div class={styles.copies}>
        <button type="button" class={styles.copy} onClick={() => copy(node.text, words.copiedValue)}>
          {words.copyValue}
        </button>
        <button type="button" class={styles.copy} onClick={() => copy(node.path, words.copiedPath)}>
          {words.copyPath}
        </button>
      </div>
    </div>
  );
}

/** The line of a folded part: its name, its first values, and a caret that turns. */
export function FoldRow(props: {
  node: Branch;
  label: string;
  /** `undefined` when the part opens in place of the card. */
  open: boolean | undefined;
  onToggle: () => void;
}) {
  const { view, format } = useCard();
  const summaryId = useId();
  return (
    <div class={styles.row} data-row data-path={props.node.path}>
      <button
        type="button"
        class={`${styles.label} ${styles.fold}`}
        data-stop
        data-fold
        aria-expanded={props.open}
        aria-describedby={summaryId}
        onClick={props.onToggle}
      >
        <Text text={props.label} />
        <CaretRightIcon size={14} class={props.open ? (styles.turned ?? '') : (styles.caret ?? '')} />
      </button>
      <div class={`${styles.value} ${styles.summary}`} id={summaryId}>
        {props.open ? null : <Text text={format.summary(props.node, view.now.peek())} />}
      </div>
      <RowActions node={props.node} label={props.label} />
    </div>
  );
}
