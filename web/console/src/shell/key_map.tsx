import { IconButton, XIcon } from '@beckon/ui';
import { signal } from '@preact/signals';
import { useEffect, useId, useRef } from 'preact/hooks';
import { text } from '../locales/en';
import styles from './key_map.module.css';

const shown = signal(false);

/** Shows the map of all keys. */
export function showKeyMap(): void {
  shown.value = true;
}

/** What the keyboard can do here. */
export function KeyMap() {
  return shown.value ? <Dialog onClose={() => (shown.value = false)} /> : null;
}

function Dialog({ onClose }: { onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const opener = document.activeElement;
    dialog.current?.showModal();
    return () => {
      shown.value = false;
      if (opener instanceof HTMLElement) opener.focus({ preventScroll: true });
    };
  }, []);
  return (
    <dialog ref={dialog} class={styles.dialog} aria-labelledby={id} onClose={onClose}>
      <header class={styles.head}>
        <h2 class={styles.title} id={id}>
          {text.keyMap}
        </h2>
        <IconButton label={text.dismiss} onClick={() => dialog.current?.close()}>
          <XIcon />
        </IconButton>
      </header>
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
    </dialog>
  );
}
