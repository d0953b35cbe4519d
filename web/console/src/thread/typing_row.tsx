import type { Author, Row } from '@beckon/sdk';
import { Avatar } from '@beckon/ui';
import { text } from '../locales/en';
import { authorName, visitorName } from '../names';
import styles from './thread.module.css';
import dots from './typing_row.module.css';

/** The visitor is writing: three dots where the message will be. */
export function TypingRow({ author, row }: { author: Author; row: Row }) {
  return (
    <div class={`${styles.group} ${styles.visitor}`}>
      <span class={styles.face}>
        <Avatar
          id={row.visitor.id}
          name={author.name ?? row.visitor.name ?? undefined}
          bot={author.type === 'bot'}
          size={24}
        />
      </span>
      <div class={styles.bubbles}>
        <p class={`${styles.bubble} ${dots.dots}`}>
          <span class="bk-spoken">{text.isWriting(authorName(author, visitorName(row)))}</span>
          <span class={dots.dot} />
          <span class={dots.dot} />
          <span class={dots.dot} />
        </p>
      </div>
    </div>
  );
}
