import { readableOn } from './accent';

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

/** The variables that a theme sets itself here. */
export function ownStyles(theme: Theme, systemDark: boolean): { [variable: string]: string } {
  return { ...theme.styles, ...(isDark(theme, systemDark) && theme.darkStyles) };
}

/** The variables a theme sets here, and the text on its accent where it names none: the better readable of white and #0c1f18. */
export function chosenStyles(theme: Theme, systemDark: boolean): { [variable: string]: string } {
  const styles = ownStyles(theme, systemDark);
  const accent = styles['--bk-accent'];
  if (!accent) return styles;
  return { '--bk-on-accent': readableOn(accent), ...styles };
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
