import { Button } from '@beckon/ui';
import { useEffect, useId, useRef } from 'preact/hooks';
import { words } from '../locales/en_settings';
import { CopyBlock } from './copy';
import rows from './rows.module.css';

/** Something the server shows once: a link, a secret. It stays until *Done*. */
export function Once({
  heading,
  lead,
  parts,
  onDone,
}: {
  heading: string;
  lead: string;
  parts: readonly { label: string; value: string }[];
  onDone: () => void;
}) {
  const id = useId();
  const frame = useRef<HTMLElement>(null);
  // The form that made it keeps standing; the eye and the focus belong here now.
  useEffect(() => frame.current?.focus(), [heading]);
  return (
    <section ref={frame} class={rows.once} aria-labelledby={id} tabIndex={-1}>
      <div>
        <h3 class={rows.onceHeading} id={id}>
          {heading}
        </h3>
        <p class={rows.note}>{lead}</p>
      </div>
      {parts.map((part) => (
        <CopyBlock key={part.label} {...part} />
      ))}
      <div>
        <Button onClick={onDone}>{words.done}</Button>
      </div>
    </section>
  );
}
