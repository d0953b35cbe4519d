import { Button, IconButton, XIcon } from '@beckon/ui';
import { useRef, useState } from 'preact/hooks';
import { useAction } from '../../form/action';
import { Failure, Field } from '../../form/field';
import { fieldText, useSubmission } from '../../form/submission';
import { text } from '../../locales/en';
import { words } from '../../locales/en_settings';
import rows from '../rows.module.css';
import { useUnsaved } from '../unsaved';
import styles from './widget.module.css';

/** A list of short texts, to which one is added or from which one is removed at a time; saved at once. */
export function TextList({
  items,
  field,
  label,
  hint,
  placeholder,
  empty,
  code,
  read,
  save,
}: {
  items: readonly string[];
  /** The server's name of the list. */
  field: string;
  label: string;
  hint: string;
  placeholder?: string;
  /** What an empty list means. */
  empty: string;
  /** Items are code. */
  code?: boolean;
  /** What was typed, as it is kept, or what is wrong with it. */
  read: (typed: string) => { item: string } | { wrong: string };
  save: (items: string[]) => Promise<void>;
}) {
  const form = useRef<HTMLFormElement>(null);
  const [typed, setTyped] = useState(false);
  useUnsaved(typed);
  const { busy, failure, run } = useAction();
  const typedText = (from: HTMLFormElement): string => fieldText(from, field).trim();
  const { state, submit } = useSubmission({
    check: (sent) => {
      const outcome = read(typedText(sent));
      return 'wrong' in outcome ? { [field]: outcome.wrong } : {};
    },
    send: async (sent) => {
      const outcome = read(typedText(sent));
      if ('wrong' in outcome) return;
      await save([...items, outcome.item]);
      sent.reset();
    },
    explain: (refusal) => (refusal.status === 429 ? text.tooManyTries : null),
  });
  const remove = (item: string): void => {
    void run(() => save(items.filter((one) => one !== item))).then(() =>
      // What had the focus is gone.
      form.current?.querySelector('input')?.focus(),
    );
  };
  return (
    <>
      {items.length === 0 ? (
        <p class={styles.none}>{empty}</p>
      ) : (
        <ul class={rows.list}>
          {items.map((item) => (
            <li key={item} class={styles.item}>
              <bdi class={code ? styles.code : styles.text}>{item}</bdi>
              <IconButton label={words.remove(item)} disabled={busy} onClick={() => remove(item)}>
                <XIcon size={16} />
              </IconButton>
            </li>
          ))}
        </ul>
      )}
      <Failure text={failure} />
      <form
        ref={form}
        class={styles.add}
        noValidate
        onSubmit={submit}
        onInput={(event) => setTyped(typedText(event.currentTarget) !== '')}
        onReset={() => setTyped(false)}
      >
        <Field
          name={field}
          label={label}
          hint={hint}
          wrong={state.fields[field]}
          {...(placeholder === undefined ? {} : { placeholder })}
        />
        <Button type="submit" disabled={state.busy} class={styles.addButton ?? ''}>
          {words.add}
        </Button>
      </form>
      <Failure text={state.failure} />
    </>
  );
}
