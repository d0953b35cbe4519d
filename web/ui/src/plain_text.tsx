import { linkify } from './linkify';

/** Text as somebody wrote it, its addresses pressable. Keeps line breaks where the style says `pre-wrap`. */
export function PlainText({ text }: { text: string }) {
  return (
    <>
      {linkify(text).map((part, index) =>
        part.href === undefined ? (
          part.text
        ) : (
          <a key={index} href={part.href} target="_blank" rel="noopener noreferrer nofollow">
            {part.text}
          </a>
        ),
      )}
    </>
  );
}
