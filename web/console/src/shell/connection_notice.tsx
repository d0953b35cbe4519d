import { Button, PlugsIcon } from '@beckon/ui';
import { useEffect, useState } from 'preact/hooks';
import { type Desk, WRONG_ADDRESS } from '../desk';
import { text } from '../locales/en';
import { away } from '../other_database';
import { signInElsewhere } from '../session';
import { online } from '../viewport';
import styles from './shell.module.css';

/** A connection that is back sooner was not worth a word. Milliseconds. */
const BLINK_MS = 800;

/** Says when the connection is lost, and only then. */
export function ConnectionNotice({ desk }: { desk: Desk }) {
  const status = desk.status.value;
  // The very first try is no loss yet.
  const lost =
    status.state === 'waiting' || (status.state === 'connecting' && (status.attempt > 0 || desk.wasLive.value));
  const lasting = useLasting(lost);
  return (
    <div role="status">
      {status.state === 'refused' ? (
        <div class={styles.notice}>
          <PlugsIcon />
          <span>{status.code === WRONG_ADDRESS ? text.wrongAddress(location.origin) : text.connectionRefused}</span>
          <Button onClick={() => desk.reconnect()}>{text.tryAgain}</Button>
        </div>
      ) : (
        lasting && (
          <div class={styles.notice}>
            <PlugsIcon />
            <span>{away.value ? text.otherDatabase : online.value ? text.reconnecting : text.offline}</span>
            {away.value && <Button onClick={() => void signInElsewhere()}>{text.signIn}</Button>}
            {online.value && status.state === 'waiting' && (
              <Button onClick={() => desk.reconnect()}>{text.tryNow}</Button>
            )}
          </div>
        )
      )}
    </div>
  );
}

/** True once something has been so for longer than a blink. */
function useLasting(so: boolean): boolean {
  const [lasting, setLasting] = useState(false);
  useEffect(() => {
    if (!so) {
      setLasting(false);
      return;
    }
    const timer = setTimeout(() => setLasting(true), BLINK_MS);
    return () => clearTimeout(timer);
  }, [so]);
  return so && lasting;
}
