import { LinkIcon } from '@beckon/ui/icons';
import { words } from './locales/en';

/** A heading with a link to itself. It takes the focus when somebody follows one. */
export function Heading({ id, text, large }: { id: string; text: string; large?: boolean }) {
  const link = (
    <a class="permalink" href={`#${id}`} aria-label={words.permalink(text)} title={words.permalink(text)}>
      <LinkIcon size={16} />
    </a>
  );
  return (
    <div class="heading">
      {large ? (
        <h2 id={id} tabIndex={-1}>
          {text}
        </h2>
      ) : (
        <h3 id={id} tabIndex={-1}>
          {text}
        </h3>
      )}
      {link}
    </div>
  );
}
