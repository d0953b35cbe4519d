import { Button, Dot } from '@beckon/ui';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { text } from '../locales/en';
import { hrefOf } from '../route';
import { FilterBar } from './filter_bar';
import type { Inbox } from './inbox';
import styles from './list.module.css';
import { ListRow } from './list_row';
import { belongs, NO_FILTER, VIEWS, type View } from './rows';
import { useHold } from './use_hold';

/** The next page is asked for this far before the end comes into sight. */
const AHEAD = '600px';
const SKELETON_ROWS = 6;

interface ListProps {
  inbox: Inbox;
  /** What is pinned for a widget. */
  pinsOf: (widget: string) => readonly string[];
  view: View;
  selected: string | null;
  /** Nothing else is on screen: the list is the page. */
  alone: boolean;
}

/** The live list of conversations, in three views. */
export function List({ inbox, pinsOf, view, selected, alone }: ListProps) {
  const { shown: state, phase, reach, filter } = inbox.list(view);
  const counts = inbox.counts.value;
  useEffect(() => inbox.open(view), [inbox, view]);
  const scroll = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    if (scroll.current) scroll.current.scrollTop = inbox.scrolledTo[view];
  }, [inbox, view, filter.value]);
  const reasons = useHold(inbox, view);

  const Pane = alone ? 'main' : 'section';
  const { rows: shown, waiting } = state.value;
  const stop = shown.find((row) => row.conversation === selected)?.conversation ?? shown[0]?.conversation;
  return (
    <Pane class={styles.pane ?? ''} aria-label={text.conversations}>
      {alone && <h1 class="bk-spoken">{text.conversations}</h1>}
      <nav class={styles.tabs} aria-label={text.lists}>
        {VIEWS.map((one) => (
          <a
            key={one}
            class={styles.tab}
            href={hrefOf({ page: 'inbox', view: one, conversation: selected })}
            aria-current={one === view ? 'page' : undefined}
          >
            {text.views[one]}{' '}
            {counts && (
              <span class={styles.count}>
                {counts[one]}
                <span class="bk-spoken"> {text.openOnes}</span>
              </span>
            )}
          </a>
        ))}
      </nav>
      <FilterBar filter={filter.value} onChange={(next) => inbox.narrow(view, next)} />
      <div
        class={styles.held}
        onPointerEnter={(event) => reasons.pointed(event.pointerType === 'mouse')}
        onPointerLeave={() => reasons.pointed(false)}
        onFocusIn={(event) =>
          reasons.focused(event.target instanceof Element && event.target.matches(':focus-visible'))
        }
        onFocusOut={() => reasons.focused(false)}
      >
        <div class={styles.pillPlace} role="status">
          {waiting > 0 && (
            <button
              type="button"
              class={styles.pill}
              onClick={(event) => {
                inbox.settle(view);
                if (scroll.current) scroll.current.scrollTop = 0;
                // Pressed by keyboard: what was waited for is next.
                if (event.detail === 0) scroll.current?.querySelector('a')?.focus({ preventScroll: true });
              }}
            >
              <Dot label="" />
              {text.newOnes(waiting)}
            </button>
          )}
        </div>
        <div
          class={styles.scroll}
          key={view}
          ref={scroll}
          onScroll={(event) => {
            inbox.scrolledTo[view] = event.currentTarget.scrollTop;
            reasons.scrolled(event.currentTarget.scrollTop > 0);
          }}
        >
          {phase.value === 'failed' && (
            <div class={styles.failed} role="alert">
              <p>{text.listFailed}</p>
              <Button onClick={() => inbox.open(view)}>{text.tryAgain}</Button>
            </div>
          )}
          {shown.length > 0 ? (
            <>
              <ul onKeyDown={moveFocus}>
                {shown.map((row) => (
                  <li key={row.conversation}>
                    <ListRow
                      row={row}
                      view={view}
                      me={inbox.me}
                      pins={pinsOf(row.widget.id)}
                      selected={row.conversation === selected}
                      stop={row.conversation === stop}
                      left={!belongs(row, view, inbox.me, filter.value)}
                    />
                  </li>
                ))}
              </ul>
              <Rest inbox={inbox} view={view} />
            </>
          ) : reach.value !== null ? (
            <Empty view={view} filtered={filter.value.length > 0} onShowAll={() => inbox.narrow(view, NO_FILTER)} />
          ) : (
            phase.value !== 'failed' && <Skeleton />
          )}
        </div>
      </div>
    </Pane>
  );
}

