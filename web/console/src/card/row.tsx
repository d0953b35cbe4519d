import { CaretRightIcon, CopyIcon, IconButton, LinkIcon, PushPinIcon, PushPinSlashIcon } from '@beckon/ui';
import { useComputed } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import { Details } from './details';
import { List } from './list';
import { FoldedChanges, GutterDot, MarkWords } from './marks';
import { nameOf } from './names';
import type { Origin } from './origin';
import { isMarked, Provenance } from './provenance';
import styles from './row.module.css';
import { useCard } from './scope';
import { Text } from './text';
import { type Branch, type ContextNode, type Entry, isBranch } from './tree';
import { Value } from './value';
import { words } from './words';

/**
 * Copy buttons at the end of a row, there while it is pointed at or holds the focus. Made only then: in a large card they
 * would be most of what is drawn.
 */
export function RowActions({ node, label }: { node: ContextNode; label: string }) {
  const { copy, copyValue, togglePin, pins, view } = useCard();
  const wanted = useComputed(() => view.pointedAt.value === node.path || view.focused.value === node.path);
  if (!wanted.value) return null;
  const pinned = pins.includes(node.path);
  return (
    <span class={styles.actions}>
      {togglePin && (
        <IconButton
          label={`${pinned ? words.unpin : words.pin}: ${label}`}
          class={styles.action ?? ''}
          onClick={() => togglePin(node.path)}
        >
          {pinned ? <PushPinSlashIcon size={16} /> : <PushPinIcon size={16} />}
        </IconButton>
      )}
      <IconButton
        label={`${words.copyValue}: ${label}`}
        class={styles.action ?? ''}
        onClick={() => copyValue(node, words.copiedValue)}
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

interface FactRowProps {
  entry: Entry;
  parent: Branch;
  label?: ComponentChildren;
  /** Where else than in its own place it is shown: what is open there is open there alone. */
  apart?: 'pins' | 'changes' | 'search';
}

/** A label and its value on one line. Pressing the label opens what is known about the value. */
export function FactRow({ entry, parent, label, apart }: FactRowProps) {
  const { view, format, changes, origins } = useCard();
  const valueId = useId();
  const { node } = entry;
  const name = nameOf(entry, parent);
  const shown = format.classify(entry, parent);
  const open = view.details(apart ? `${apart} ${node.path}` : node.path);
  const change = changes.at(node.path);
  const origin = parent.path === '' ? origins.get(entry.key) : undefined;
  const listed =
    isBranch(node) && (shown.as === 'chips' || shown.as === 'list') ? { branch: node, as: shown.as } : undefined;
  return (
    <div
      class={`${styles.row} ${shown.as === 'long' ? styles.tall : ''} ${isMarked(origin) ? styles.marked : ''}`}
      data-row
      data-path={node.path}
    >
      {change && <GutterDot />}
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
        <MarkWords change={change} />
      </div>
      <Provenance origin={origin} />
      <RowActions node={node} label={name} />
      {open.value && <Details node={node} label={name} />}
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
  /** Of a top-level key. */
  origin?: Origin | undefined;
}) {
  const { view, format, changes } = useCard();
  const summaryId = useId();
  const change = changes.at(props.node.path);
  const inside = change || props.open ? 0 : changes.within(props.node.path);
  return (
    <div class={`${styles.row} ${isMarked(props.origin) ? styles.marked : ''}`} data-row data-path={props.node.path}>
      {change && <GutterDot />}
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
        <FoldedChanges count={inside} />
      </button>
      <div class={styles.value} id={summaryId}>
        {!props.open && (
          <span class={styles.summary}>
            <Text text={format.summary(props.node, view.now.peek())} />
          </span>
        )}
        <MarkWords change={change} />
      </div>
      <Provenance origin={props.origin} />
      <RowActions node={props.node} label={props.label} />
    </div>
  );
}
