import { wordsOf } from './label';
import * as known from './vocabulary';

/**
 * How surely a key names money. `strong`: by itself (*unit_price*). `total`, `amount`: only near a currency, because a total
 * may be one of guests and an amount one of flour.
 */
export type Weight = 'strong' | 'total' | 'amount';

export interface MoneyKey {
  readonly weight: Weight;
  /** The currency that the key itself names: *price_eur*. */
  readonly currency: string | undefined;
  /** A bare 0 or 1 may be a choice instead: *shipping: 1*. */
  readonly choice: boolean;
}

/** Codes that are no word of any key in the five languages, unlike *ALL*, *TRY* or *CUP*. */
const CODES = new Set(
  'eur usd gbp chf jpy cny sek nok dkk isk pln czk huf ron bgn cad aud nzd brl mxn clp inr zar aed sgd hkd krw thb myr ils kwd'.split(
    ' ',
  ),
);
const SIGNS: ReadonlyMap<string, string> = new Map([['€', 'eur']]);
const kept = new Map<string, MoneyKey | undefined>();
/** Keys remembered; a site has its own few hundred. */
const MOST_KEPT = 2000;

/** Whether a key names an amount of money, and which kind of name it is. */
export function moneyKey(key: string): MoneyKey | undefined {
  if (kept.has(key)) return kept.get(key);
  if (kept.size >= MOST_KEPT) kept.clear();
  const found = judge(key);
  kept.set(key, found);
  return found;
}

function judge(key: string): MoneyKey | undefined {
  const all = wordsOf(key).map((word) => SIGNS.get(word) ?? word);
  const codes = new Set(all.filter((word) => CODES.has(word)));
  if (codes.size > 1) return undefined;
  const words = all.filter((word) => !CODES.has(word) && !/^\d+$/.test(word));
  while (words.length > 1 && /^(?:in|en|em)$/.test(words.at(-1) ?? '')) words.pop();
  const weight = weigh(words);
  const [code] = codes;
  return (
    weight && { weight, currency: code?.toUpperCase(), choice: words.length === 1 && known.BARE.has(words[0] ?? '') }
  );
}

function says(words: readonly string[], ...meanings: ReadonlySet<string>[]): boolean {
  return words.some((word) => meanings.some((meaning) => meaning.has(word)));
}

function weigh(words: readonly string[]): Weight | undefined {
  if (says(words, known.VETO, known.MINOR, known.SPELLED)) return undefined;
  const per = words.findIndex((word, at) => at > 0 && known.PER.has(word));
  if (per > 0) {
    const one = words.slice(per + 1);
    return one.length === 0 || says(one, known.PRICED_IN_CENTS) ? undefined : weigh(words.slice(0, per));
  }
  if (says(words, known.COUNTED)) return undefined;
  const named = untaxed(words);
  return named && (first(named) ?? last(named));
}

/**
 * A tax or a discount is as often a rate: it is an amount where the key says so (*tax_amount*), or it only tells which price
 * is meant (*price_incl_tax*). The key without it, as far as that is still money.
 */
function untaxed(words: readonly string[]): readonly string[] | undefined {
  if (!says(words, known.TAX)) return words;
  const rest = words.filter((word) => !known.TAX.has(word));
  if (says(rest, known.MAKES_AMOUNT) || says(rest, known.WITH_OR_WITHOUT) || isStrong(words.at(-1) ?? '')) return rest;
  return undefined;
}

/** French, Spanish, Italian and Portuguese keys begin with their noun. */
function first(words: readonly string[]): Weight | undefined {
  const [head = '', ...rest] = words;
  if (known.FIRST.has(head)) return 'strong';
  if (head === 'amount' && rest.length > 0 && rest.every((word) => known.AFTER_AMOUNT.has(word))) return 'strong';
  const all = rest.length > 0 && known.TOTAL_FIRST.has(head) && rest.every((word) => known.AFTER_TOTAL.has(word));
  return all ? 'strong' : undefined;
}

function last(words: readonly string[]): Weight | undefined {
  const named = without(words, known.WHICH);
  const head = named.at(-1) ?? '';
  const rest = named.slice(0, -1);
  if (isStrong(head) || isStrong(without(words, known.WHICH, known.WHICH_STRONG).at(-1) ?? '')) return 'strong';
  if (known.TOTALS.has(head)) return among(rest, known.WITH_TOTAL, 'total');
  if (known.AMOUNTS.has(head)) return among(rest, known.WITH_AMOUNT, 'amount');
  const paired = known.PAIRED.get(head);
  if (paired && rest.length > 0) return rest.every((word) => paired.has(word)) ? 'strong' : undefined;
  return known.BARE.has(head) && rest.length === 0 ? 'amount' : undefined;
}

/** The key without the words at its end that only say which of several amounts it is; one word always stays. */
function without(words: readonly string[], ...which: ReadonlySet<string>[]): readonly string[] {
  let end = words.length;
  while (end > 1 && says(words.slice(end - 1, end), ...which)) end--;
  return words.slice(0, end);
}

function isStrong(head: string): boolean {
  if (known.STRONG.has(head) || known.ENGLISH_JOINED.test(head)) return true;
  return known.GERMAN_END.test(head) && !known.GERMAN_NOT.test(head);
}

function among(rest: readonly string[], companions: ReadonlySet<string>, alone: Weight): Weight | undefined {
  if (rest.length === 0) return alone;
  const telling = rest.filter((word) => !known.NEUTRAL.has(word));
  return telling.length > 0 && telling.every((word) => companions.has(word)) ? 'strong' : undefined;
}
