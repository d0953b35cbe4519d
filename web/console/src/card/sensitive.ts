import { wordsOf } from './label';

/** What stands for a value that is kept from view until it is asked for. */
export const MASK = '••••';

const SECRET = new Set(
  'password passwords passwd pwd passphrase passcode secret secrets token tokens cvv cvc csc iban ssn pin otp jwt credential credentials'.split(
    ' ',
  ),
);
/** Names of two words, as they read without a gap; the first may be the key above: `card: { number }`. */
const TOGETHER =
  /password|passwd|passphrase|(?:api|secret|private|access|session|encryption)key$|accesstoken|authtoken|cards?(?:no|num|numbers?|pan)$|creditcards?$|securitycode|securitynumber/;

/** Whether a key names something that nobody should read over a shoulder. `above` is the key it belongs to, if any. */
export function isSensitiveKey(key: string, above = ''): boolean {
  const words = wordsOf(key);
  if (words.some((word) => SECRET.has(word.replace(/\d+$/, '')))) return true;
  const name = words.join('');
  return TOGETHER.test(name) || (above !== '' && TOGETHER.test(wordsOf(above).join('') + name));
}
