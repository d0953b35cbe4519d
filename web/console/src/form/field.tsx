import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import styles from './form.module.css';

interface FieldProps {
  name: string;
  label: string;
  type?: 'text' | 'email' | 'password' | 'url';
  autoComplete?: string;
  hint?: ComponentChildren;
  /** What is wrong with it. */
  wrong?: string | undefined;
  autoFocus?: boolean;
  /** What stands in it at first. */
  initial?: string;
  placeholder?: string;
  maxLength?: number;
  /** The label is read aloud only: what stands around the field says it. */
  quiet?: boolean;
}

/** A labelled input that says beside itself what it wants and what is wrong with it. */
export function Field({
  name,
  label,
  type = 'text',
  autoComplete = 'off',
  hint,
  wrong,
  autoFocus,
  initial,
  placeholder,
  maxLength,
  quiet,
}: FieldProps) {
  const id = useId();
  const below = wrong ?? hint;
  const attributes = {
    id,
    name,
    autoComplete,
    class: styles.input ?? '',
    autoFocus: autoFocus ?? false,
    'aria-invalid': wrong !== undefined,
    ...(initial === undefined ? {} : { defaultValue: initial }),
    ...(placeholder === undefined ? {} : { placeholder }),
    ...(maxLength === undefined ? {} : { maxLength }),
    ...(below === undefined ? {} : { 'aria-describedby': `${id}-below` }),
  };
  return (
    <div class={styles.field}>
      <label class={quiet ? 'bk-spoken' : (styles.label ?? '')} for={id}>
        {label}
      </label>
      {type === 'email' ? (
        <input type="email" {...attributes} />
      ) : type === 'password' ? (
        <input type="password" {...attributes} />
      ) : type === 'url' ? (
        <input type="url" {...attributes} />
      ) : (
        <input type="text" {...attributes} />
      )}
      {below !== undefined && (
        <p id={`${id}-below`} class={wrong === undefined ? styles.hint : styles.wrong}>
          {below}
        </p>
      )}
    </div>
  );
}

/** What is wrong with a form as a whole; says it aloud when it appears. */
export function Failure({ text }: { text: string | null }) {
  return <div role="alert">{text !== null && <p class={styles.failure}>{text}</p>}</div>;
}
