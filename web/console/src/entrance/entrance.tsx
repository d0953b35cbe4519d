import { Mark } from '@beckon/ui';
import type { ComponentChildren } from 'preact';
import styles from './entrance.module.css';

/** The frame of the pages before the console: the mark, one heading, one thing to do. */
export function Entrance({ heading, lead, children }: { heading: string; lead: string; children: ComponentChildren }) {
  return (
    <main class={styles.page}>
      <div class={styles.panel}>
        <span class={styles.mark}>
          <Mark size={40} />
        </span>
        <h1 class={styles.heading}>{heading}</h1>
        <p class={styles.lead}>{lead}</p>
        {children}
      </div>
    </main>
  );
}
