/** Pins of one widget, at most; the server holds to it too. */
export const PIN_LIMIT = 12;

/** The paths that stand first in the card, the same for all agents, and how to choose others. */
export interface Pins {
  readonly paths: readonly string[];
  /** Resolves to false when they could not be kept. */
  set(paths: readonly string[]): Promise<boolean>;
}

/** The pins with one more at the end, or one less. */
export function toggled(pins: readonly string[], path: string): readonly string[] {
  return pins.includes(path) ? pins.filter((pinned) => pinned !== path) : [...pins, path];
}
