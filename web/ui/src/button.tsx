import type { ButtonHTMLAttributes, ComponentChildren, Ref } from 'preact';
import styles from './button.module.css';

/** A button of the house. `primary` once per view; `danger` for what cannot be undone; `quiet` has no border. */
export interface ButtonProps
  extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'size' | 'class' | 'className' | 'ref'> {
  variant?: 'primary' | 'plain' | 'quiet' | 'danger';
  /** 44 px high instead of 32, for the widget and touch. */
  touch?: boolean;
  class?: string;
  buttonRef?: Ref<HTMLButtonElement>;
  children: ComponentChildren;
}

/** A verb to press. */
export function Button({ variant = 'plain', touch, class: className, buttonRef, children, ...rest }: ButtonProps) {
  const classes = [styles.button, styles[variant], touch ? styles.touch : '', className ?? '']
    .filter(Boolean)
    .join(' ');
  return (
    <button type="button" {...rest} ref={buttonRef ?? null} class={classes}>
      {children}
    </button>
  );
}

/** An icon to press: `label` is its name and its tooltip. */
export interface IconButtonProps extends Omit<ButtonProps, 'variant' | 'children' | 'title' | 'aria-label'> {
  label: string;
  children: ComponentChildren;
}

/** A square button with an icon only. */
export function IconButton({ label, touch, class: className, buttonRef, children, ...rest }: IconButtonProps) {
  const classes = [styles.icon, touch ? styles.touch : '', className ?? ''].filter(Boolean).join(' ');
  return (
    <button type="button" {...rest} ref={buttonRef ?? null} class={classes} aria-label={label} title={label}>
      {children}
    </button>
  );
}
