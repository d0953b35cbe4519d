import { calendarDay, dateAndTime, relativeTime } from '@beckon/ui';
import { decimalsOf } from './amount';
import { classify, type ImageOrigins, type Shown } from './classify';
import { labelOf } from './label';
import { MASK } from './sensitive';
import { type Branch, type ContextNode, type Entry, type Hidden, isBranch, sourceOf } from './tree';
import { words } from './words';

/** Longest address shown in full beside its host. */
const SHORT_PATH = 28;

/** Longest value within a folded line. */
const SUMMARY_TEXT = 24;

/** Turns classified values into the reader's language. One per card; formatters are made once and kept. */
export class Format {
  readonly #numbers = new Map<string, Intl.NumberFormat>();
  readonly #names = new Map<string, Intl.DisplayNames>();

  constructor(
    readonly locale: string,
    readonly images: ImageOrigins,
    readonly hidden: Hidden,
  ) {}

  classify(entry: Entry, parent: Branch): Shown {
    if (this.hidden(entry.node)) return { as: 'masked' };
    return classify(entry.key, entry.node, parent, this.images);
  }

  /** An object or a list by itself, without a key to judge by. */
  classifyNode(node: Branch): Shown {
    return this.hidden(node) ? { as: 'masked' } : classify('', node, node, this.images);
  }

  /** Whether something in the value is kept from view now. */
  hidesIn(node: ContextNode): boolean {
    if (!node.guarded) return false;
    return this.hidden(node) || (isBranch(node) && node.entries.some((entry) => this.hidesIn(entry.node)));
  }

  /** What a person may copy of it: all that is in view. */
  copied(node: ContextNode): string {
    return this.hidesIn(node) ? sourceOf(node, this.hidden) : node.text;
  }

  /** The value as one run of text: what a row reads, a folded line sums up and a search looks through. */
  text(shown: Shown, node: ContextNode, now: number): string {
    switch (shown.as) {
      case 'money':
        return this.money(shown.amount, shown.currency);
      case 'number':
        return this.number(shown.digits, shown.style);
      case 'yes':
        return words.yes;
      case 'no':
        return words.no;
      case 'empty':
        return words.emptyText;
      case 'none':
        return words.none;
      case 'country':
        return this.#named('region', shown.code.toUpperCase(), node.text);
      case 'language':
        return this.#named('language', shown.code.replace(/_/g, '-'), node.text);
      case 'instant':
        return `${dateAndTime(shown.at, this.locale)} · ${relativeTime(shown.at, now, this.locale)}`;
      case 'day':
        return calendarDay(shown.year, shown.month, shown.day, this.locale) + (shown.time ? `, ${shown.time}` : '');
      case 'link':
        return shortAddress(shown.href);
      case 'image':
        return shown.host === '' ? words.image : `${words.image} · ${shown.host}`;
      case 'masked':
        return MASK;
      case 'email':
      case 'phone':
      case 'colour':
      case 'text':
      case 'long':
        return node.text;
      case 'chips':
      case 'list':
      case 'table':
      case 'section':
        return this.summary(node, now);
    }
  }

  /** *Petrol · automatic · 3 more*: the first values of a folded object or list. */
  summary(node: ContextNode, now: number): string {
    if (this.hidden(node)) return MASK;
    if (!isBranch(node)) return node.text;
    const branches = node.entries.filter((entry) => isBranch(entry.node)).length;
    if (node.kind === 'array' && branches > 0) return words.items(node.entries.length);
    const plain = node.entries.filter((entry) => !isBranch(entry.node)).slice(0, node.entries.length > 3 ? 2 : 3);
    const parts = plain.map((entry) => shorten(this.#inSummary(entry, node, now), SUMMARY_TEXT));
    const rest = node.entries.length - plain.length;
    if (rest > 0) parts.push(plain.length === 0 ? words.items(rest) : words.others(rest));
    return parts.join(' · ');
  }

  /** A lone *Yes* says nothing, so an answer brings its question. */
  #inSummary(entry: Entry, parent: Branch, now: number): string {
    const shown = this.classify(entry, parent);
    const answer = this.text(shown, entry.node, now);
    if (parent.kind === 'array' || (shown.as !== 'yes' && shown.as !== 'no')) return answer;
    return shown.as === 'yes' ? labelOf(entry.key) : `${labelOf(entry.key)}: ${answer}`;
  }

  /** An amount with just the decimals it was given. */
  money(amount: string, currency: string): string {
    const digits = decimalsOf(amount);
    const options = {
      style: 'currency',
      currency,
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
    } as const;
    return exact(this.#number(`money ${currency} ${digits}`, options), amount);
  }

  number(digits: string, style: 'grouped' | 'plain' | 'percent'): string {
    if (style === 'plain') return digits;
    const sent = decimalsOf(digits);
    const unit = style === 'percent' ? ({ style: 'unit', unit: 'percent' } as const) : {};
    const options = { ...unit, minimumFractionDigits: sent, maximumFractionDigits: sent };
    return exact(this.#number(`${style} ${sent}`, options), digits);
  }

  #number(key: string, options: Intl.NumberFormatOptions): Intl.NumberFormat {
    const kept = this.#numbers.get(key) ?? new Intl.NumberFormat(this.locale, options);
    this.#numbers.set(key, kept);
    return kept;
  }

  #named(type: 'region' | 'language', code: string, original: string): string {
    const kept = this.#names.get(type) ?? new Intl.DisplayNames(this.locale, { type, fallback: 'none' });
    this.#names.set(type, kept);
    try {
      const name = kept.of(code);
      return name ? `${name} (${original})` : original;
    } catch {
      // A code that only looks like one.
      return original;
    }
  }
}

/** Formats the digits themselves: a number would round the last ones. */
function exact(format: Intl.NumberFormat, digits: string): string {
  return format.format(digits as Intl.StringNumericLiteral);
}

/** At most `length` characters, cut between characters. */
export function shorten(text: string, length: number): string {
  const line = text.replace(/\s+/g, ' ').trim();
  if (line.length <= length) return line;
  return `${Array.from(line.slice(0, length * 2))
    .slice(0, length - 1)
    .join('')}…`;
}

/** Host and as much of the path as fits; the query goes first, then the middle of the path. */
export function shortAddress(href: string): string {
  const url = new URL(href);
  const path = url.pathname === '/' ? '' : url.pathname;
  const rest = url.search + url.hash;
  if (path.length + rest.length <= SHORT_PATH) return url.host + path + rest;
  const ending = rest === '' ? '' : '?…';
  return url.host + (path.length <= SHORT_PATH ? path : `/…${path.slice(-(SHORT_PATH - 2))}`) + ending;
}
