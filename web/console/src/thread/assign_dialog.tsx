import type { Row } from '@beckon/sdk';
import { Avatar, Button } from '@beckon/ui';
import { useEffect, useState } from 'preact/hooks';
import { assign, type Colleague, isHere, readColleagues } from '../colleagues';
import { Dialog } from '../dialog/dialog';
import { text } from '../locales/en';
import { reasonOf } from '../names';
import styles from './assign_dialog.module.css';

/** From so many colleagues on they can be searched. */
const SEARCH_FROM = 8;

interface AssignDialogProps {
  row: Row;
  me: string;
  /** The visitor's name. */
  name: string;
  onClose: () => void;
}

/** Gives a conversation to somebody else, or to oneself. Those who are here stand first. */
export function AssignDialog({ row, me, name, onClose }: AssignDialogProps) {
  const [colleagues, setColleagues] = useState<readonly Colleague[] | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const [query, setQuery] = useState('');
  const load = (): void => {
    setFailure(null);
    readColleagues().then(setColleagues, () => setFailure(text.agentsFailed));
  };
  useEffect(load, []);

  const give = (colleague: Colleague): void => {
    setBusy(true);
    setFailure(null);
    assign(row.conversation, colleague.id).then(onClose, (error: unknown) => {
      setFailure(text.failed(reasonOf(error)));
      setBusy(false);
    });
  };
  const others = (colleagues ?? []).filter((one) => one.id !== row.agent?.id);
  const wanted = query.trim().toLocaleLowerCase();
  const found = others.filter((one) => one.displayName.toLocaleLowerCase().includes(wanted));
  return (
    <Dialog title={text.assignHeading} class={styles.dialog} onClose={onClose}>
      <p class={styles.lead}>{text.assignLead(name)}</p>
      {others.length >= SEARCH_FROM && (
        <input
          type="search"
          class={styles.search}
          value={query}
          placeholder={text.assignSearch}
          aria-label={text.assignSearch}
          onInput={(event) => setQuery(event.currentTarget.value)}
        />
      )}
      <div role="alert">
        {failure !== null && (
          <p class={styles.failure}>
            {failure}
            {colleagues === null && <Button onClick={load}>{text.tryAgain}</Button>}
          </p>
        )}
      </div>
      {colleagues === null ? (
        failure === null && (
          <p class={styles.nothing} role="status">
            {text.loading}
          </p>
        )
      ) : found.length === 0 ? (
        <p class={styles.nothing}>{others.length === 0 ? text.noOtherAgents : text.noSuchAgent}</p>
      ) : (
        <ul class={styles.list}>
          {found.map((one) => (
            <li key={one.id}>
              <button type="button" class={styles.agent} disabled={busy} onClick={() => give(one)}>
                <Avatar id={one.id} name={one.displayName} />
                <span class={styles.name}>
                  <bdi>{one.displayName}</bdi>
                  {one.id === me && ` (${text.yourself})`}
                </span>
                <span class={styles.presence}>
                  <span class={isHere(one) ? `${styles.disc} ${styles.here}` : styles.disc} />
                  {isHere(one) ? text.here : text.away}
                </span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </Dialog>
  );
}
