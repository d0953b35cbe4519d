import { amountDigits, decimalsOf, isDecimal } from './amount';
import { wordsOf } from './label';
import { moneyKey } from './money_key';
import * as known from './vocabulary';

/** In which currency the members of a part are counted, as far as the site said so. */
export interface Denomination {
  /** ISO 4217, in capitals. */
  readonly currency: string;
  /** Written *eur*, as payment services do that count in cents: a whole number under it may be either. */
  readonly small: boolean;
  /** Where it was said: `here` beside the values, `part` around a part of a sale, `line` around its items, `far` elsewhere. */
  readonly said: 'here' | 'part' | 'line' | 'far';
}

/** A member of an object, before there is a tree. */
export interface Member {
  readonly key: string;
  readonly kind: 'text' | 'number' | 'other';
  /** Decoded text or digits; the JSON of anything else. */
  readonly text: string;
}

/** An amount with its currency. */
export interface Amount {
  /** The digits to show. */
  readonly amount: string;
  /** ISO 4217. */
  readonly currency: string;
}

const CURRENCY_KEYS = new Set(
  'currency currencycode currencyisocode isocurrencycode wahrung waehrung wahrungscode waehrungscode devise codedevise moneda codigomoneda valuta moeda'.split(
    ' ',
  ),
);
const AMOUNT_KEYS = new Set('amount value price betrag montant importe importo valor'.split(' '));
/** Keys that only objects with amounts in the smallest unit have: fixed-point money of libraries and of two shop systems. */
const FIXED_POINT = new Set(
  'precision scale exponent fractiondigits minorunit minorunits currencyminorunit currencydecimals itemssubtotalprice originaltotalprice originallineprice finallineprice'.split(
    ' ',
  ),
);
/** What a payment service says beside its amounts in cents: *object: charge*, *entity: payment*. */
const SERVICE_KEYS = new Set(['object', 'entity']);
const SERVICE =
  /^(?:charge|payment|payment_?intent|payment_?link|refund|order|invoice|invoice_?item|line_item|item|price|plan|subscription|subscription_item|payout|transfer|settlement|balance|balance_transaction|checkout\.session|coupon|quote|dispute|setup_intent)$/;
const UNIT_KEYS = new Set('unit units einheit unite unidad unita unidade uom denomination scale'.split(' '));
const TYPE_KEYS = new Set('type kind typ art mode valuetype discounttype amounttype'.split(' '));
const NO_CURRENCY_UNIT =
  /minor|^cents?$|pence|penn(?:y|ies)|sub.?unit|micro|nano|thousand|million|billion|tsd|mio|k€|point|punkt|punti|punto|mile|coin|credit|token/i;
const SHARE = /perce?nt|prozent|pourcent|porcent|percentu|%|ratio|factor|multipl/i;
const SIGNS: ReadonlyMap<string, string> = new Map([['€', 'EUR']]);

let currencies: ReadonlySet<string> | undefined;
/** Codes of money in use: a test code or an ounce of gold has no digits that everybody knows. */
function isCurrency(code: string): boolean {
  currencies ??= new Set(Intl.supportedValuesOf('currency').filter((one) => !/^X(?!AF|CD|OF|PF)/.test(one)));
  return currencies.has(code);
}

/** A key without case, accents and gaps, as it is compared with a short list. */
function bare(key: string): string {
  return wordsOf(key).join('');
}

/** Whether a key holds the currency of what stands beside it. */
export function isCurrencyKey(key: string): boolean {
  return CURRENCY_KEYS.has(bare(key));
}

/** Whether a member may decide how amounts beside it are shown. */
export function bearsOnMoney(key: string): boolean {
  const name = bare(key);
  const says = [CURRENCY_KEYS, FIXED_POINT, SERVICE_KEYS, UNIT_KEYS, TYPE_KEYS].some((keys) => keys.has(name));
  return says || moneyKey(key) !== undefined || wordsOf(key).some((word) => known.MINOR.has(word));
}

/**
 * The denomination of an object's members: the currency among them, else the one around it. None where the object has a
 * currency that is not known, or says that it counts in something else.
 */
export function denominationOf(
  key: string,
  members: readonly Member[],
  around: Denomination | undefined,
): Denomination | undefined {
  if (countsOtherwise(members)) return undefined;
  const own = members.filter((member) => isCurrencyKey(member.key));
  if (own.length === 0) return inside(key, around);
  const codes = new Set(own.map(({ text }) => (SIGNS.get(text.trim()) ?? text.trim()).toUpperCase()));
  const [currency = ''] = codes;
  if (codes.size !== 1 || !isCurrency(currency) || inSmallestUnit(key, members)) return undefined;
  const small = own.some(({ text }) => /^[a-z]{3}$/.test(text.trim()));
  // Beside *unit: g*, or under *discount_percent*, an amount is not one of money; a price still is.
  return { currency, small, said: namesOther(key) || members.some(isMeasure) ? 'far' : 'here' };
}

