import { LockSimpleIcon, PlugIcon, RobotIcon, SealCheckIcon, UserIcon } from '@beckon/ui';
import type { Origin } from './origin';
import styles from './provenance.module.css';
import { words } from './words';

/** Whether there is anything to say: what the page sent is the rule, and goes without a sign. */
export function isMarked(origin: Origin | undefined): boolean {
  return origin !== undefined && (origin.source !== 'page' || origin.locked);
}

/** Where a value came from, when that was not the page, and whether the page may write it. */
export function Provenance({ origin }: { origin: Origin | undefined }) {
  if (!origin || !isMarked(origin)) return null;
  return (
    <span class={styles.marks} data-source={origin.source} data-locked={origin.locked ? '' : undefined}>
      {origin.source !== 'page' && (
        <span class={styles.mark} title={whoSet(origin)}>
          {ICONS[origin.source]}
          <span class="bk-spoken">{whoSet(origin)}</span>
        </span>
      )}
      {origin.locked && (
        <span class={styles.mark} title={words.lockedKey}>
          <LockSimpleIcon size={14} />
          <span class="bk-spoken">{words.lockedKey}</span>
        </span>
      )}
    </span>
  );
}

const ICONS = {
  signed: <SealCheckIcon size={14} />,
  api: <PlugIcon size={14} />,
  bot: <RobotIcon size={14} />,
  agent: <UserIcon size={14} />,
};

/** *A program: CRM*, *The visitor’s page*. */
export function whoSet({ source, author }: Pick<Origin, 'source' | 'author'>): string {
  const door = words.setBy[source];
  return source === 'page' || source === 'signed' || author.name === null ? door : `${door}: ${author.name}`;
}
