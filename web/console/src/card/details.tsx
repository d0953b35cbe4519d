import { dateAndTime, pastInstant } from '@beckon/ui';
import styles from './details.module.css';
import { Mask } from './mask';
import type { Origin } from './origin';
import { whoSet } from './provenance';
import { useCard } from './scope';
import { sentWords } from './sent';
import { Text } from './text';
import { type ContextNode, isBranch, sourceOf } from './tree';
import { LastValues } from './values';
import { words } from './words';

function typeOf(node: ContextNode): string {
  if (isBranch(node)) return words.types[node.kind](node.entries.length);
  return node.kind === 'text' ? words.types.text(Array.from(node.text).length) : words.types[node.kind];
}

/** Path, type, the full value and where it came from, with what can be done: on touch the only place for that. */
export function Details({ node, label }: { node: ContextNode; label: string }) {
  const { copy, copyValue, togglePin, pins, origins, history, format, view } = useCard();
  const origin = origins.get(topKey(node.path));
  return (
    <div class={styles.details} data-details={node.path}>
      <dl class={styles.known}>
        <dt>{words.path}</dt>
        <dd class={styles.code}>
          <Text text={node.path} />
        </dd>
        <dt>{words.type}</dt>
        <dd>{view.hides(node) ? words.sensitive : typeOf(node)}</dd>
        <dt>{words.value}</dt>
        <dd class={styles.code}>
          {view.hides(node) ? (
            <Mask node={node} label={label} />
          ) : (
            // biome-ignore lint/a11y/useSemanticElements: a fieldset groups controls, this groups text
            <div
              class={styles.whole}
              // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
              tabIndex={0}
              role="group"
              aria-label={`${words.value}: ${label}`}
            >
              <Text text={format.hidesIn(node) ? sourceOf(node, view.hides) : node.text} />
            </div>
          )}
        </dd>
        {origin && (
          <>
            <dt>{words.by}</dt>
            <dd>
              <Text text={whoSet(origin)} />
            </dd>
            <dt>{words.when}</dt>
            <dd>
              {dateAndTime(pastInstant(origin.at), format.locale)}
              <Sent origin={origin} />
            </dd>
            <dt>{words.version}</dt>
            <dd>{origin.version}</dd>
          </>
        )}
        {history && <LastValues node={node} top={topKey(node.path)} />}
      </dl>
      <div class={styles.copies}>
        <button type="button" class={styles.copy} onClick={() => copyValue(node, words.copiedValue)}>
          {words.copyValue}
        </button>
        <button type="button" class={styles.copy} onClick={() => copy(node.path, words.copiedPath)}>
          {words.copyPath}
        </button>
        {togglePin && (
          <button type="button" class={styles.copy} onClick={() => togglePin(node.path)}>
            {pins.includes(node.path) ? words.unpin : words.pin}
          </button>
        )}
      </div>
    </div>
  );
}

/** When and where a value was sent, if that was not with the others. */
function Sent({ origin }: { origin: Origin }) {
  const { sent, view, format } = useCard();
  const said = sentWords(origin, sent, view.now.value, format.locale);
  return said === undefined ? null : (
    <span class={styles.sent} data-sent title={origin.page}>
      <Text text={said} />
    </span>
  );
}

/** The key at the top that a path belongs to. */
function topKey(path: string): string {
  const quoted = /^\[("(?:[^"\\]|\\.)*")\]/.exec(path)?.[1];
  if (quoted !== undefined) return String(JSON.parse(quoted));
  return /^[^.[]*/.exec(path)?.[0] ?? '';
}
