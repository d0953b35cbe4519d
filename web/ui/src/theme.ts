/** One theme of a widget: overrides of the `--bk-` variables. */
export interface Theme {
  styles?: { [variable: string]: string };
  /** Used instead where the system is dark. */
  darkStyles?: { [variable: string]: string };
  /** Without one the system decides. */
  scheme?: 'light' | 'dark';
}

/** Whether a theme is worn dark. */
export function isDark(theme: Theme, systemDark: boolean): boolean {
  return theme.scheme ? theme.scheme === 'dark' : systemDark;
}

/** The variables a theme sets here, and the text on its accent where it names none: the better readable of white and #0c1f18. */
export function chosenStyles(theme: Theme, systemDark: boolean): { [variable: string]: string } {
  const styles = { ...theme.styles, ...(isDark(theme, systemDark) && theme.darkStyles) };
  const accent = styles['--bk-accent'];
  if (!accent) return styles;
  const [red, green, blue] = [1, 3, 5].map((at) => (Number.parseInt(accent.slice(at, at + 2), 16) / 255) ** 2.2) as [
    number,
    number,
    number,
  ];
  // Where both contrast equally; not a number if the accent is not written #rrggbb, which makes the text white.
  const bright = 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.2022;
  return { '--bk-on-accent': bright ? '#0c1f18' : '#ffffff', ...styles };
}

/** Everything a theme sets inside the chat: a theme that changes only its accent gets what depends on it. */
export function themeVariables(theme: Theme, systemDark: boolean): { [variable: string]: string } {
  const styles = chosenStyles(theme, systemDark);
  const accent = styles['--bk-accent'];
  if (!accent) return styles;
  const deep = isDark(theme, systemDark);
  return {
    '--bk-accent-hover': `color-mix(in oklab, ${accent}, ${deep ? 'white' : 'black'} 18%)`,
    '--bk-accent-tint': `color-mix(in oklab, ${accent} ${deep ? 22 : 13}%, var(--bk-surface))`,
    ...styles,
  };
}
