import { calendarDay, pastInstant, timeOfDay } from '@beckon/ui';
import { useEffect } from 'preact/hooks';
import { labelOf } from './label';
import type { History, Version } from './origin';
import { RevealButton } from './reveal';
import { useCard } from './scope';
import { placeOf } from './sent';
import { Text } from './text';
import styles from './versions.module.css';
import { words } from './words';

/** Keys named in one line of the list. */
const NAMED = 4;

/** The writes of this context, newest first. Choosing one turns the card to what stood then. */
export function Versions({ history, onChoose }: { history: History; onChoose: (version: Version) => void }) {
  useEffect(() => history.open(), []);
  const { versions, phase, complete } = history;
  if (versions.length === 0) {
    return (
      <div class={styles.list}>
        <p class={styles.quiet} role="status">
          {phase === 'failed' ? words.historyFailed : phase === 'ready' ? words.historyEmpty : words.loading}
        </p>
        {phase === 'failed' && <RevealButton label={words.retry} onPress={() => history.open()} />}
      </div>
    );
  }
  return (
    <div class={styles.list}>
      <ol data-versions>
        {versions.map((version, index) => (
          <Line key={version.version} version={version} newer={versions[index - 1]} onChoose={onChoose} />
        ))}
      </ol>
      {phase === 'failed' && (
        <p class={styles.quiet} role="alert">
          {words.historyFailed}
        </p>
      )}
      {!complete && (
        <RevealButton
          label={phase === 'loading' ? words.loading : words.older}
          onPress={() => {
            if (phase !== 'loading') history.more();
          }}
        />
      )}
    </div>
  );
}

interface LineProps {
  version: Version;
  newer: Version | undefined;
  onChoose: (version: Version) => void;
}

function Line({ version, newer, onChoose }: LineProps) {
  const { format } = useCard();
  const at = pastInstant(version.at);
  const keys = [...new Set(version.changes.map(({ key }) => key))];
  const named = keys.slice(0, NAMED).map(labelOf).join(', ');
  const rest = keys.length - NAMED;
  const day = new Date(at).toDateString();
  const begins =
    newer === undefined ? day !== new Date().toDateString() : day !== new Date(pastInstant(newer.at)).toDateString();
  return (
    <li>
      {begins && <p class={styles.day}>{dayOf(at, format.locale)}</p>}
      <button
        type="button"
        class={styles.version}
        data-stop
        data-version={version.version}
        onClick={() => onChoose(version)}
      >
        <time dateTime={version.at}>{timeOfDay(at, format.locale)}</time> · {words.sources[version.source]}
        <SentFrom version={version} /> ·{' '}
        <span class={styles.keys}>
          <Text text={keys.length === 0 ? words.noKeys : named} />
          {rest > 0 && `, ${words.others(rest)}`}
        </span>
      </button>
    </li>
  );
}

/** *page /checkout, best guess*: which page it was, where that was told. */
function SentFrom({ version }: { version: Version }) {
  const pages = new Set((version.made ?? []).flatMap(({ page }) => (page === undefined ? [] : [placeOf(page)])));
  return (
    <>
      {pages.size > 0 && (
        <>
          {' '}
          <Text text={[...pages].join(', ')} />
        </>
      )}
      {version.guessed && `, ${words.guessed}`}
    </>
  );
}

function dayOf(at: number, locale: string): string {
  const date = new Date(at);
  return calendarDay(date.getFullYear(), date.getMonth() + 1, date.getDate(), locale);
}
