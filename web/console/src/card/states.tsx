import { Button, timeOfDay } from '@beckon/ui';
import type { ContextCardProps } from './context_card';
import styles from './states.module.css';
import { words } from './words';

/** What is wrong, above values that stay. */
export function Band(props: ContextCardProps & { broken: boolean }) {
  const updatedAt = Date.parse(props.context?.updatedAt ?? '');
  if (props.state === 'error' || props.broken) {
    return (
      <div class={styles.failure} role="alert">
        <span>{words.error}</span>
        <Button onClick={props.onRetry}>{words.retry}</Button>
      </div>
    );
  }
  if (props.state !== 'offline') return null;
  const time = Number.isNaN(updatedAt) ? undefined : timeOfDay(updatedAt, props.locale);
  return (
    <p class={styles.band} role="status">
      {time === undefined ? words.reconnecting : words.offline(time)}
    </p>
  );
}

/** The shape of what is coming, once it takes long enough to be noticed. */
export function Skeleton() {
  return (
    <div class={styles.skeleton} role="status">
      <span class="bk-spoken">{words.loading}</span>
      {[58, 34, 71, 46].map((width) => (
        <div class={styles.bone} key={width} aria-hidden="true">
          <span />
          <span style={{ inlineSize: `${width}%` }} />
        </div>
      ))}
    </div>
  );
}

/** Nothing was sent yet, and what to do about it. */
export function Empty({ href }: { href: string }) {
  return (
    <div class={styles.empty}>
      <p class={styles.voice}>{words.empty}</p>
      <p>{words.emptyHint}</p>
      <a href={href} target="_blank" rel="noopener noreferrer">
        {words.emptyLink}
      </a>
    </div>
  );
}
