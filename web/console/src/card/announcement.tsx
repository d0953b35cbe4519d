import { useEffect, useRef } from 'preact/hooks';
import styles from './announcement.module.css';
import { labelOf } from './label';
import { useCard } from './scope';
import type { Branch } from './tree';
import type { CardView } from './view';
import { words } from './words';

/** A screen reader hears of changes at most this often, milliseconds. */
const ANNOUNCE_EVERY = 5000;
/** How long the word about a copy stands, milliseconds. */
const NOTICE_FOR = 1600;

/** What was just copied, seen for a moment; and everything a screen reader is told. */
export function Notice() {
  const { view } = useCard();
  const notice = view.notice.value;
  useEffect(() => {
    if (notice === '') return;
    const timer = setTimeout(() => {
      view.notice.value = '';
    }, NOTICE_FOR);
    return () => clearTimeout(timer);
  }, [notice]);
  return (
    <div class={styles.place}>
      {notice !== '' && (
        <p class={styles.notice} aria-hidden="true">
          {notice}
        </p>
      )}
      <p class="bk-spoken" role="status" aria-live="polite">
        {view.announcement.value}
      </p>
    </div>
  );
}

/** Gathers what changed and says it, with a pause after each; nothing while the card shows another time. */
export function useAnnouncements(
  view: CardView,
  before: Branch | undefined,
  after: Branch | undefined,
  live: boolean,
): void {
  const waiting = useRef(new Set<string>());
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => {
    if (!before || !after || before === after || !live) return;
    const old = new Map(before.entries.map((entry) => [entry.key, entry.node]));
    for (const { key, node } of after.entries) {
      if (old.get(key) !== node) waiting.current.add(labelOf(key));
      old.delete(key);
    }
    for (const key of old.keys()) waiting.current.add(labelOf(key));
    if (timer.current === undefined) say();
  }, [after]);
  useEffect(() => () => clearTimeout(timer.current), []);

  const say = () => {
    timer.current = undefined;
    if (waiting.current.size === 0) return;
    const labels = [...waiting.current];
    waiting.current.clear();
    view.announcement.value = labels.length > 4 ? words.updated : words.changed(labels.join(', '));
    timer.current = setTimeout(say, ANNOUNCE_EVERY);
  };
}
