import { isEnter, PaperPlaneIcon } from '@beckon/ui';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { counted } from '../../words';
import type { Chat } from '../chat';
import { locale, words } from '../words';
import styles from './composer.module.css';

/** From so many characters on, the rest is counted down. */
const COUNT_FROM = 4000;
/** Most height it takes, in lines; beyond that it scrolls. */
const MOST_LINES = 6;

/** Where the visitor writes. Always takes text, with or without a connection. */
export function Composer({ chat, thread }: { chat: Chat; thread: string }) {
  const field = useRef<HTMLTextAreaElement>(null);
  const [text, setText] = useState(chat.drafts.get(thread) ?? '');
  const open = chat.open.value;
  const limit = chat.config.limits.text;
  // Characters as people count them roughly: a face outside the basic plane is one.
  const length = Array.from(text).length;
  const blank = text.trim() === '';

  useEffect(() => {
    // The page keeps its focus unless the visitor opened the window, or is in it.
    if (open && (chat.invited.value || document.hasFocus())) field.current?.focus({ preventScroll: true });
  }, [open]);

  // The height follows the text.
  useLayoutEffect(() => {
    const box = field.current;
    if (!box) return;
    box.style.height = 'auto';
    const line = Number.parseFloat(getComputedStyle(box).lineHeight);
    const padding = box.offsetHeight - box.clientHeight + 20;
    box.style.height = `${Math.min(box.scrollHeight + box.offsetHeight - box.clientHeight, line * MOST_LINES + padding)}px`;
  }, [text]);

  const change = (next: string) => {
    setText(next);
    chat.typed(next);
    if (next) chat.drafts.set(thread, next);
    else chat.drafts.delete(thread);
  };
  const submit = () => {
    if (blank || length > limit) return;
    chat.send(text);
    change('');
    field.current?.focus();
  };

  return (
    <form
      class={styles.composer}
      onSubmit={(submitting) => {
        submitting.preventDefault();
        submit();
      }}
    >
      <textarea
        ref={field}
        class={`${styles.field} ib-widget-message-input lc-footer-message-input`}
        rows={1}
        dir={text ? 'auto' : undefined}
        value={text}
        placeholder={words().write}
        aria-label={words().write}
        aria-invalid={length > limit}
        aria-describedby={length >= COUNT_FROM ? 'bk-count' : undefined}
        enterkeyhint="send"
        onInput={(input) => change(input.currentTarget.value)}
        onKeyDown={(key) => {
          if (!isEnter(key) || key.shiftKey) return;
          key.preventDefault();
          submit();
        }}
      />
      {length >= COUNT_FROM && (
        <span id="bk-count" class={styles.count} data-over={length > limit} role="status">
          {length > limit
            ? counted(words().tooLong, length - limit, locale())
            : counted(words().charactersLeft, limit - length, locale())}
        </span>
      )}
      <button
        type="submit"
        class={styles.send}
        data-testid="input-submit"
        aria-label={words().send}
        title={words().send}
        disabled={blank || length > limit}
      >
        <PaperPlaneIcon />
      </button>
    </form>
  );
}
