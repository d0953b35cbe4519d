import { isDecimal, withoutNoise } from './amount';
import { cssColour } from './colour_names';
import { dateIn, epochIn, instantOf } from './dates';
import { type Denomination, inCurrency } from './denomination';
import { wordsOf } from './label';
import { type MoneyKey, moneyKey } from './money_key';
import { type Branch, type ContextNode, isBranch } from './tree';
import * as known from './vocabulary';

/** How a value is shown. Chosen by the value first, by its key second; the value itself is never altered. */
export type Shown =
  | { as: 'money' /** the digits to show */; amount: string /** ISO 4217 */; currency: string }
  | { as: 'number'; digits: string; style: 'grouped' | 'plain' | 'percent' }
  | { as: 'yes' | 'no' | 'empty' | 'none' }
  | { as: 'country' | 'language'; code: string }
  | { as: 'instant' /** milliseconds since 1970 */; at: number }
  | {
      as: 'day';
      year: number;
      month: number;
      day: number /** `hh:mm` as written, when a time stood there without a zone */;
      time?: string;
    }
  | { as: 'link' | 'email' | 'phone'; href: string }
  | { as: 'colour'; css: string }
  | { as: 'image'; src: string /** empty for inline data */; host: string /** may load by itself */; loads: boolean }
  | { as: 'text' | 'long' }
  | { as: 'chips' | 'list' | 'table' | 'section' }
  /** Named like a secret and not asked for yet. */
  | { as: 'masked' };

/** From where a picture may load by itself. Anything else is a link the agent decides about. */
export interface ImageOrigins {
  readonly allowed: ReadonlySet<string>;
}

/** Longest text shown as it is; anything longer starts folded to three lines. */
export const LONG_TEXT = 120;
/** Longest value that still is a chip. */
export const CHIP_TEXT = 24;

