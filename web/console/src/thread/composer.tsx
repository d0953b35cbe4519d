import type { Row } from '@beckon/sdk';
import { PaperPlaneIcon } from '@beckon/ui';
import type { RefObject } from 'preact';
import { useId, useLayoutEffect } from 'preact/hooks';
import { text } from '../locales/en';
import { visitorName } from '../names';
import styles from './composer.module.css';
import type { Conversation } from './conversation';

/** What a message may hold, in characters as the server counts them. */
export const MESSAGE_LIMIT = 4096;
/** From here on the agent sees how much is left. */
const COUNT_FROM = 3800;

/** Length as the server counts: an emoji of two code units is one character. */
export function characters(message: string): number {
  return Array.from(message).length;
}

interface ComposerProps {
  conversation: Conversation;
  row: Row;
  field: RefObject<HTMLTextAreaElement | null>;
  onSend: (message: string) => void;
}

/** Where an answer is written. Enter sends, Shift+Enter breaks the line; the draft stays with its conversation. */
export function Composer({ conversation, row, field, onSend }: ComposerProps) {
  const id = useId();
  const draft = conversation.draft.value;
  // The field grows with its text; a style sheet alone cannot do that in every browser yet.
  useLayoutEffect(() => {
    const element = field.current;
    if (!element) return;
    element.style.blockSize = '';
    if (element.scrollHeight > element.clientHeight) element.style.blockSize = `${element.scrollHeight}px`;
  }, [draft, field, conversation]);

  if (row.status === 'CLOSED') {
    return <p class={styles.closed}>{text.closedComposer}</p>;
  }

  const length = characters(draft);
  const over = length - MESSAGE_LIMIT;
  const sendable = draft.trim() !== '' && over <= 0;
  const send = (): void => {
    if (!sendable) return;
    onSend(draft.trim());
    conversation.draft.value = '';
    field.current?.focus();
  };
  const hint = row.status === 'SOLVED' ? text.replyReopens : row.agent === null ? text.replyTakes : text.keys;
  return (
    <form
      class={styles.composer}
      aria-label={text.reply}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <div class={styles.box}>
        <textarea
          ref={field}
          class={styles.text}
          rows={1}
          value={draft}
          placeholder={text.replyTo(visitorName(row))}
          aria-label={text.replyTo(visitorName(row))}
          aria-describedby={id}
          aria-invalid={over > 0}
          dir="auto"
          onInput={(event) => {
            conversation.draft.value = event.currentTarget.value;
          }}
          onKeyDown={(event) => {
            // An input method's Enter ends a word, not the message.
            if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
            event.preventDefault();
            send();
          }}
        />
        <button type="submit" class={styles.send} aria-label={text.send} title={text.send} disabled={!sendable}>
          <PaperPlaneIcon />
        </button>
      </div>
      <p class={styles.below} id={id} data-needed={hint !== text.keys || length >= COUNT_FROM}>
        <span>{hint}</span>
        <span class={over > 0 ? `${styles.count} ${styles.over}` : styles.count} role="status">
          {over > 0 ? text.tooLong(over) : length >= COUNT_FROM ? text.left4096(MESSAGE_LIMIT - length) : ''}
        </span>
      </p>
    </form>
  );
}
