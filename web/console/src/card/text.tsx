import { useSignal } from '@preact/signals';
import { useContext } from 'preact/hooks';
import { ReadingDialog } from './reading_dialog';
import { MarkedQuery } from './scope';
import { marked } from './search';
import styles from './text.module.css';
import { words } from './words';

/** From this many characters on a text is read in a dialog instead of in its row. */
export const READING_LENGTH = 2048;
/** How much of such a text its row begins with. */
const OPENING = 400;

/** Text from outside, in its own direction, with search hits marked. */
export function Text({ text }: { text: string }) {
  const query = useContext(MarkedQuery);
  const runs = query === '' ? undefined : marked(text, query);
  return (
    <bdi dir="auto" class={styles.text}>
      {runs?.map((run, index) => (run.hit ? <mark key={index}>{run.text}</mark> : run.text)) ?? text}
    </bdi>
  );
}

/** Three lines and *More*; a very long text opens in a reading dialog. */
export function LongText({ text, label }: { text: string; label: string }) {
  const open = useSignal(false);
  const reads = text.length > READING_LENGTH;
  const folded = reads || !open.value;
  return (
    <div>
      <div class={folded ? styles.clamped : undefined}>
        <Text text={reads ? `${Array.from(text.slice(0, OPENING)).join('')}…` : text} />
      </div>
      <button
        type="button"
        class={styles.more}
        aria-label={`${reads ? words.readAll : open.value ? words.less : words.more}: ${label}`}
        aria-expanded={reads ? undefined : open.value}
        aria-haspopup={reads ? 'dialog' : undefined}
        onClick={() => {
          open.value = !open.value;
        }}
      >
        {reads ? words.readAll : open.value ? words.less : words.more}
      </button>
      {reads && open.value && (
        <ReadingDialog
          title={label}
          onClose={() => {
            open.value = false;
          }}
        >
          <Text text={text} />
        </ReadingDialog>
      )}
    </div>
  );
}
