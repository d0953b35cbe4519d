import { CaretRightIcon } from '@beckon/ui';
import { useEffect, useRef } from 'preact/hooks';
import { labelOf } from './label';
import { Contents, Overview } from './parts';
import styles from './place.module.css';
import { useCard } from './scope';
import { type Branch, type Entry, trail } from './tree';
import type { CardView } from './view';
import { words } from './words';

/** One step out of the part the card was narrowed to; false if it shows the whole. */
export function goUp(view: CardView, root: Branch | undefined): boolean {
  if (view.place.peek() === '' || !root) return false;
  view.goTo(trail(root, view.place.peek()).at(-2)?.node.path ?? '');
  return true;
}

/** The whole card, or the part at the end of `way` in its place, below the way back. */
export function Place({ root, way }: { root: Branch; way: readonly Entry[] }) {
  const here = way.at(-1)?.node;
  if (here?.kind === 'object') {
    return (
      <>
        <Crumbs way={way} />
        <Overview key={here.path} root={here} />
      </>
    );
  }
  if (here?.kind === 'array') {
    return (
      <>
        <Crumbs way={way} />
        <div class={styles.contents}>
          <Contents key={here.path} branch={here} level={1} />
        </div>
      </>
    );
  }
  return <Overview root={root} />;
}

/** The way back from a part that opened in place of the card. */
function Crumbs({ way }: { way: readonly Entry[] }) {
  const { view } = useCard();
  const bar = useRef<HTMLElement>(null);
  const path = way.at(-1)?.node.path;
  useEffect(() => {
    bar.current?.scrollIntoView?.({ block: 'nearest' });
    bar.current?.querySelector<HTMLElement>('[aria-current]')?.focus();
  }, [path]);
  return (
    <nav class={styles.crumbs} aria-label={words.wayBack} ref={bar}>
      <ol>
        <li>
          <button type="button" class={styles.crumb} onClick={() => view.goTo('')}>
            {words.title}
          </button>
        </li>
        {way.map((entry) => (
          <li key={entry.node.path}>
            <CaretRightIcon size={12} />
            <button
              type="button"
              class={styles.crumb}
              aria-current={entry.node.path === path ? 'page' : undefined}
              onClick={() => view.goTo(entry.node.path)}
            >
              {crumbOf(entry)}
            </button>
          </li>
        ))}
      </ol>
    </nav>
  );
}

function crumbOf(entry: Entry): string {
  return entry.node.path.endsWith(`[${entry.key}]`) ? `${words.item} ${Number(entry.key) + 1}` : labelOf(entry.key);
}
