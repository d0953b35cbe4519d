import { chosenStyles, isDark, type Theme } from '../theme';

const dark = matchMedia('(prefers-color-scheme: dark)');
let shown: Theme = {};
let set: string[] = [];

/** A theme that changes only its accent gets what depends on it. */
function variables(theme: Theme): [string, string][] {
  const styles = chosenStyles(theme, dark.matches);
  const accent = styles['--bk-accent'];
  const deep = isDark(theme, dark.matches);
  const derived: { [variable: string]: string } = accent
    ? {
        '--bk-accent-hover': `color-mix(in oklab, ${accent}, ${deep ? 'white' : 'black'} 18%)`,
        '--bk-accent-tint': `color-mix(in oklab, ${accent} ${deep ? 22 : 13}%, var(--bk-surface))`,
      }
    : {};
  return Object.entries({ ...derived, ...styles });
}

function paint(): void {
  const { style, dataset } = document.documentElement;
  for (const variable of set) style.removeProperty(variable);
  if (shown.scheme) dataset.theme = shown.scheme;
  else delete dataset.theme;
  const values = variables(shown);
  for (const [variable, value] of values) style.setProperty(variable, value);
  set = values.map(([variable]) => variable);
}

dark.addEventListener('change', paint);

/** Wears a theme until the next one; the system's light or dark is followed where the theme leaves it open. */
export function applyTheme(theme: Theme): void {
  shown = theme;
  paint();
}
