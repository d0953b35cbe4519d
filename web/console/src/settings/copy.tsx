import { Button, CheckIcon, CopyIcon } from '@beckon/ui';
import { useEffect, useId, useState } from 'preact/hooks';
import { copyText } from '../card/clipboard';
import { words } from '../locales/en_settings';
import styles from './copy.module.css';

/** How long *Copied* stands, milliseconds. */
const COPIED_MS = 3_000;

/** Something to be copied and used elsewhere: code, a link, a secret. */
export function CopyBlock({ label, value, quiet }: { label: string; value: string; quiet?: boolean }) {
  const id = useId();
  const [outcome, setOutcome] = useState<'none' | 'copied' | 'failed'>('none');
  useEffect(() => {
    if (outcome !== 'copied') return;
    const timer = setTimeout(() => setOutcome('none'), COPIED_MS);
    return () => clearTimeout(timer);
  }, [outcome]);
  const copy = async (): Promise<void> => setOutcome((await copyText(value)) ? 'copied' : 'failed');
  return (
    <div class={styles.block}>
      <div class={styles.head}>
        <p id={id} class={quiet ? 'bk-spoken' : (styles.label ?? '')}>
          {label}
        </p>
        <Button variant="quiet" class={styles.copy ?? ''} aria-describedby={id} onClick={() => void copy()}>
          {outcome === 'copied' ? <CheckIcon size={16} /> : <CopyIcon size={16} />}
          {outcome === 'copied' ? words.copied : words.copy}
        </Button>
      </div>
      <pre class={styles.value}>{value}</pre>
      <p role="status" class={outcome === 'failed' ? styles.failed : 'bk-spoken'}>
        {outcome === 'failed' ? words.copyFailed : outcome === 'copied' ? words.copied : ''}
      </p>
    </div>
  );
}
