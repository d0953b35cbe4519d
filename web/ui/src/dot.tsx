import styles from './dot.module.css';

/** The copper dot: something here is new for you. `label` says what, because colour alone says nothing. */
export function Dot({ label, count }: { label: string; count?: number }) {
  return (
    <span class={count === undefined ? styles.dot : styles.count}>
      {count !== undefined && <span aria-hidden="true">{count > 99 ? '99+' : count}</span>}
      <span class="bk-spoken">{label}</span>
    </span>
  );
}