const EMAIL = /^[\p{L}\p{N}.+_%'-]{1,64}@(?:[\p{L}\p{N}-]{1,63}\.){1,8}\p{L}{2,24}$/u;
const PHONE_TEXT = /^\+?[\d\s()./-]{5,24}$/;
/** Fewer digits are an extension or a count. */
const PHONE_DIGITS = 5;
/** Under *cell* or *mobile* a short number counts cells or visits. */
const SURE_PHONE_DIGITS = 7;
const IMAGE_PATH = /\.(?:png|jpe?g|webp|gif|avif|svg)$/i;
const IMAGE_DATA = /^data:image\/(?:png|jpeg|webp|gif);base64,[\da-z+/=]+$/i;

/** Classifies the member `key` of `parent`. */
export function classify(key: string, node: ContextNode, parent: Branch, images: ImageOrigins): Shown {
  if (isBranch(node)) return classifyBranch(node);
  // An item of a list is judged by the list's own name, because its index says nothing.
  const name = parent.kind === 'array' ? parent.name : key;
  switch (node.kind) {
    case 'null':
      return { as: 'none' };
    case 'boolean':
      return { as: node.source === 'true' ? 'yes' : 'no' };
    case 'number':
      return classifyNumber(node.source, name, parent);
    case 'text':
      return classifyText(node.text, name, parent, images);
  }
}

function says(words: readonly string[], meaning: ReadonlySet<string>): boolean {
  return words.some((word) => meaning.has(word));
}

/** Whether a key is about something: its last word says so, or one before words that only narrow it (*phone_number*). */
function isAbout(words: readonly string[], subject: ReadonlySet<string>, after: ReadonlySet<string>): boolean {
  const rest = [...words];
  while (rest.length > 1 && (after.has(rest.at(-1) ?? '') || /^\d$/.test(rest.at(-1) ?? ''))) rest.pop();
  return subject.has(rest.at(-1) ?? '');
}

function classifyBranch(branch: Branch): Shown {
  if (branch.entries.length === 0) return { as: 'none' };
  if (branch.kind === 'object') return branch.amount ? { as: 'money', ...branch.amount } : { as: 'section' };
  if (branch.entries.every(({ node }) => node.kind === 'object' && node.entries.length > 0)) {
    return branch.entries.every(({ node }) => isBranch(node) && node.amount) ? { as: 'chips' } : { as: 'table' };
  }
  if (branch.entries.some(({ node }) => isBranch(node))) return { as: 'section' };
  return { as: branch.entries.some(({ node }) => node.text.length > CHIP_TEXT) ? 'list' : 'chips' };
}

function classifyNumber(digits: string, key: string, parent: Branch): Shown {
  const words = wordsOf(key);
  const plain = { as: 'number', digits, style: 'plain' } as const;
  if (isPhoneKey(words)) return phone(digits, words) ?? plain;
  if (!isDecimal(digits)) return plain;
  if (says(words, known.PERCENT)) return isShare(digits) ? plain : { as: 'number', digits, style: 'percent' };
  const at = epochIn(digits, words);
  if (at !== undefined) return { as: 'instant', at };
  const money = inMoney(digits, key, parent);
  if (money) return money;
  if (isName(words)) return plain;
  return { as: 'number', digits: moneyKey(key) ? withoutNoise(digits) : digits, style: 'grouped' };
}

/** *0.15* under *percent* may be 15 % or 0.15 %. */
function isShare(digits: string): boolean {
  const value = Math.abs(Number(digits));
  return value > 0 && value < 1;
}

/** Whether a number names something instead of counting it. */
function isName(words: readonly string[]): boolean {
  if (words.length === 1 && known.NAMING_ALONE.has(words[0] ?? '')) return true;
  return words.some((word) => known.NAMING.has(word) || known.NAMING_END.test(word));
}

/** An amount of money, where its key names one and a currency is known for it. */
function inMoney(digits: string, key: string, parent: Branch): Shown | undefined {
  const money = moneyKey(key);
  const currency = money && currencyFor(money, key, parent);
  if (!money || !currency) return undefined;
  if (money.choice && /^[01]$/.test(digits)) return undefined;
  // *last_payment: 1795442520* is when, not how much.
  if (/^\d{10,13}$/.test(digits) && instantOf(digits) !== undefined) return undefined;
  const amount = inCurrency(digits, currency);
  return amount && { as: 'money', ...amount };
}

function currencyFor(
  money: MoneyKey,
  key: string,
  parent: Branch,
): Pick<Denomination, 'currency' | 'small'> | undefined {
  if (parent.otherwise) return undefined;
  if (money.currency !== undefined) return { currency: money.currency, small: false };
  const said = parent.denomination;
  if (!said || money.weight === 'strong') return said;
  if (money.weight === 'total') return said.said === 'far' ? undefined : said;
  const near = said.said === 'here' || said.said === 'part';
  return near && !isHowMany(key, parent) ? said : undefined;
}

/** *amount: 2* beside a price is how many. */
function isHowMany(key: string, parent: Branch): boolean {
  return parent.entries.some((other) => other.key !== key && PRICE.test(wordsOf(other.key).join(' ')));
}
const PRICE = /(?:^|.)(?:price|preis|prix|precio|prezzo|preco)\b/;

function classifyText(text: string, key: string, parent: Branch, images: ImageOrigins): Shown {
  if (text.trim() === '') return text === '' ? { as: 'empty' } : { as: 'text' };
  const words = wordsOf(key);
  const recognised =
    classifyImage(text, words, images) ??
    classifyAddress(text) ??
    dateIn(text, words) ??
    classifyColour(text, words) ??
    classifyCode(text, words) ??
    (isPhoneKey(words) ? phone(text, words) : undefined) ??
    (isDecimal(text) ? inMoney(text, key, parent) : undefined);
  if (recognised) return recognised;
  return { as: text.length > LONG_TEXT || text.split('\n', 4).length > 3 ? 'long' : 'text' };
}

function webAddress(text: string): URL | undefined {
  if (!/^https?:\/\/\S+$/i.test(text)) return undefined;
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}

function classifyImage(text: string, words: readonly string[], images: ImageOrigins): Shown | undefined {
  if (IMAGE_DATA.test(text)) return { as: 'image', src: text, host: '', loads: true };
  const url = webAddress(text);
  if (!url || !(IMAGE_PATH.test(url.pathname) || isAbout(words, known.IMAGE, known.AFTER_IMAGE))) return undefined;
  return { as: 'image', src: url.href, host: url.host, loads: images.allowed.has(url.origin) };
}

function classifyAddress(text: string): Shown | undefined {
  const url = webAddress(text);
  if (url) return { as: 'link', href: url.href };
  return EMAIL.test(text) ? { as: 'email', href: `mailto:${text}` } : undefined;
}

function isPhoneKey(words: readonly string[]): boolean {
  return isAbout(words, known.PHONE, known.AFTER_PHONE);
}

function phone(text: string, words: readonly string[]): Shown | undefined {
  const digits = text.replace(/\D/g, '');
  const least = words.some((word) => /phone|tel|fax|msisdn|whatsapp|nummer/.test(word))
    ? PHONE_DIGITS
    : SURE_PHONE_DIGITS;
  if (!PHONE_TEXT.test(text) || digits.length < least) return undefined;
  return { as: 'phone', href: `tel:${text.trim().startsWith('+') ? '+' : ''}${digits}` };
}

function classifyColour(text: string, words: readonly string[]): Shown | undefined {
  const about = isAbout(words, known.COLOUR, known.AFTER_COLOUR) || known.COLOUR_END.test(words.at(-1) ?? '');
  // *#A1B2C3* may be how a booking is called.
  if (!about && isName(words)) return undefined;
  const css = cssColour(text, about);
  return css === undefined ? undefined : { as: 'colour', css };
}

function classifyCode(text: string, words: readonly string[]): Shown | undefined {
  // *no* and *si* are answers as well.
  const answer = /^(?:no|si)$/.test(text) && words.length > 1 && !/^code$/.test(words.at(-1) ?? '');
  if (answer) return undefined;
  if (/^[a-z]{2}$/i.test(text) && isAbout(words, known.COUNTRY, known.AFTER_COUNTRY))
    return { as: 'country', code: text };
  const language = isAbout(words, known.LANGUAGE, known.AFTER_LANGUAGE) && !says(words, known.NO_LANGUAGE);
  if (language && /^[a-z]{2,3}(?:[-_][a-z\d]{2,8}){0,3}$/i.test(text)) return { as: 'language', code: text };
  return undefined;
}

/** Shown on one row, whatever it holds: it changes as a whole. */
export function isOneRow(node: ContextNode): boolean {
  return !isBranch(node) || ['none', 'money', 'chips', 'list'].includes(classifyBranch(node).as);
}

/** Shown on one line beside its label: a value without members, an empty list, or an amount with its currency. */
export function isFact(node: ContextNode): boolean {
  return !isBranch(node) || ['none', 'money'].includes(classifyBranch(node).as);
}

const NAMES = new Set(
  'name title product item label article titel bezeichnung nom titre nombre titulo nome titolo produkt artikel'.split(
    ' ',
  ),
);
const QUANTITIES = new Set(
  'quantity qty count pieces units anzahl menge quantite cantidad quantita quantidade'.split(' '),
);

/** The roles that make a column of a cart worth keeping when few fit. */
export function columnRank(key: string): number {
  const words = wordsOf(key);
  if (says(words, NAMES)) return 0;
  if (says(words, QUANTITIES)) return 1;
  return moneyKey(key) ? 2 : 3;
}
