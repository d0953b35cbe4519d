import { useEffect, useMemo, useReducer } from 'preact/hooks';
import styles from './hits.module.css';
import { RevealButton, useRevealed } from './reveal';
import { FactRow } from './row';
import { MarkedQuery, useCard } from './scope';
import { type Hit, Search } from './search';
import { Text } from './text';
import type { Branch } from './tree';
import { words } from './words';

/** Hits drawn before the first press. */
const AT_FIRST = 50;

/** What the search found: one row a value, whatever is folded, with the way to it as its label. */
export function Hits({ root, query }: { root: Branch; query: string }) {
  const { hits, done } = useSearch(root, query);
  const { shown, rest, more } = useRevealed(`hits ${query}`, hits, AT_FIRST);
  return (
    <div class={styles.hits}>
      <p class={styles.count} role="status">
        {!done ? words.searching : hits.length === 0 ? words.noHits(query.trim()) : words.hits(hits.length)}
      </p>
      {shown.map((hit) => (
        <MarkedQuery.Provider key={hit.entry.node.path} value={hit.mark}>
          <FactRow entry={hit.entry} parent={hit.parent} label={<Way hit={hit} query={query} />} apart="search" />
        </MarkedQuery.Provider>
      ))}
      {rest > 0 && <RevealButton label={words.showMore(rest)} onPress={more} />}
    </div>
  );
}

/** What was found so far. Another query, or newer values, end the search and begin another. */
function useSearch(root: Branch, query: string): Search {
  const { format, view } = useCard();
  const found = useMemo(() => new Search(root, query, format, view.now.peek()), [root, query, format, view.unveiled]);
  const [steps, stepped] = useReducer((count: number, _: undefined) => count + 1, 0);
  useEffect(() => {
    if (found.done) return;
    const next = setTimeout(() => {
      found.step();
      stepped(undefined);
    });
    return () => clearTimeout(next);
  }, [found, steps]);
  return found;
}

function Way({ hit, query }: { hit: Hit; query: string }) {
  const above = hit.labels.slice(0, -1);
  return (
    <MarkedQuery.Provider value={query}>
      {above.map((label, depth) => (
        <span key={depth}>
          <Text text={label} />
          {' › '}
        </span>
      ))}
      <Text text={hit.labels[hit.labels.length - 1] ?? hit.entry.key} />
    </MarkedQuery.Provider>
  );
}
