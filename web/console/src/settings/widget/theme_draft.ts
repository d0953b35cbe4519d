import type { Theme } from '@beckon/ui/theme';
import { words } from '../../locales/en_settings';

/** The variables that a theme may set beside its accent, in the order of the list. The server knows the same ones. */
export const VARIABLES = [
  '--bk-ground',
  '--bk-surface',
  '--bk-sunken',
  '--bk-line',
  '--bk-edge',
  '--bk-text',
  '--bk-muted',
  '--bk-accent-hover',
  '--bk-accent-tint',
  '--bk-on-accent',
  '--bk-signal',
  '--bk-signal-tint',
  '--bk-danger',
  '--bk-danger-tint',
  '--bk-float-border',
  '--bk-float-shadow',
  '--bk-font-ui',
  '--bk-font-voice',
  '--bk-radius-chip',
  '--bk-radius-control',
  '--bk-radius-bubble',
  '--bk-radius-window',
  '--bk-radius-launcher',
] as const;

const ACCENT = '--bk-accent';

/** One variable as it is edited. */
export interface Override {
  /** Keeps the row its own while it is edited. */
  key: number;
  variable: string;
  value: string;
  darkOnly: boolean;
}

/** A theme as it is edited: its name and accents in fields of their own. */
export interface Draft {
  name: string;
  accent: string;
  /** Empty: the same as in the light. */
  accentDark: string;
  scheme: 'system' | 'light' | 'dark';
  overrides: Override[];
}

let overrides = 0;

/** A row for one more variable. */
export function newOverride(variable: string, value = '', darkOnly = false): Override {
  overrides += 1;
  return { key: overrides, variable, value, darkOnly };
}

/** A theme opened for editing. */
export function draftOf(name: string, theme: Theme): Draft {
  const rest = (styles: Theme['styles'], darkOnly: boolean): Override[] =>
    Object.entries(styles ?? {})
      .filter(([variable]) => variable !== ACCENT)
      .map(([variable, value]) => newOverride(variable, value, darkOnly));
  return {
    name,
    accent: theme.styles?.[ACCENT] ?? '',
    accentDark: theme.darkStyles?.[ACCENT] ?? '',
    scheme: theme.scheme ?? 'system',
    overrides: [...rest(theme.styles, false), ...rest(theme.darkStyles, true)],
  };
}

/** The theme that a draft makes. What is not finished is left out, so that the preview can show it at any time. */
export function themeOf(draft: Draft): Theme {
  const styles: Record<string, string> = {};
  const darkStyles: Record<string, string> = {};
  const accent = hexColour(draft.accent);
  const accentDark = hexColour(draft.accentDark);
  if (accent) styles[ACCENT] = accent;
  if (accentDark) darkStyles[ACCENT] = accentDark;
  for (const { variable, value, darkOnly } of draft.overrides) {
    if (value.trim() !== '') (darkOnly ? darkStyles : styles)[variable] = value.trim();
  }
  return {
    styles,
    ...(Object.keys(darkStyles).length > 0 ? { darkStyles } : {}),
    ...(draft.scheme === 'system' ? {} : { scheme: draft.scheme }),
  };
}

/** A colour written `#rgb` or `#rrggbb`, with or without its sign, as `#rrggbb`; null for anything else. */
export function hexColour(text: string): string | null {
  const [, digits] = /^#?([0-9a-f]{3}|[0-9a-f]{6})$/i.exec(text.trim()) ?? [];
  if (digits === undefined) return null;
  const full = digits.length === 3 ? [...digits].map((digit) => digit + digit).join('') : digits;
  return `#${full.toLowerCase()}`;
}

/** What is wrong with a draft, by field; `taken` are the names of other themes. */
export function faultsOf(draft: Draft, taken: readonly string[]): Record<string, string> {
  const faults: Record<string, string> = {};
  if (!/^[a-z0-9-]{1,32}$/.test(draft.name)) faults.name = words.themes.nameWrong;
  else if (taken.includes(draft.name)) faults.name = words.themes.nameTaken;
  for (const field of ['accent', 'accentDark'] as const) {
    if (draft[field].trim() !== '' && hexColour(draft[field]) === null) faults[field] = words.themes.accentWrong;
  }
  for (const { key, value } of draft.overrides) {
    if (value.trim() === '') faults[`override-${key}`] = words.themes.valueMissing;
  }
  return faults;
}
