import { type ReadonlySignal, signal } from '@preact/signals';

/** Bounds of the card's width, CSS pixels. */
export const CARD_LEAST = 280;
export const CARD_MOST = 520;
/** First width on a roomy and on a narrower window. */
const ROOMY = 360;
const NARROW = 320;
const KEY = 'beckon:card-width';

const chosen = signal<number | null>(stored());

/** Width that the agent chose on this browser; null: the window decides. */
export const cardWidth: ReadonlySignal<number | null> = chosen;

/** The width that nobody chose. */
export function firstWidth(isRoomy: boolean): number {
  return isRoomy ? ROOMY : NARROW;
}

/** Keeps a width for the next time, within the bounds. */
export function chooseCardWidth(width: number): void {
  chosen.value = Math.round(Math.min(CARD_MOST, Math.max(CARD_LEAST, width)));
  try {
    localStorage.setItem(KEY, String(chosen.value));
  } catch {
    // Without storage the width lasts as long as the page.
  }
}

function stored(): number | null {
  try {
    const width = Number(localStorage.getItem(KEY));
    return width >= CARD_LEAST && width <= CARD_MOST ? width : null;
  } catch {
    return null;
  }
}
