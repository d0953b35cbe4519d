import { cssColour } from './colour_names';
import { wordsOf } from './label';
import { type Branch, type ContextNode, isBranch, type Leaf } from './tree';

/** How a value is shown. Chosen by the value first, by its key second; the value itself is never altered. */
export type Shown =
  | { as: 'money' /** decimal digits */; amount: string /** ISO 4217 */; currency: string }
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

const set = (words: string) => new Set(words.split(' '));
const PRICE = set(
  'price prices amount total subtotal cost costs fee fees rate value deposit discount tax vat balance budget shipping net gross sum instalment installment payment monthly revenue',
);
const UNGROUPED = set(
  'id ids number no code zip postcode postal year years phone tel mobile vin sku ean isbn pin port version',
);
const PERCENT = set('percent percentage pct');
const TIME_KEY = set('at date time timestamp until since on expires expiry created updated modified seen');
const PHONE = set('phone phones tel telephone mobile cell cellphone fax whatsapp msisdn');
const COLOUR = set('color colour colors colours hex rgb paint tint shade background foreground fill swatch');
const IMAGE = set('image images img picture pictures photo photos pic avatar thumbnail thumb logo icon poster cover');
const COUNTRY = set('country countries nationality');
const LANGUAGE = set('language languages lang locale');

