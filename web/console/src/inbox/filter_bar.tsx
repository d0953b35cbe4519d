import { text } from '../locales/en';
import styles from './filter_bar.module.css';
import { type Filter, STATUSES } from './rows';
import { StatusMark } from './status_mark';

/** Narrows the list to some statuses. Nothing pressed: the list as it is by itself. */
export function FilterBar({ filter, onChange }: { filter: Filter; onChange: (filter: Filter) => void }) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: buttons that switch, not fields to fill in.
    <div class={styles.bar} role="group" aria-label={text.statuses}>
      {STATUSES.map((status) => {
        const on = filter.includes(status);
        return (
          <button
            key={status}
            type="button"
            class={styles.status}
            aria-pressed={on}
            onClick={() => onChange(STATUSES.filter((one) => (one === status ? !on : filter.includes(one))))}
          >
            <StatusMark status={status} />
          </button>
        );
      })}
    </div>
  );
}