/** What a currency further up still means within the part of this name. */
export function inside(key: string, around: Denomination | undefined): Denomination | undefined {
  const words = wordsOf(key);
  const says = (meaning: ReadonlySet<string>) => words.some((word) => meaning.has(word));
  if (!around || words.length === 0) return around;
  const last = words.at(-1) ?? '';
  if (known.LINE_PARTS.has(last)) return { ...around, said: around.said === 'far' ? 'far' : 'line' };
  if (says(known.VETO) || says(known.COUNTED) || says(known.MINOR)) return undefined;
  if (known.SALE_PARTS.has(last) || moneyKey(key)?.weight === 'strong') {
    return around.said === 'here' ? { ...around, said: 'part' } : around;
  }
  return { ...around, said: 'far' };
}

/** Whether an object says that its amounts are in cents, shares or points. */
export function countsOtherwise(members: readonly Member[]): boolean {
  return members.some((member) => saysOtherwise(member, members));
}

function saysOtherwise({ key, kind, text }: Member, members: readonly Member[]): boolean {
  const name = bare(key);
  if (kind === 'number' && FIXED_POINT.has(name)) return true;
  if (kind === 'text') {
    const whole = () => members.every((one) => one.kind !== 'number' || decimalsOf(one.text) === 0);
    if (SERVICE_KEYS.has(name)) return SERVICE.test(text) && whole();
    if (UNIT_KEYS.has(name))
      return NO_CURRENCY_UNIT.test(text) || SHARE.test(text) || known.PRICED_IN_CENTS.has(text.toLowerCase());
    return TYPE_KEYS.has(name) && SHARE.test(text);
  }
  // *in_cents: true* speaks of what stands beside it.
  return text === 'true' && wordsOf(key).some((word) => known.MINOR.has(word));
}

function isMeasure({ key, kind, text }: Member): boolean {
  return kind === 'text' && UNIT_KEYS.has(bare(key)) && text !== '' && !isCurrency(text.toUpperCase());
}

/** `amount: { value: 1299 }` and `total_money: { amount: 1299 }` are how two payment services write 12.99. */
function inSmallestUnit(key: string, members: readonly Member[]): boolean {
  const names = wordsOf(key);
  const whole = (name: string) =>
    members.some((one) => one.kind === 'number' && bare(one.key) === name && decimalsOf(one.text) === 0);
  if (members.length !== 2) return false;
  return (names.at(-1) === 'amount' && whole('value')) || (names.at(-1) === 'money' && whole('amount'));
}

/** An object that is nothing but an amount and its currency. One with more members stays a part, so that none is lost. */
export function amountOf(members: readonly Member[], denomination: Denomination | undefined): Amount | undefined {
  if (denomination?.said !== 'here' || members.length !== 2) return undefined;
  const amount = members.find((member) => AMOUNT_KEYS.has(bare(member.key)));
  return amount && amount.kind !== 'other' ? inCurrency(amount.text, denomination) : undefined;
}

/** Whether an object of this name holds a rate or something else that is counted: *discount_percent*, *passengers*. */
function namesOther(key: string): boolean {
  const all = wordsOf(key);
  const per = all.findIndex((word, at) => at > 0 && known.PER.has(word));
  const words = per > 0 ? all.slice(0, per) : all;
  const says = (meaning: ReadonlySet<string>) => words.some((word) => meaning.has(word));
  // A *monthly rate* with a currency is what a month costs; a rate of interest or of tax is not.
  if (words.includes('rate')) {
    return words.some((word) => known.TAX.has(word) || /^(?:interest|exchange|conversion|growth)$/.test(word));
  }
  if (known.LINE_PARTS.has(words.at(-1) ?? '')) return false;
  return says(known.VETO) || says(known.MINOR) || says(known.COUNTED);
}

/** Digits as an amount of a currency; none where they may be its smallest unit, or are no plain number. */
export function inCurrency(
  digits: string,
  { currency, small }: Pick<Denomination, 'currency' | 'small'>,
): Amount | undefined {
  if (!isDecimal(digits)) return undefined;
  const decimals = digitsOf(currency);
  if (small && decimals > 0 && decimalsOf(digits) === 0) return undefined;
  return { amount: amountDigits(digits, decimals), currency };
}

const digits = new Map<string, number>();
/** The decimals that a currency is usually written with. */
function digitsOf(currency: string): number {
  const kept = digits.get(currency);
  if (kept !== undefined) return kept;
  const found =
    new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2;
  digits.set(currency, found);
  return found;
}
