import styles from './raw_json.module.css';
import { useCard } from './scope';
import { type Branch, indented } from './tree';
import { words } from './words';

/** The JSON as the site sent it: its keys, their order, its digits. Only white space is ours. */
export function RawJson({ root }: { root: Branch }) {
  const { copyValue, view } = useCard();
  return (
    <div class={styles.raw}>
      <div class={styles.bar}>
        <button type="button" class={styles.action} onClick={() => copyValue(root, words.copiedJson)}>
          {words.copyJson}
        </button>
        <button
          type="button"
          class={styles.action}
          onClick={() => {
            view.raw.value = false;
          }}
        >
          {words.showCard}
        </button>
      </div>
      <pre class={styles.json} dir="ltr">
        {indented(root, view.hides)}
      </pre>
    </div>
  );
}
