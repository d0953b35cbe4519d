import { Button, dateAndTime, pastInstant, timeOfDay } from '@beckon/ui';
import type { ContextCardProps } from './context_card';
import type { Moment } from './origin';
import { useCard } from './scope';
import styles from './states.module.css';
import { words } from './words';

/** What is wrong, which time is shown, or what is new: above the values, and only when true. */
export function Band(props: ContextCardProps & { broken: boolean; changes: number }) {
  const updatedAt = pastInstant(props.context?.updatedAt ?? '');
  if (props.moment) return <MomentBand {...props} moment={props.moment} />;
  if (props.state === 'error' || props.broken) {
    return (
      <div class={styles.failure} role="alert">
        <span>{words.error}</span>
        <Button onClick={props.onRetry}>{words.retry}</Button>
      </div>
    );
  }
  if (props.state === 'offline') {
    const time = Number.isNaN(updatedAt) ? undefined : timeOfDay(updatedAt, props.locale);
    return (
      <p class={styles.band} role="status">
        {time === undefined ? words.reconnecting : words.offline(time)}
      </p>
    );
  }
  return (
    <>
      {props.changes > 0 && <ChangesBand count={props.changes} onSeen={props.onSeen} />}
      {props.onElsewhere && <ElsewhereBand onOpen={props.onElsewhere} />}
    </>
  );
}

/** *Newer context in another conversation · Open*: the visitor went on somewhere else. */
function ElsewhereBand({ onOpen }: { onOpen: () => void }) {
  return (
    <div class={styles.band} data-elsewhere-band>
      <span class={styles.said} role="status">
        {words.elsewhere}
      </span>
      <button type="button" class={styles.act} onClick={onOpen}>
        {words.openElsewhere}
      </button>
    </div>
  );
}

/** *3 changes since your reply · Only these · Seen*. No live region: each change is announced already. */
function ChangesBand({ count, onSeen }: { count: number; onSeen: (() => void) | undefined }) {
  const { view } = useCard();
  const only = view.only.value;
  return (
    <div class={styles.band} data-changes-band>
      <span class={styles.said}>
        <span class={styles.dot} aria-hidden="true" />
        {words.since(count)}
      </span>
      <span class={styles.acts}>
        <button
          type="button"
          class={styles.act}
          onClick={() => {
            view.only.value = !only;
          }}
        >
          {only ? words.everything : words.only}
        </button>
        {onSeen && (
          <button
            type="button"
            class={styles.act}
            onClick={() => {
              view.only.value = false;
              onSeen();
            }}
          >
            {words.seen}
          </button>
        )}
      </span>
    </div>
  );
}

/** *As of 14:02 · 2 newer changes · Back to now*. */
function MomentBand({ moment, ...props }: ContextCardProps & { moment: Moment }) {
  const { at } = moment;
  const today = new Date(at).toDateString() === new Date().toDateString();
  const time = today ? timeOfDay(at, props.locale) : dateAndTime(at, props.locale);
  const newer = Math.max(0, (props.context?.version ?? moment.version) - moment.version);
  return (
    <div class={`${styles.band} ${styles.then}`} data-moment-band>
      <span class={styles.said} role="status">
        {moment.failed ? words.error : `${words.asOf(time)} · ${words.newer(newer)}`}
      </span>
      <button type="button" class={styles.act} onClick={props.onNow}>
        {words.backToNow}
      </button>
    </div>
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
