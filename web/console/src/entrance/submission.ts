import { useState } from 'preact/hooks';
import { Refused } from '../http';
import { text } from '../locales/en';

/** What a form says after it was sent and did not work. */
export interface Submission {
  busy: boolean;
  /** What is wrong as a whole. */
  failure: string | null;
  /** What is wrong with single fields. */
  fields: Readonly<Record<string, string>>;
}

const IDLE: Submission = { busy: false, failure: null, fields: {} };

/** Text of one field of a form. */
export function fieldText(form: HTMLFormElement, name: string): string {
  const value = new FormData(form).get(name);
  return typeof value === 'string' ? value : '';
}

/**
 * Sends a form once at a time. `check` names fields that are wrong before anything is sent; `explain` turns a refusal
 * into words, null leaves it to the server's.
 */
export function useSubmission(options: {
  check: (form: HTMLFormElement) => Record<string, string>;
  send: (form: HTMLFormElement) => Promise<void>;
  explain: (refusal: Refused) => string | null;
}): { state: Submission; submit: (event: SubmitEvent) => void } {
  const [state, setState] = useState(IDLE);

  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const form = event.currentTarget;
    if (!(form instanceof HTMLFormElement) || state.busy) return;
    const fields = options.check(form);
    if (Object.keys(fields).length > 0) {
      setState({ busy: false, failure: null, fields });
      focusFirst(form, fields);
      return;
    }
    setState({ busy: true, failure: null, fields: {} });
    options.send(form).then(
      () => setState(IDLE),
      (error: unknown) => {
        if (!(error instanceof Refused)) {
          setState({ busy: false, failure: text.unreachable, fields: {} });
          return;
        }
        const wrong = Object.fromEntries(
          Object.entries(error.fields).map(([name, reasons]) => [name, reasons.join(' ')]),
        );
        const known = Object.keys(wrong).some((name) => form.elements.namedItem(name) !== null);
        setState({ busy: false, failure: known ? null : (options.explain(error) ?? error.message), fields: wrong });
        focusFirst(form, wrong);
      },
    );
  };
  return { state, submit };
}

function focusFirst(form: HTMLFormElement, fields: Readonly<Record<string, string>>): void {
  for (const element of form.elements) {
    if (element instanceof HTMLInputElement && element.name in fields) {
      element.focus();
      return;
    }
  }
}
