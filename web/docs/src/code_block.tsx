import { IconButton } from '@beckon/ui';
import { CheckIcon, CopyIcon } from '@beckon/ui/icons';
import { useRef, useState } from 'preact/hooks';
import { words } from './locales/en';

/** How long the button says that it did, in milliseconds. */
const SAID = 2000;

/** Code that can be copied. Without a secure context there is no clipboard: then it is selected, ready for a key. */
export function CodeBlock({ text }: { text: string }) {
  const place = useRef<HTMLPreElement>(null);
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setCopied(true);
      setTimeout(() => setCopied(false), SAID);
    } catch {
      if (place.current) getSelection()?.selectAllChildren(place.current);
    }
  };
  return (
    <div class="code">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls sideways, so the keyboard must reach it */}
      <pre ref={place} tabIndex={0}>
        <code>{text}</code>
      </pre>
      <IconButton label={copied ? words.copied : words.copy} onClick={() => void copy()}>
        {copied ? <CheckIcon size={16} /> : <CopyIcon size={16} />}
      </IconButton>
    </div>
  );
}
