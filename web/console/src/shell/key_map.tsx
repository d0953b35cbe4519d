import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { Dialog } from '../dialog/dialog';
import { text } from '../locales/en';
import styles from './key_map.module.css';

const shown = signal(false);

/** Shows the map of all keys. */
export function showKeyMap(): void {
  shown.value = true;
}

/** What the keyboard can do here. */
export function KeyMap() {
  return shown.value ? <Groups onClose={() => (shown.value = false)} /> : null;
}

function Groups({ onClose }: { onClose: () => void }) {
  // Whoever leaves the page while it is open does not find it open again.
  useEffect(() => onClose, []);
  return (
    <Dialog title={text.keyMap} class={styles.dialog} onClose={onClose}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard */}
      <div class={styles.groups} tabIndex={0}>
        {text.keyGroups.map(({ heading, keys }) => (
          <section key={heading} class={styles.group}>
            <h3 class={styles.heading}>{heading}</h3>
            <dl>
              {keys.map(([combinations, what]) => (
                <div key={what} class={styles.row}>
                  <dt class={styles.keys}>
                    {combinations.map((combination, index) => (
                      <span key={combination} class={styles.combination}>
                        {index > 0 && <span class={styles.or}>{text.or}</span>}
                        {combination.split(' ').map((key) => (
                          <kbd key={key} class={styles.key}>
                            {key}
                          </kbd>
                        ))}
                      </span>
                    ))}
                  </dt>
                  <dd>{what}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
      <p class={styles.foot}>{text.keyMapFoot}</p>
    </Dialog>
  );
}
