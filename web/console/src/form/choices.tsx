import type { ComponentChildren } from 'preact';
import { useId, useLayoutEffect, useRef } from 'preact/hooks';
import styles from './form.module.css';

/** A few things of which one is chosen, each with what it means. */
export function Choices<Value extends string>({
  legend,
  name,
  initial,
  options,
  wrong,
  autoFocus,
  onChoose,
}: {
  legend: string;
  name: string;
  initial: Value;
  options: readonly { value: Value; label: string; hint: string }[];
  wrong?: string | undefined;
  autoFocus?: boolean;
  onChoose?: (value: Value) => void;
}) {
  const id = useId();
  return (
    <fieldset class={styles.choices} aria-describedby={wrong === undefined ? undefined : `${id}-wrong`}>
      <legend class={styles.label}>{legend}</legend>
      {options.map(({ value, label, hint }) => (
        <div key={value} class={styles.choice}>
          <input
            type="radio"
            id={`${id}-${value}`}
            name={name}
            value={value}
            defaultChecked={value === initial}
            {...(autoFocus && value === initial ? { autoFocus } : {})}
            aria-describedby={`${id}-${value}-hint`}
            onChange={() => onChoose?.(value)}
          />
          <label for={`${id}-${value}`}>{label}</label>
          <p id={`${id}-${value}-hint`} class={styles.hint}>
            {hint}
          </p>
        </div>
      ))}
      {wrong !== undefined && (
        <p id={`${id}-wrong`} class={styles.wrong}>
          {wrong}
        </p>
      )}
    </fieldset>
  );
}

/** A list to choose one from. */
export function Select({
  label,
  name,
  initial,
  options,
  hint,
  wrong,
}: {
  label: string;
  name: string;
  initial: string;
  options: readonly { value: string; label: string }[];
  hint?: string;
  wrong?: string | undefined;
}) {
  const id = useId();
  const list = useRef<HTMLSelectElement>(null);
  // What the form goes back to; the attribute, not what is chosen now.
  useLayoutEffect(() => {
    for (const option of list.current?.options ?? []) option.defaultSelected = option.value === initial;
  }, [initial]);
  const below = wrong ?? hint;
  return (
    <div class={styles.field}>
      <label class={styles.label} for={id}>
        {label}
      </label>
      <select
        ref={list}
        id={id}
        name={name}
        class={styles.input}
        aria-invalid={wrong !== undefined}
        aria-describedby={below === undefined ? undefined : `${id}-below`}
      >
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
      {below !== undefined && (
        <p id={`${id}-below`} class={wrong === undefined ? styles.hint : styles.wrong}>
          {below}
        </p>
      )}
    </div>
  );
}

/** Something that is on or off. */
export function Switch({
  label,
  hint,
  on,
  busy,
  onChange,
  children,
}: {
  label: string;
  hint: string;
  on: boolean;
  busy?: boolean;
  onChange: (on: boolean) => void;
  /** Stands at the end of the label's line. */
  children?: ComponentChildren;
}) {
  const id = useId();
  return (
    <div class={styles.switch}>
      <input
        type="checkbox"
        role="switch"
        id={id}
        checked={on}
        aria-checked={on}
        aria-describedby={`${id}-hint`}
        aria-busy={busy ?? false}
        onChange={(event) => {
          const wanted = event.currentTarget.checked;
          // It shows what is so, not what was asked for.
          event.currentTarget.checked = on;
          if (!busy) onChange(wanted);
        }}
      />
      <div class={styles.switchLine}>
        <label for={id}>{label}</label>
        {children}
      </div>
      <p id={`${id}-hint`} class={styles.hint}>
        {hint}
      </p>
    </div>
  );
}
