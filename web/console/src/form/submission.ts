import { useState } from 'preact/hooks';
import { Refused } from '../http';
import { text } from '../locales/en';

/** What a form says after it was sent and did not work. */
export interface Submission {
  busy: boolean;
  /** The last time it was sent, it worked. */
  done: boolean;
  /** What is wrong as a whole. */
  failure: string | null;
  /** What is wrong with single fields. */
  fields: Readonly<Record<string, string>>;
}

const IDLE: Submission = { busy: false, done: false, failure: null, fields: {} };

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
}): { state: Submission; submit: (event: SubmitEvent) => void; forget: () => void } {
  const [state, setState] = useState(IDLE);

  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const form = event.currentTarget;
    if (!(form instanceof HTMLFormElement) || state.busy) return;
    const fields = options.check(form);
    if (Object.keys(fields).length > 0) {
      setState({ ...IDLE, fields });
      focusFirst(form, fields);
      return;
    }
    setState({ ...IDLE, busy: true });
    options.send(form).then(
      () => setState({ ...IDLE, done: true }),
      (error: unknown) => {
        if (!(error instanceof Refused)) {
          setState({ ...IDLE, failure: text.unreachable });
          return;
        }
        const wrong = Object.fromEntries(
          Object.entries(error.fields).map(([name, reasons]) => [name, reasons.map(sentence).join(' ')]),
        );
        const known = Object.keys(wrong).some((name) => form.elements.namedItem(name) !== null);
        setState({ ...IDLE, failure: known ? null : (options.explain(error) ?? reasonOf(error)), fields: wrong });
        focusFirst(form, wrong);
      },
    );
  };
  return { state, submit, forget: () => setState(IDLE) };
}

/** The server's words go on from the field's name: *is not your password*. Below the field they stand alone. */
function sentence(reason: string): string {
  const ended = /[.?]$/.test(reason) ? reason : `${reason}.`;
  return ended.charAt(0).toLocaleUpperCase(text.locale) + ended.slice(1);
}

/** What the server said against a request, with what it said of single fields. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Refused)) return text.unreachable;
  const reasons = Object.values(error.fields).flat();
  return reasons.length > 0 ? reasons.join(' ') : error.message;
}

function focusFirst(form: HTMLFormElement, fields: Readonly<Record<string, string>>): void {
  for (const element of form.elements) {
    const takesInput =
      element instanceof HTMLInputElement ||
      element instanceof HTMLTextAreaElement ||
      element instanceof HTMLSelectElement;
    if (takesInput && element.name in fields) {
      element.focus();
      return;
    }
  }
}
