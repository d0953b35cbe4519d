import { Button } from '@beckon/ui';
import type { ComponentChildren } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { Failure } from '../form/field';
import { type Submission, useSubmission } from '../form/submission';
import type { Refused } from '../http';
import { text } from '../locales/en';
import { words } from '../locales/en_settings';
import { Saved } from './page';
import styles from './save_form.module.css';
import { useUnsaved } from './unsaved';

/** Whether something in a form differs from what it began with. */
function isChanged(form: HTMLFormElement): boolean {
  return [...form.elements].some((element) => {
    if (element instanceof HTMLInputElement) {
      const isChoice = element.type === 'checkbox' || element.type === 'radio';
      return isChoice ? element.checked !== element.defaultChecked : element.value !== element.defaultValue;
    }
    if (element instanceof HTMLTextAreaElement) return element.value !== element.defaultValue;
    if (element instanceof HTMLSelectElement) {
      return [...element.options].some((option) => option.selected !== option.defaultSelected);
    }
    return false;
  });
}

/** A form of settings: knows whether it was changed, saves, and says so. */
export function SaveForm({
  verb = words.save,
  busyVerb = words.saving,
  saved = words.saved,
  clears,
  check = () => ({}),
  send,
  explain = (refusal) => (refusal.status === 429 ? text.tooManyTries : null),
  children,
}: {
  verb?: string;
  busyVerb?: string;
  /** Said once it worked; empty where the page itself shows it. */
  saved?: string;
  /** Empties itself once it was sent, ready for the next. */
  clears?: boolean;
  /** What is wrong with single fields, before anything is sent. */
  check?: (form: HTMLFormElement) => Record<string, string>;
  send: (form: HTMLFormElement) => Promise<void>;
  explain?: (refusal: Refused) => string | null;
  children: (state: Submission) => ComponentChildren;
}) {
  const form = useRef<HTMLFormElement>(null);
  const [changed, setChanged] = useState(false);
  useUnsaved(changed);
  const { state, submit, forget } = useSubmission({
    check,
    explain,
    send: async (sent) => {
      await send(sent);
      if (clears) sent.reset();
      setChanged(false);
    },
  });
  return (
    <form
      ref={form}
      class={styles.form}
      noValidate
      onSubmit={submit}
      onInput={() => {
        if (state.done) forget();
        setChanged(form.current !== null && isChanged(form.current));
      }}
      onReset={() => setChanged(false)}
    >
      {children(state)}
      <div>
        <Failure text={state.failure} />
        <div class={styles.actions}>
          <Button type="submit" variant={clears ? 'plain' : 'primary'} disabled={state.busy || !(changed || clears)}>
            {state.busy ? busyVerb : verb}
          </Button>
          {changed && !state.busy && !clears && (
            <Button variant="quiet" onClick={() => form.current?.reset()}>
              {words.discard}
            </Button>
          )}
          <Saved shown={state.done && !changed && saved !== ''}>{saved}</Saved>
        </div>
      </div>
    </form>
  );
}
