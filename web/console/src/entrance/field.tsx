import { useId } from 'preact/hooks';
import styles from './entrance.module.css';

interface FieldProps {
  name: string;
  label: string;
  type?: 'text' | 'email' | 'password';
  autoComplete: string;
  hint?: string;
  /** What is wrong with it. */
  wrong?: string | undefined;
  autoFocus?: boolean;
}

/** A labelled input that says beside itself what it wants and what is wrong with it. */
export function Field({ name, label, type = 'text', autoComplete, hint, wrong, autoFocus }: FieldProps) {
  const id = useId();
  const below = wrong ?? hint;
  const attributes = {
    id,
    name,
    autoComplete,
    class: styles.input ?? '',
    autoFocus: autoFocus ?? false,
    'aria-invalid': wrong !== undefined,
    ...(below === undefined ? {} : { 'aria-describedby': `${id}-below` }),
  };
  return (
    <div class={styles.field}>
      <label class={styles.label} for={id}>
        {label}
      </label>
      {type === 'email' ? (
        <input type="email" {...attributes} />
      ) : type === 'password' ? (
        <input type="password" {...attributes} />
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
