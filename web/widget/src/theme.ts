/** One theme of the widget's configuration: overrides of the `--bk-` variables. */
export interface Theme {
  styles?: { [variable: string]: string };
  /** Used instead where the system is dark. */
  darkStyles?: { [variable: string]: string };
  /** Without one the system decides. */
  scheme?: 'light' | 'dark';
}

/** What the server tells anyone about a widget. */
export interface WidgetConfig {
  id: string;
  name: string;
  multiThread: boolean;
  /** Origins that may embed it; empty: any. */
  allowedOrigins: string[];
  themes: { [name: string]: Theme };
  welcome: string;
  online: boolean;
  limits: {
    text: number;
    contextBytes: number;
    contextKeys: number;
    keyLength: number;
    stringBytes: number;
    depth: number;
  };
}

const HEX = /^#[0-9a-f]{6}$/i;

/** The better readable text on a ground written `#rrggbb`. */
function textOn(ground: string): string {
  const channel = (start: number): number => {
    const part = Number.parseInt(ground.slice(start, start + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  };
  const luminance = 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
  // Where white and the dark text #0c1f18 (luminance 0.0106) contrast equally.
  return (luminance + 0.05) ** 2 < 1.05 * 0.0606 ? '#ffffff' : '#0c1f18';
}

/** The variables a theme sets. A theme that changes only its accent gets everything else that depends on it. */
export function variables(theme: Theme, systemDark: boolean): { [variable: string]: string } {
  const dark = theme.scheme ? theme.scheme === 'dark' : systemDark;
  const chosen = { ...theme.styles, ...(dark ? theme.darkStyles : {}) };
  const accent = chosen['--bk-accent'];
  const derived: { [variable: string]: string } = {};
  if (accent) {
    derived['--bk-accent-hover'] = `color-mix(in oklab, ${accent}, ${dark ? 'white' : 'black'} 18%)`;
    derived['--bk-accent-tint'] = `color-mix(in oklab, ${accent} ${dark ? 22 : 13}%, var(--bk-surface))`;
    if (HEX.test(accent)) derived['--bk-on-accent'] = textOn(accent);
  }
  return { ...derived, ...chosen };
}
