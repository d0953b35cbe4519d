import styles from './skeleton.module.css';

/** Where messages will be. */
export function MessageSkeleton() {
  return (
    <div class={styles.messages} aria-hidden="true">
      <span />
      <span />
      <span />
    </div>
  );
}
