import { Button } from '@beckon/ui';
import { useEffect, useId, useRef } from 'preact/hooks';
import { fieldText, useSubmission } from '../form/submission';
import { text } from '../locales/en';
import styles from './manage_dialog.module.css';
import { type QuickReply, type QuickReplyDetails, REPLY_LIMIT, SHORTCUT_LIMIT } from './quick_replies';

interface ReplyFormProps {
  /** Null: a new one. */
  reply: QuickReply | null;
  mayShare: boolean;
  /** Throws what the server has against it. */
  onSave: (details: QuickReplyDetails) => Promise<void>;
  onDone: () => void;
}

/** One quick reply as it is written. What is wrong is said beside the field. */
export function ReplyForm({ reply, mayShare, onSave, onDone }: ReplyFormProps) {
  const id = useId();
  const first = useRef<HTMLInputElement>(null);
  useEffect(() => first.current?.focus(), []);
  const { state, submit } = useSubmission({
    check: (form) => faultsOf(detailsOf(form)),
    send: async (form) => {
      await onSave(detailsOf(form));
      onDone();
    },
    explain: () => null,
  });
  const { shortcut, text: wrongText } = state.fields;
  return (
    <form class={styles.form} noValidate onSubmit={submit}>
      <div class={styles.body}>
        <div class={styles.field}>
          <label for={`${id}-shortcut`}>{text.shortcut}</label>
          <input
            id={`${id}-shortcut`}
            ref={first}
            name="shortcut"
            defaultValue={reply?.shortcut ?? ''}
            autocomplete="off"
            spellcheck={false}
            aria-invalid={shortcut !== undefined}
            aria-describedby={`${id}-shortcut-words`}
          />
          <p id={`${id}-shortcut-words`} class={shortcut ? styles.danger : styles.hint}>
            {shortcut ?? text.shortcutHint}
          </p>
        </div>
        <div class={styles.field}>
          <label for={`${id}-text`}>{text.replyText}</label>
          <textarea
            id={`${id}-text`}
            name="text"
            rows={6}
            defaultValue={reply?.text ?? ''}
            dir="auto"
            aria-invalid={wrongText !== undefined}
            aria-describedby={`${id}-text-words`}
          />
          <p id={`${id}-text-words`} class={wrongText ? styles.danger : styles.hint}>
            {wrongText ?? text.replyTextHint}
          </p>
        </div>
        {mayShare && (
          <label class={styles.check}>
            <input type="checkbox" name="shared" defaultChecked={reply?.shared ?? false} />
            {text.shareReply}
          </label>
        )}
        <p class={styles.danger} role="alert">
          {state.failure ?? ''}
        </p>
      </div>
      <footer class={styles.foot}>
        <Button onClick={onDone}>{text.cancel}</Button>
        <Button variant="primary" type="submit" disabled={state.busy}>
          {state.busy ? text.saving : text.save}
        </Button>
      </footer>
    </form>
  );
}

function detailsOf(form: HTMLFormElement): QuickReplyDetails {
  return {
    shortcut: fieldText(form, 'shortcut').trim().replace(/^\//, ''),
    text: fieldText(form, 'text').trim(),
    shared: new FormData(form).has('shared'),
  };
}

function faultsOf(details: QuickReplyDetails): Record<string, string> {
  const faults: Record<string, string> = {};
  if (details.shortcut === '') faults.shortcut = text.shortcutMissing;
  else if (details.shortcut.length > SHORTCUT_LIMIT || !/^[\p{L}\p{N}_-]+$/u.test(details.shortcut))
    faults.shortcut = text.shortcutBad;
  const length = Array.from(details.text).length;
  if (length === 0) faults.text = text.replyTextMissing;
  else if (length > REPLY_LIMIT) faults.text = text.tooLong(length - REPLY_LIMIT, REPLY_LIMIT);
  return faults;
}
