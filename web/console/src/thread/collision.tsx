import type { Viewer } from '@beckon/sdk';
import { Avatar } from '@beckon/ui';
import { text } from '../locales/en';
import styles from './collision.module.css';

/** Who else is writing here, said before two answers are sent. */
export function Collision({ viewers }: { viewers: readonly Viewer[] }) {
  const writing = viewers.filter(({ typing }) => typing !== null);
  return (
    <div role="status">
      {writing.map(({ agent, typing }) => (
        <p key={agent.id} class={typing === 'reply' ? `${styles.line} ${styles.reply}` : styles.line}>
          <Avatar id={agent.id} name={agent.name} size={20} />
          {typing === 'note' ? text.isWritingNote(agent.name) : text.isWritingReply(agent.name)}
        </p>
      ))}
    </div>
  );
}

/** Faces of a few; more are counted. */
const FACES = 3;

/** The colleagues who have this conversation on screen. */
export function Viewers({ viewers }: { viewers: readonly Viewer[] }) {
  if (viewers.length === 0) return null;
  const names = new Intl.ListFormat(text.locale).format(viewers.map(({ agent }) => agent.name));
  const more = viewers.length - FACES;
  return (
    <span class={styles.viewers} title={text.alsoHere(names)}>
      <span class="bk-spoken">{text.alsoHere(names)}</span>
      {viewers.slice(0, FACES).map(({ agent }) => (
        <span key={agent.id} class={styles.face}>
          <Avatar id={agent.id} name={agent.name} size={24} />
        </span>
      ))}
      {more > 0 && (
        <span class={styles.more} aria-hidden="true">
          +{more}
        </span>
      )}
    </span>
  );
}
