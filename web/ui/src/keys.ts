/** The `keyCode` of a key that an input method has taken for itself. */
const TAKEN = 229;

/** What a key press says of itself. */
export type KeyPress = Pick<KeyboardEvent, 'key' | 'keyCode' | 'isComposing'>;

/**
 * Whether an input method (Japanese, Chinese, Korean, a phone's suggestions) has this key: it ends or changes a word and means nothing to
 * us. Safari ends the word first, so its Enter or Escape comes with `isComposing` false; only the code still tells.
 */
export function isInputMethods({ isComposing, keyCode }: KeyPress): boolean {
  return isComposing || keyCode === TAKEN;
}

/** Whether this is an Enter that somebody pressed to act, and not to end a word. */
export function isEnter(press: KeyPress): boolean {
  return press.key === 'Enter' && !isInputMethods(press);
}
