import { ClockCounterClockwiseIcon, IconButton, MagnifyingGlassIcon, relativeTime, XIcon } from '@beckon/ui';
import { useRef } from 'preact/hooks';
import type { ContextCardProps } from './context_card';
import { CardMenu } from './menu';
import { useCard } from './scope';
import styles from './title_row.module.css';
import { type Branch, partAt } from './tree';
import type { CardView } from './view';
import { words } from './words';

/** Shows the search field and puts the cursor there. */
export function openSearch(view: CardView, frame: HTMLElement): void {
  view.raw.value = false;
  view.history.value = false;
  view.searching.value = true;
  requestAnimationFrame(() => frame.querySelector('input')?.focus());
}

/** The name of the card, how old it is, and what can be done with it. */
export function TitleRow(props: ContextCardProps & { titleId: string; tree: Branch | undefined }) {
  const { view, copy, copyValue } = useCard();
  const { tree, conversationId, moment } = props;
  const then = moment ? `?at=${moment.position}` : '';
  const url = `${props.baseUrl.replace(/\/$/, '')}/ccaas/1/conversations/${encodeURIComponent(conversationId)}/metadata${then}`;
  const searching = view.searching.value === true;
  const entries = [
    { label: words.copyJson, run: () => (tree ? copyValue(tree, words.copiedJson) : copy('{}', words.copiedJson)) },
    {
      label: view.raw.value ? words.showCard : words.rawJson,
      run: () => {
        view.history.value = false;
        view.raw.value = !view.raw.value;
      },
    },
    {
      label: words.copyCurl,
      run: () => copy(`curl -H "Authorization: App $BECKON_KEY" '${url}'`, words.copiedCurl),
    },
    { label: words.copyConversation, run: () => copy(conversationId, words.copiedConversation) },
    { label: words.expandAll, run: () => tree && view.expandAll(partAt(tree, view.place.peek())) },
  ];
  const frame = useRef<HTMLElement>(null);
  return (
    <header class={styles.header} ref={frame}>
      <div class={styles.titleRow}>
        <h2 id={props.titleId} class={styles.title}>
          {words.title}
        </h2>
        <Age updatedAt={moment ? null : (props.context?.updatedAt ?? null)} locale={props.locale} />
        {tree && tree.entries.length > 0 && (
          <IconButton
            label={words.search}
            aria-pressed={searching}
            onClick={() => {
              view.query.value = '';
              if (searching) view.searching.value = false;
              else if (frame.current) openSearch(view, frame.current);
            }}
          >
            <MagnifyingGlassIcon />
          </IconButton>
        )}
        {props.history && (
          <IconButton
            label={words.history}
            aria-pressed={view.history.value}
            onClick={() => {
              view.history.value = !view.history.value;
            }}
          >
            <ClockCounterClockwiseIcon />
          </IconButton>
        )}
        <CardMenu entries={entries} />
        {props.onClose && (
          <IconButton label={words.close} onClick={props.onClose}>
            <XIcon />
          </IconButton>
        )}
      </div>
      {searching && tree && (
        <input
          type="search"
          class={styles.search}
          aria-label={words.searchPlaceholder}
          placeholder={words.searchPlaceholder}
          value={view.query.value}
          onInput={(input) => {
            view.raw.value = false;
            view.query.value = input.currentTarget.value;
          }}
        />
      )}
    </header>
  );
}

function Age({ updatedAt, locale }: { updatedAt: string | null; locale: string }) {
  const { view } = useCard();
  const at = updatedAt === null ? Number.NaN : Date.parse(updatedAt);
  if (Number.isNaN(at)) return <span class={styles.age} />;
  // A clock ahead of the server's must not say "in 2 seconds".
  return (
    <time class={styles.age} dateTime={updatedAt ?? ''}>
      {relativeTime(Math.min(at, view.now.value), view.now.value, locale)}
    </time>
  );
}