/** The end of what was read: reads on when it comes near. */
function Rest({ inbox, view }: { inbox: Inbox; view: View }) {
  const { phase, reach } = inbox.list(view);
  const end = useRef<HTMLDivElement>(null);
  const open = reach.value !== null && reach.value.cursor !== null;
  // Looked at afresh after each page, because an end that stays in sight tells nothing new by itself.
  useEffect(() => {
    const element = end.current;
    if (!element || !open || phase.value !== 'ready') return;
    const watcher = new IntersectionObserver(
      ([entry]) => {
        if (entry?.isIntersecting) void inbox.more(view);
      },
      { root: element.parentElement, rootMargin: AHEAD },
    );
    watcher.observe(element);
    return () => watcher.disconnect();
  }, [inbox, view, open, phase.value, reach.value]);

  if (!open) return null;
  return (
    <div ref={end} class={styles.more}>
      {phase.value === 'more failed' && (
        <>
          <p role="alert">{text.moreFailed}</p>
          <Button onClick={() => void inbox.more(view)}>{text.tryAgain}</Button>
        </>
      )}
    </div>
  );
}

function Empty({ view, filtered, onShowAll }: { view: View; filtered: boolean; onShowAll: () => void }) {
  if (filtered) {
    return (
      <div class={styles.empty}>
        <h2 class={styles.emptyHeading}>{text.emptyFiltered}</h2>
        <p class={styles.emptyLead}>{text.emptyFilteredLead}</p>
        <Button onClick={onShowAll}>{text.showEveryStatus}</Button>
      </div>
    );
  }
  return (
    <div class={styles.empty}>
      <h2 class={styles.emptyHeading}>{text.emptyHeading[view]}</h2>
      <p class={styles.emptyLead}>{text.emptyLead[view]}</p>
      {view === 'all' ? (
        <a href="/demo/" target="_blank" rel="noopener noreferrer">
          {text.openShop}
        </a>
      ) : view === 'mine' ? (
        <a href={hrefOf({ page: 'inbox', view: 'unassigned', conversation: null })}>{text.seeUnassigned}</a>
      ) : (
        <a href={hrefOf({ page: 'inbox', view: 'all', conversation: null })}>{text.seeAll}</a>
      )}
    </div>
  );
}

function Skeleton() {
  return (
    <div role="status" aria-label={text.loading}>
      {Array.from({ length: SKELETON_ROWS }, (_, index) => (
        <div key={index} class={styles.row} aria-hidden="true">
          <span class={`${styles.bone} ${styles.boneAvatar}`} />
          <span class={styles.body}>
            <span class={`${styles.bone} ${styles.boneLine}`} style={{ inlineSize: '45%' }} />
            <span class={`${styles.bone} ${styles.boneLine}`} style={{ inlineSize: '80%' }} />
            <span class={`${styles.bone} ${styles.boneLine}`} style={{ inlineSize: '60%' }} />
          </span>
        </div>
      ))}
    </div>
  );
}

function moveFocus(event: KeyboardEvent): void {
  const list = event.currentTarget;
  if (!(list instanceof HTMLElement)) return;
  const links = [...list.querySelectorAll('a')];
  const at = links.findIndex((link) => link.matches(':focus'));
  const targets: Record<string, number> = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: links.length - 1 };
  const next = links[targets[event.key] ?? -1];
  if (at < 0 || !next) return;
  event.preventDefault();
  next.focus();
}
