import styles from './hits.module.css';
import { RevealButton, useRevealed } from './reveal';
import { FactRow } from './row';
import { MarkedQuery, useCard } from './scope';
import { type Hit, search } from './search';
import { Text } from './text';
import type { Branch } from './tree';
import { words } from './words';

/** Hits drawn before the first press. */
const AT_FIRST = 50;

/** What the search found: one row a value, whatever is folded, with the way to it as its label. */
export function Hits({ root, query }: { root: Branch; query: string }) {
  const { format, view } = useCard();
  const hits = search(root, query, format, view.now.peek());
  const { shown, rest, more } = useRevealed(`hits ${query}`, hits, AT_FIRST);
  return (
    <div class={styles.hits}>
      <p class={styles.count} role="status">
        {hits.length === 0 ? words.noHits(query.trim()) : words.hits(hits.length)}
      </p>
      <MarkedQuery.Provider value={query}>
        {shown.map((hit) => (
          <FactRow key={hit.entry.node.path} entry={hit.entry} parent={hit.parent} label={<Way hit={hit} />} />
        ))}
      </MarkedQuery.Provider>
      {rest > 0 && <RevealButton label={words.showMore(rest)} onPress={more} />}
    </div>
  );
}

function Way({ hit }: { hit: Hit }) {
  const above = hit.labels.slice(0, -1);
  return (
    <>
      {above.map((label, depth) => (
        <span key={depth}>
          <Text text={label} />
          {' › '}
        </span>
      ))}
      <Text text={hit.labels[hit.labels.length - 1] ?? hit.entry.key} />
    </>
  );
}
