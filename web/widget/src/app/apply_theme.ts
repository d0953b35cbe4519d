import { type Theme, themeVariables } from '@beckon/ui/theme';

const dark = matchMedia('(prefers-color-scheme: dark)');
let shown: Theme = {};
let set: string[] = [];

function paint(): void {
  const { style, dataset } = document.documentElement;
  for (const variable of set) style.removeProperty(variable);
  if (shown.scheme) dataset.theme = shown.scheme;
  else delete dataset.theme;
  const values = Object.entries(themeVariables(shown, dark.matches));
  for (const [variable, value] of values) style.setProperty(variable, value);
  set = values.map(([variable]) => variable);
}

dark.addEventListener('change', paint);

/** Wears a theme until the next one; the system's light or dark is followed where the theme leaves it open. */
export function applyTheme(theme: Theme): void {
  shown = theme;
  paint();
}