const PLAIN_NUMBER = /^-?\d+(?:\.\d{1,20})?$/;
const CURRENCY = /^[a-z]{3}$/i;
const ISO = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,]\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})?)?$/i;
const EMAIL = /^[\p{L}\p{N}.+_%'-]{1,64}@(?:[\p{L}\p{N}-]{1,63}\.){1,8}\p{L}{2,24}$/u;
const PHONE_TEXT = /^\+?[\d\s()./-]{5,24}$/;
const IMAGE_PATH = /\.(?:png|jpe?g|webp|gif|avif|svg)$/i;
const IMAGE_DATA = /^data:image\/(?:png|jpeg|webp|gif);base64,[\da-z+/=]+$/i;

/** Classifies the member `key` of `parent`. */
export function classify(key: string, node: ContextNode, parent: Branch, images: ImageOrigins): Shown {
  // An item of a list is judged by the list's own name, because its index says nothing.
  const words = wordsOf(parent.kind === 'array' ? lastName(parent.path) : key);
  if (isBranch(node)) return classifyBranch(node);
  switch (node.kind) {
    case 'null':
      return { as: 'none' };
    case 'boolean':
      return { as: node.source === 'true' ? 'yes' : 'no' };
    case 'number':
      return classifyNumber(node, words, parent);
    case 'text':
      return classifyText(node.text, words, parent, images);
  }
}

/** The name at the end of a path, indexes left out. */
function lastName(path: string): string {
  const names = path.replace(/\[\d+\]/g, '').match(/[^.[\]"]+/g);
  return names?.[names.length - 1] ?? '';
}

function says(words: readonly string[], meaning: ReadonlySet<string>): boolean {
  return words.some((word) => meaning.has(word));
}

function member(branch: Branch, key: string): ContextNode | undefined {
  return branch.entries.find((entry) => entry.key === key)?.node;
}

function currencyOf(branch: Branch): string | undefined {
  if (branch.kind !== 'object') return undefined;
  const node = member(branch, 'currency') ?? member(branch, 'currencyCode');
  return node?.kind === 'text' && CURRENCY.test(node.text) ? node.text.toUpperCase() : undefined;
}

function classifyBranch(branch: Branch): Shown {
  if (branch.entries.length === 0) return { as: 'none' };
  if (branch.kind === 'object') return moneyOf(branch) ?? { as: 'section' };
  if (branch.entries.every(({ node }) => node.kind === 'object' && node.entries.length > 0)) {
    return branch.entries.every(({ node }) => isBranch(node) && moneyOf(node)) ? { as: 'chips' } : { as: 'table' };
  }
  if (branch.entries.some(({ node }) => isBranch(node))) return { as: 'section' };
  return { as: branch.entries.some(({ node }) => node.text.length > CHIP_TEXT) ? 'list' : 'chips' };
}

/** An object that is nothing but an amount and its currency. One with more members stays a section, so none is lost. */
function moneyOf(branch: Branch): Shown | undefined {
  const currency = currencyOf(branch);
  if (branch.entries.length !== 2 || currency === undefined) return undefined;
  const amount = member(branch, 'amount') ?? member(branch, 'value') ?? member(branch, 'price');
  if (amount?.kind !== 'number' && amount?.kind !== 'text') return undefined;
  return isPlainNumber(amount.text) ? { as: 'money', amount: amount.text, currency } : undefined;
}

/** Digits that can be grouped without losing one: no exponent, not beyond 2⁵³. */
function isPlainNumber(digits: string): boolean {
  return PLAIN_NUMBER.test(digits) && Math.abs(Number(digits)) <= Number.MAX_SAFE_INTEGER;
}

function classifyNumber(leaf: Leaf, words: readonly string[], parent: Branch): Shown {
  const digits = leaf.source;
  if (says(words, PHONE)) return phone(digits) ?? { as: 'number', digits, style: 'plain' };
  if (!isPlainNumber(digits)) return { as: 'number', digits, style: 'plain' };
  if (says(words, PERCENT)) return { as: 'number', digits, style: 'percent' };
  const at = says(words, TIME_KEY) ? epoch(digits) : undefined;
  if (at !== undefined) return { as: 'instant', at };
  if (says(words, UNGROUPED)) return { as: 'number', digits, style: 'plain' };
  const currency = says(words, PRICE) ? currencyOf(parent) : undefined;
  if (currency !== undefined) return { as: 'money', amount: digits, currency };
  return { as: 'number', digits, style: 'grouped' };
}

/** Seconds or milliseconds between the years 2000 and 2100; other numbers are not times. */
function epoch(digits: string): number | undefined {
  if (!/^\d{9,13}$/.test(digits)) return undefined;
  const value = Number(digits);
  const [from, to] = [946_684_800, 4_102_444_800];
  if (value >= from && value < to) return value * 1000;
  return value >= from * 1000 && value < to * 1000 ? value : undefined;
}

function classifyText(text: string, words: readonly string[], parent: Branch, images: ImageOrigins): Shown {
  if (text.trim() === '') return text === '' ? { as: 'empty' } : { as: 'text' };
  const recognised =
    classifyImage(text, words, images) ??
    classifyAddress(text, words) ??
    classifyDate(text) ??
    classifyColour(text, words) ??
    classifyCode(text, words) ??
    (says(words, PHONE) ? phone(text) : undefined) ??
    classifyPrice(text, words, parent);
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
  if (!url || !(IMAGE_PATH.test(url.pathname) || says(words, IMAGE))) return undefined;
  return { as: 'image', src: url.href, host: url.host, loads: images.allowed.has(url.origin) };
}

function classifyAddress(text: string, words: readonly string[]): Shown | undefined {
  const url = webAddress(text);
  if (url) return { as: 'link', href: url.href };
  if (EMAIL.test(text)) return { as: 'email', href: `mailto:${text}` };
  return says(words, PHONE) ? phone(text) : undefined;
}

function phone(text: string): Shown | undefined {
  const digits = text.replace(/\D/g, '');
  if (!PHONE_TEXT.test(text) || digits.length < 5) return undefined;
  return { as: 'phone', href: `tel:${text.trim().startsWith('+') ? '+' : ''}${digits}` };
}

function classifyDate(text: string): Shown | undefined {
  const match = ISO.exec(text);
  if (!match) return undefined;
  const [, years, months, days, hours, minutes, seconds, zone] = match;
  const [year, month, day] = [Number(years), Number(months), Number(days)];
  const checked = new Date(0);
  checked.setUTCFullYear(year, month - 1, day);
  if (checked.getUTCMonth() !== month - 1 || checked.getUTCDate() !== day) return undefined;
  if (hours === undefined || minutes === undefined) return { as: 'day', year, month, day };
  if (Number(hours) > 23 || Number(minutes) > 59 || Number(seconds ?? 0) > 59) return undefined;
  if (zone === undefined) return { as: 'day', year, month, day, time: `${hours}:${minutes}` };
  const offset = /^z$/i.test(zone) ? 'Z' : `${zone.slice(0, 3)}:${zone.slice(-2)}`;
  const at = Date.parse(`${years}-${months}-${days}T${hours}:${minutes}:${seconds ?? '00'}${offset}`);
  return Number.isNaN(at) ? undefined : { as: 'instant', at };
}

function classifyColour(text: string, words: readonly string[]): Shown | undefined {
  const css = cssColour(text, says(words, COLOUR));
  return css === undefined ? undefined : { as: 'colour', css };
}

function classifyCode(text: string, words: readonly string[]): Shown | undefined {
  if (says(words, COUNTRY) && /^[a-z]{2}$/i.test(text)) return { as: 'country', code: text };
  if (says(words, LANGUAGE) && /^[a-z]{2,3}(?:[-_][a-z\d]{2,8}){0,3}$/i.test(text))
    return { as: 'language', code: text };
  return undefined;
}

function classifyPrice(text: string, words: readonly string[], parent: Branch): Shown | undefined {
  const currency = says(words, PRICE) && isPlainNumber(text) ? currencyOf(parent) : undefined;
  return currency === undefined ? undefined : { as: 'money', amount: text, currency };
}

/** Shown on one row, whatever it holds: it changes as a whole. */
export function isOneRow(node: ContextNode): boolean {
  return !isBranch(node) || ['none', 'money', 'chips', 'list'].includes(classifyBranch(node).as);
}

/** Shown on one line beside its label: a value without members, an empty list, or an amount with its currency. */
export function isFact(node: ContextNode): boolean {
  return !isBranch(node) || ['none', 'money'].includes(classifyBranch(node).as);
}

/** The roles that make a column of a cart worth keeping when few fit. */
export function columnRank(key: string): number {
  const words = wordsOf(key);
  if (says(words, set('name title product item label article'))) return 0;
  if (says(words, set('quantity qty count pieces units'))) return 1;
  return says(words, set('price total cost amount')) ? 2 : 3;
}
