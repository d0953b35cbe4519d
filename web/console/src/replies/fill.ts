import { calendarDay, dateAndTime } from '@beckon/ui';
import { Format } from '../card/format';
import { type Branch, type ContextNode, type Entry, isBranch, parseContext, trail } from '../card/tree';
import { text } from '../locales/en';

/** What the variables of a quick reply stand for in one conversation. */
export interface Values {
  /** Null: the visitor never gave a name. */
  visitor: string | null;
  agent: string;
  context: Branch | undefined;
}

/** A piece of a text: as it was written, or a variable that has no value here. */
export interface Piece {
  text: string;
  missing: boolean;
}

/** `{{visitor.name}}`, `{{agent.name}}`, `{{context.price.amount}}`. Other braces are just text. */
const VARIABLE = /\{\{\s*(visitor\.name|agent\.name|context(?:\.[^{}\s]|\[)[^{}]*?)\s*\}\}/g;

// A value named like a secret never gets into a message by itself.
const format = new Format(text.locale, { allowed: new Set() }, (node) => node.sensitive);

/** The values of a conversation; `context` is JSON text, null while unknown. */
export function valuesOf(visitor: string | null, agent: string, context: string | null): Values {
  return { visitor, agent, context: context === null ? undefined : parseContext(context) };
}

/** Puts values in the place of their variables. A variable without a value stays as it is written. */
export function fill(template: string, values: Values): Piece[] {
  const pieces: Piece[] = [];
  let from = 0;
  const add = (piece: string, missing: boolean): void => {
    const last = pieces.at(-1);
    if (piece === '') return;
    if (last && !last.missing && !missing) last.text += piece;
    else pieces.push({ text: piece, missing });
  };
  for (const match of template.matchAll(VARIABLE)) {
    add(template.slice(from, match.index), false);
    const value = variableValue(match[1] ?? '', values);
    add(value ?? match[0], value === null);
    from = match.index + match[0].length;
  }
  add(template.slice(from), false);
  return pieces;
}

/** The names of variables that have no value, each once, in their order. */
export function missingIn(pieces: readonly Piece[]): string[] {
  const names = pieces.filter(({ missing }) => missing).map((piece) => piece.text.replace(/^\{\{\s*|\s*\}\}$/g, ''));
  return [...new Set(names)];
}

export function joined(pieces: readonly Piece[]): string {
  return pieces.map((piece) => piece.text).join('');
}

function variableValue(name: string, values: Values): string | null {
  if (name === 'visitor.name') return values.visitor;
  if (name === 'agent.name') return values.agent;
  const path = name.slice('context'.length).replace(/^\./, '');
  const way = values.context ? trail(values.context, path) : [];
  const entry = way.at(-1);
  const parent = way.at(-2)?.node ?? values.context;
  if (entry?.node.path !== path || !parent || !isBranch(parent)) return null;
  return sentence(entry, parent);
}

/** A value as it is read in a message: as the card shows it, but whole, and without what only helps an agent. */
function sentence(entry: Entry, parent: Branch): string | null {
  const { node } = entry;
  const shown = format.classify(entry, parent);
  switch (shown.as) {
    case 'masked':
      return null;
    case 'empty':
    case 'none':
    case 'table':
    case 'section':
      return null;
    case 'instant':
      return dateAndTime(shown.at, text.locale);
    case 'day':
      return calendarDay(shown.year, shown.month, shown.day, text.locale) + (shown.time ? `, ${shown.time}` : '');
    case 'link':
      return node.text;
    case 'image':
      return shown.host === '' ? null : node.text;
    case 'country':
    case 'language':
      return nameOnly(format.text(shown, node, 0), node);
    case 'chips':
    case 'list':
      return isBranch(node) ? listed(node) : null;
    default:
      return format.text(shown, node, 0);
  }
}

/** *Croatia* of *Croatia (HR)*. */
function nameOnly(shown: string, node: ContextNode): string {
  const code = ` (${node.text})`;
  return shown.endsWith(code) ? shown.slice(0, -code.length) : shown;
}

function listed(list: Branch): string | null {
  const parts = list.entries.map((item) => sentence(item, list)).filter((part) => part !== null);
  return parts.length === 0 ? null : new Intl.ListFormat(text.locale).format(parts);
}
