import type { Row } from '@beckon/sdk';
import { dateAndTime } from '@beckon/ui';
import { isFact } from './card/classify';
import { isCurrencyKey } from './card/denomination';
import { Format } from './card/format';
import { labelOf } from './card/label';
import { type Branch, type Entry, parseContext } from './card/tree';
import { text } from './locales/en';

/** A list row has room for so many. */
const SHOWN = 2;

const format = new Format(text.locale, { allowed: new Set() }, (node) => node.sensitive);

/** *Strand · Madder red*: the first two short facts of the context, pinned keys before all others. */
export function factLine(row: Pick<Row, 'facts'>, pins: readonly string[]): string {
  // As one object, because an amount is shown by the currency beside it.
  const members = row.facts
    .filter((fact) => isJson(fact.text))
    .map(({ key, text }) => `${JSON.stringify(key)}:${text}`);
  const root = parseContext(`{${members.join(',')}}`);
  if (!root) return '';
  const rank = ({ node }: Entry) => (pins.includes(node.path) ? pins.indexOf(node.path) : pins.length);
  const ordered = root.entries.filter(({ node }) => isFact(node)).sort((one, other) => rank(one) - rank(other));
  return ordered
    .map((entry) => factText(entry, root))
    .filter((fact) => fact !== null)
    .slice(0, SHOWN)
    .join(' · ');
}

/**
 * A fact in a few words, as the card writes it: a text stands for itself, a number, a date or *Yes* and *No* need the name
 * of what they answer. Null: nothing to show.
 */
function factText(entry: Entry, root: Branch): string | null {
  const { key, node } = entry;
  const shown = format.classify(entry, root);
  switch (shown.as) {
    case 'none':
    case 'empty':
    case 'image':
      return null;
    case 'text':
    case 'long':
      return node.text.trim() === '' || isCurrency(key, root) ? null : node.text;
    case 'colour':
    case 'country':
    case 'language':
    case 'email':
    case 'phone':
    case 'link':
      return format.text(shown, node, 0);
    // How long ago it is would be old in a moment: a row is not drawn anew for it.
    case 'instant':
      return `${labelOf(key)}: ${dateAndTime(shown.at, text.locale)}`;
    default:
      return `${labelOf(key)}: ${format.text(shown, node, 0)}`;
  }
}

/** A currency says nothing beside the amounts that are written with it. */
function isCurrency(key: string, root: Branch): boolean {
  return isCurrencyKey(key) && root.entries.some((one) => format.classify(one, root).as === 'money');
}

function isJson(value: string): boolean {
  try {
    JSON.parse(value);
    return true;
  } catch {
    return false;
  }
}
