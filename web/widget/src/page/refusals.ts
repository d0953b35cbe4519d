import * as limits from '../limits';

/** What each refusal is about. The first is named even where this file cannot be fetched. */
export interface About {
  1001: [field: 'widgetId'];
  1011: [widgetId: string];
  /** `init`: it was never called. Otherwise the address that did not answer or, with a status, answered so for this widget. */
  1012: [text: string, widgetId?: string, status?: number];
  1031: [text: string];
  1198: [who: 'chat'];
  1201: [field: 'metadata'];
  /** `value` is what stands at that path; `fault` says what else is wrong than its type. */
  1202: [path: string, value: unknown, fault?: 'argument' | 'key' | 'twice' | 'cycle' | 'throws'];
  1203: [
    path: string,
    fault: 'key' | 'text' | 'depth' | 'items' | 'keys' | 'whole',
    amount: number,
    members?: string[],
  ];
  1204: Unknown;
  1206: [command: string];
  1207: Unknown;
  1208: Unknown;
  /** `policy`: the whole Content-Security-Policy that blocks it; without one the frame is silent, though Beckon at `origin` answers. */
  1210: [origin: string, policy?: string];
  1211: [text: string];
}
type Unknown = [what: string, given: unknown, names: string[]];

export type Refused = { [Code in keyof About]: { code: Code; about: About[Code] } }[keyof About];

const bytes = (text: string): number => new TextEncoder().encode(text).length;
const count = (amount: number): string => amount.toLocaleString('en');

/** The whole message. It teaches: what was wrong, and what would be right. */
export function explain({ code, about }: Refused): string {
  switch (code) {
    case 1001:
      return 'widgetId is missing';
    case 1011:
      return `Already initialised: ${about[0]}`;
    case 1012: {
      const [text, widgetId, status] = about;
      if (text === 'init') return "No liveChat('init', widgetId) within 30 seconds";
      return status ? `No widget '${widgetId}' at ${text} (status ${status})` : `No answer from ${text}`;
    }
    case 1198:
      return 'The chat does not answer';
    case 1031:
    case 1211:
      return about[0];
    case 1201:
      return 'metadata is missing';
    case 1202:
      return wrong(...about);
    case 1203:
      return over(...about);
    case 1206:
      return `'${about[0]}' is not available yet`;
    case 1210:
      return blocked(...about);
    default:
      return unknown(...about);
  }
}

/** What allows frames, in the order in which one takes the place of the next. */
const FRAMES = ['frame-src', 'child-src', 'default-src'];

/** Names the directive in force and the line to add. */
function blocked(origin: string, policy?: string): string {
  if (!policy)
    return `The chat's frame does not load, though ${origin} answers. The page's header Cross-Origin-Embedder-Policy may block it: send 'Cross-Origin-Embedder-Policy: unsafe-none' with pages that have the chat`;
  const directives = policy.split(';').map((each) => each.trim().split(/\s+/));
  const [inForce] = FRAMES.flatMap((name) => directives.filter((each) => each[0]?.toLowerCase() === name));
  const [name = 'frame-src', ...given] = inForce ?? [];
  // What is in quotes is for scripts, or allows nothing.
  const sources = given.filter((source) => !source.startsWith("'") || source === "'self'");
  return `The page's Content-Security-Policy blocks the chat's frame by ${name}. Add: frame-src ${[...sources, origin].join(' ')}`;
}

/** What classes are called, and what to send in their place. */
const INSTEAD: { [kind: string]: string } = {
  Promise: 'was an await forgotten?',
  Map: 'send Object.fromEntries(map)',
  Set: 'send Array.from(set)',
  FormData: 'send Object.fromEntries(data)',
  URLSearchParams: 'send Object.fromEntries(params)',
  Error: 'send its message',
  RegExp: 'send its source',
};

