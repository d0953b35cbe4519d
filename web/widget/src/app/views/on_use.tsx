import { signal } from '@preact/signals';
import type { ComponentType, VNode } from 'preact';
import { hurry } from '../again';
import { part } from '../part';
import { words } from '../words';
import styles from './chat_window.module.css';
import { MessageSkeleton } from './skeleton';

/** A view in a file of its own. */
export interface OnUse<Props> {
  /** Shows a skeleton until the file is here, and says so when it does not come. */
  View(props: Props): VNode;
  /** Loads it now: it will be wanted soon. */
  load(): void;
}

export function onUse<Props extends object>(file: () => Promise<ComponentType<Props>>): OnUse<Props> {
  const view = signal<{ Loaded?: ComponentType<Props>; failed?: boolean }>({});
  let asked = false;

  function load(): void {
    if (asked) return;
    asked = true;
    void part(file, () => {
      view.value = { failed: true };
    }).then((Loaded) => {
      view.value = { Loaded };
    });
  }

  function View(props: Props) {
    load();
    const { Loaded, failed } = view.value;
    if (Loaded) return <Loaded {...props} />;
    return (
      <>
        <div role="status" class={styles.noticePlace}>
          {failed && (
            <p class={styles.notice}>
              {words().loadFailed}{' '}
              <button type="button" onClick={hurry}>
                {words().tryAgain}
              </button>
            </p>
          )}
        </div>
        <div class={styles.skeleton} aria-busy="true">
          <MessageSkeleton />
        </div>
      </>
    );
  }
  return { View, load };
}
