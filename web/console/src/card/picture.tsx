import { ImageIcon } from '@beckon/ui';
import { useSignal } from '@preact/signals';
import styles from './picture.module.css';
import { ReadingDialog } from './reading_dialog';
import { words } from './words';

/**
 * A picture in a fixed box, so that nothing moves when it arrives. One from a host that is not trusted, or one that does
 * not load, is a link: the agent's browser asks no stranger's server for anything by itself.
 */
export function Picture(props: { src: string; host: string; loads: boolean; label: string }) {
  const failed = useSignal(false);
  const enlarged = useSignal(false);
  if (props.host !== '' && (!props.loads || failed.value)) {
    return (
      <a class={styles.chip} href={props.src} target="_blank" rel="noopener noreferrer">
        <ImageIcon size={16} />
        <span class={styles.host}>
          {words.image} · {props.host}
        </span>
      </a>
    );
  }
  if (failed.value) return <span class={styles.broken}>{words.image}</span>;
  const fail = () => {
    failed.value = true;
  };
  return (
    <>
      <button
        type="button"
        class={styles.box}
        aria-label={`${words.enlarge}: ${props.label}`}
        aria-haspopup="dialog"
        onClick={() => {
          enlarged.value = true;
        }}
      >
        <img src={props.src} alt="" loading="lazy" decoding="async" referrerpolicy="no-referrer" onError={fail} />
      </button>
      {enlarged.value && (
        <ReadingDialog
          title={props.label}
          onClose={() => {
            enlarged.value = false;
          }}
        >
          <img src={props.src} alt={props.label} referrerpolicy="no-referrer" />
        </ReadingDialog>
      )}
    </>
  );
}
