/** Reading and rounding numbers as the digits that were sent: a binary number would lose the last ones. */

/** An exact decimal number: no exponent, no leading zeros that could be a code. */
const DECIMAL = /^-?(?:0|[1-9]\d*)(?:\.\d{1,20})?$/;
/** A sum of money is sent with so many decimals at most (€0.284312 a kWh); more are what arithmetic left behind. */
const MOST_DECIMALS = 6;
/** A double holds 15 decimal digits for sure; a number with more of them went through binary arithmetic. */
const SURE_DIGITS = 15;
/** To so many significant digits binary noise is gone: 7 × 13.37 is 93.58999999999999. */
const KEPT_DIGITS = 12;

/** Whether digits can be grouped and formatted without losing one: no exponent, not beyond 2⁵³. */
export function isDecimal(digits: string): boolean {
  return DECIMAL.test(digits) && Math.abs(Number(digits)) <= Number.MAX_SAFE_INTEGER;
}

/** Decimals of a number written in digits. */
export function decimalsOf(digits: string): number {
  return digits.split('.')[1]?.length ?? 0;
}

/** The digits with zeros at the end up to `decimals`. */
export function padded(digits: string, decimals: number): string {
  if (decimalsOf(digits) >= decimals) return digits;
  const [whole = '', fraction = ''] = digits.split('.');
  return `${whole}.${fraction.padEnd(decimals, '0')}`;
}

/** A number as it was meant: without what binary arithmetic added to it. */
export function withoutNoise(digits: string, leastDecimals = 0): string {
  const decimals = decimalsOf(digits);
  if (decimals <= MOST_DECIMALS && significant(digits).length <= SURE_DIGITS) return digits;
  const [whole = '', fraction = ''] = digits.replace('-', '').split('.');
  const before = whole === '0' ? -(/^0*/.exec(fraction)?.[0].length ?? 0) : whole.length;
  const kept = Math.max(KEPT_DIGITS - before, leastDecimals);
  return decimals <= kept ? digits : rounded(digits, kept).replace(/\.?0+$/, '');
}

/**
 * The digits an amount is shown with. One without decimals stays so; otherwise it has at least those of its currency, as many
 * as were sent up to six, and what arithmetic made longer is rounded, unless that would leave nothing.
 */
export function amountDigits(sent: string, ofCurrency: number): string {
  if (decimalsOf(sent) === 0) return sent;
  let digits = withoutNoise(sent, ofCurrency);
  if (decimalsOf(digits) > MOST_DECIMALS) {
    const short = rounded(digits, ofCurrency);
    if (/[1-9]/.test(short)) digits = short;
    // What is left of a noisy number this small is no more true than what was sent.
    else if (significant(digits).length === KEPT_DIGITS) digits = sent;
  }
  return padded(digits, ofCurrency);
}

function significant(digits: string): string {
  return digits.replace(/[-.]/g, '').replace(/^0+|0+$/g, '');
}

/** Rounds half away from zero, as people do. */
function rounded(digits: string, decimals: number): string {
  const negative = digits.startsWith('-');
  const [whole = '0', fraction = ''] = digits.replace('-', '').split('.');
  const up = (fraction[decimals] ?? '0') >= '5' ? 1n : 0n;
  const all = (BigInt(whole + fraction.slice(0, decimals).padEnd(decimals, '0')) + up).toString();
  const text = all.padStart(decimals + 1, '0');
  const result = decimals === 0 ? text : `${text.slice(0, -decimals)}.${text.slice(-decimals)}`;
  return negative ? `-${result}` : result;
}