function wrong(path: string, value: unknown, fault: About[1202][2]): string {
  if (fault === 'argument') return 'The argument could not be read';
  if (fault === 'throws') return `${path} throws when it is read`;
  if (fault === 'cycle') return `${path} is a cycle`;
  if (fault === 'key') return `${path} is not allowed as a key`;
  if (fault === 'twice') return `${path} is a key that differs from another only in half a character`;
  const object = typeof value === 'object' && value !== null && !Array.isArray(value);
  if (path === 'metadata' && !object) return "metadata is not an object, like { color: 'red' }";
  const awaited = typeof value === 'function' && path.endsWith('.then') ? `: ${INSTEAD.Promise}` : '';
  try {
    if (object) return `${path} is ${instance(value)}`;
    return `${path} is ${typeof value === 'number' ? value : `a ${typeof value}`}, which JSON cannot say${awaited}`;
  } catch {
    return `${path} is an object that JSON would empty`;
  }
}

/** An object that JSON would empty: what it is, and what helps. */
function instance(value: object): string {
  const kind = Object.prototype.toString.call(value).slice(8, -1);
  if (kind === 'Date') return 'a date that is none';
  if (kind === 'Object' && 'valueOf' in value && Number.isNaN(value.valueOf())) return 'a date that is none';
  const then = (value as { then?: unknown }).then;
  const known = typeof then === 'function' ? 'Promise' : kind;
  const name = kind === 'Object' ? (value.constructor?.name ?? '') : kind;
  const help = INSTEAD[known] ?? 'send a plain object, or give it a toJSON';
  return `an instance of ${name || 'a class'}, which JSON would empty: ${help}`;
}

function over(path: string, fault: About[1203][1], amount: number, members: string[] = []): string {
  const [what, limit] = {
    key: ['is a key of # characters', limits.KEY_LENGTH],
    text: ['is # bytes', limits.STRING_BYTES],
    depth: ['is # levels deep', limits.DEPTH],
    // Each has two bytes at least.
    items: ['has # items', limits.CONTEXT_BYTES / 2],
    keys: ['has # keys', limits.CONTEXT_KEYS],
    whole: ['is # bytes', limits.CONTEXT_BYTES],
  }[fault] as [string, number];
  const [largest] = [...members].sort((one, other) => bytes(other) - bytes(one));
  const named = largest ? `; largest key: ${Object.keys(JSON.parse(`{${largest}}`))}, ${count(bytes(largest))}` : '';
  return `${path} ${what.replace('#', count(amount))}, limit ${count(limit)}${named}`;
}

/** How many slips of the hand make one word of the other: a letter too many, too few, wrong, or two exchanged. */
function slips(one: string, other: string): number {
  const rows: number[][] = [Array.from({ length: other.length + 1 }, (_, at) => at)];
  const cell = (row: number, column: number) => rows[row]?.[column] ?? Number.POSITIVE_INFINITY;
  for (let row = 1; row <= one.length; row++) {
    rows.push([row]);
    for (let column = 1; column <= other.length; column++) {
      const wrong = one[row - 1] === other[column - 1] ? 0 : 1;
      const exchanged = one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1];
      rows[row]?.push(
        Math.min(
          cell(row - 1, column) + 1,
          cell(row, column - 1) + 1,
          cell(row - 1, column - 1) + wrong,
          exchanged ? cell(row - 2, column - 2) + 1 : Number.POSITIVE_INFINITY,
        ),
      );
    }
  }
  return cell(one.length, other.length);
}

/** Names are compared by their letters and digits. No name is longer than this. */
const LONGEST = 40;

/** A name that is none of those it could be: says which was meant if it is a slip of the hand away, one in four letters, and all there are. */
function unknown(what: string, given: unknown, names: string[]): string {
  const name = typeof given === 'string' ? given : typeof given;
  const letters = (word: string) => word.toLowerCase().replace(/\W|_/g, '').slice(0, LONGEST);
  const typed = letters(name);
  const near = names
    .map((candidate) => ({ candidate, off: slips(typed, letters(candidate)) }))
    .filter(({ off }) => off <= Math.ceil(typed.length / 4))
    .sort((one, other) => one.off - other.off)[0];
  const hint = near ? ` Did you mean '${near.candidate}'?` : '';
  return `Unknown ${what} '${name}'.${hint} There are: ${names.join(', ')}`;
}
