import { dateAndTime, pastInstant } from '@beckon/ui';
import { useEffect } from 'preact/hooks';
import { Beside } from './beside';
import styles from './details.module.css';
import { OldText } from './marks';
import type { History, Version } from './origin';
import { useCard } from './scope';
import { type Branch, type ContextNode, type Entry, parseContext, trail } from './tree';
import { words } from './words';

/** Values shown of one key. */
const VALUES = 10;
/** Versions looked through for them before older ones have to be asked for: a key that rarely changes must not cost all. */
const LOOKED_THROUGH = 200;

interface OldValue {
  readonly version: Version;
  /** Undefined where the write removed it. */
  readonly found: { entry: Entry; parent: Branch } | undefined;
}

/**
 * What stood at a path of one top-level key, newest first: one entry for each write that changed it. `now` is the context
 * that the newest version led to.
 */
export function valuesAt(versions: readonly Version[], key: string, path: string, now?: Branch): OldValue[] {
  const values: OldValue[] = [];
  const beside = new Beside(now?.entries.map((entry) => [entry.key, entry.node.source] as const) ?? []);
  const own = new Set([key]);
  for (const version of versions) {
    const members = beside.text(own);
    beside.undo(version.changes);
    // A key that moved was taken away and set again in one write: the last step tells what stood after it.
    const change = version.changes.findLast((one) => one.key === key);
    if (!change) continue;
    const found = change.to === null ? undefined : valueIn(key, change.to, members, path);
    const newer = values.at(-1);
    // The key changed, but not here: this older write is the one that set the value.
    if (newer && newer.found?.entry.node.source === found?.entry.node.source) values.pop();
    else if (values.length === VALUES) break;
    values.push({ version, found });
  }
  // Before the first write that named it there was nothing, which is no value.
  if (values.at(-1)?.found === undefined) values.pop();
  return values;
}

function valueIn(key: string, json: string, beside: string, path: string): OldValue['found'] {
  const root = parseContext(`{${JSON.stringify(key)}:${json}${beside}}`);
  const way = root && trail(root, path);
  const entry = way?.at(-1);
  if (!root || !entry || entry.node.path !== path) return undefined;
  const above = way?.at(-2)?.node;
  return { entry, parent: above && 'entries' in above ? above : root };
}

/** The last values of a row, read when somebody looks. */
export function LastValues({ node, top }: { node: ContextNode; top: string }) {
  const { history } = useCard();
  return history ? <Loaded history={history} node={node} top={top} /> : null;
}

function Loaded({ history, node, top }: { history: History; node: ContextNode; top: string }) {
  const { format, root } = useCard();
  const { versions, phase, complete } = history;
  const values = valuesAt(versions, top, node.path, root);
  const wanting = values.length < VALUES && !complete && versions.length < LOOKED_THROUGH;
  useEffect(() => history.open(), []);
  useEffect(() => {
    if (phase === 'ready' && wanting) history.more();
  }, [phase, wanting, versions.length]);
  return (
    <div class={styles.values}>
      <dt>{words.lastValues}</dt>
      <dd>
        {values.length === 0 ? (
          <p>{phase === 'failed' ? words.historyFailed : phase === 'ready' ? words.noOlderValues : words.loading}</p>
        ) : (
          <ol data-last-values>
            {values.map(({ version, found }) => (
              <li key={version.version}>
                <time dateTime={version.at}>{dateAndTime(pastInstant(version.at), format.locale)}</time>
                <span class={styles.quiet}>{words.sources[version.source]}</span>
                {found ? (
                  <span>
                    <OldText {...found} />
                  </span>
                ) : (
                  <span class={styles.quiet}>{words.removedThen}</span>
                )}
              </li>
            ))}
          </ol>
        )}
      </dd>
    </div>
  );
}
