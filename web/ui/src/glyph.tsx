/** How an icon is drawn. Icons are never spoken: the control or the text beside them says it. */
export interface IconProps {
  /** Edge length in CSS pixels at a root size of 16; grows with the reader's text size. Default 20. */
  size?: number;
  class?: string;
}

interface GlyphProps extends IconProps {
  path: string;
  /** Turns round in right-to-left text. */
  mirror?: boolean;
}

/** One filled path in Phosphor's 256 unit box, in the colour of the text around it. */
export function Glyph({ path, mirror, size = 20, class: className }: GlyphProps) {
  const edge = `${size / 16}rem`;
  const classes = ['bk-icon', mirror ? 'bk-mirror' : '', className ?? ''].filter(Boolean).join(' ');
  return (
    <svg
      viewBox="0 0 256 256"
      width={edge}
      height={edge}
      fill="currentColor"
      class={classes}
      focusable="false"
      aria-hidden="true"
    >
      <path d={path} />
    </svg>
  );
}
