import type { Author, ContextChange, MetadataEvent, PositionedEvent } from '@beckon/sdk';
import { pastInstant } from '@beckon/ui';
import { Beside } from '../card/beside';
import { placeOf } from '../card/sent';
import type { Fold } from '../context/fold';

/** Writes closer than this to the first of them, with nothing said between, are told as one. */
const BURST_MS = 30_000;

/** What one write, or a burst of them, changed in the context. */
export interface ContextRow {
  type: 'context';
  /** Id of the first event. */
  key: string;
  /** Of the first write, milliseconds. */
  at: number;
  /** Of the last write: what stood after it is what the row tells. */
  position: number;
  source: MetadataEvent['source'];
  author: Author;
  /** The net change, key by key: none starts and ends the same. */
  changes: readonly ContextChange[];
  /** Keys that stayed as they were, because the page may not write them. */
  ignored: readonly string[];
  /** Pages that sent it, as paths, and whether this conversation was a best guess. */
  pages: readonly string[];
  guessed: boolean;
  /** What stood beside these keys and decides how their amounts are shown, as JSON members that follow others. */
  beside: string;
}

/**
 * The rows to show, each under the id of its first event. A burst that changed nothing in the end has none. `fold`:
 * the context as it is, which these events led to; null while it is not known.
 */
export function contextRows(events: readonly PositionedEvent[], fold: Fold | null): ReadonlyMap<string, ContextRow> {
  const rows = new Map<string, ContextRow>();
  let burst: ContextRow | null = null;
  for (const { position, event } of events) {
    if (event.kind === 'message' || event.kind === 'note') burst = null;
    if (event.kind !== 'metadata') continue;
    const at = pastInstant(event.at);
    const goesOn: boolean =
      burst !== null &&
      at - burst.at <= BURST_MS &&
      burst.source === event.source &&
      burst.author.id === event.author.id;
    const before: ContextRow = goesOn && burst ? burst : begun(event, at);
    burst = {
      ...before,
      position,
      changes: [...before.changes, ...event.changes],
      ignored: [...before.ignored, ...(event.ignored ?? [])],
      pages: [...new Set([...before.pages, ...pagesOf(event)])],
      guessed: before.guessed || event.guessed === true,
    };
    rows.set(burst.key, burst);
  }
  for (const [key, row] of rows) {
    const changes = net(row.changes);
    if (changes.length === 0 && row.ignored.length === 0) rows.delete(key);
    else rows.set(key, { ...row, changes, ignored: [...new Set(row.ignored)] });
  }
  if (fold) tellBeside(rows, events, fold);
  return rows;
}

function tellBeside(rows: Map<string, ContextRow>, events: readonly PositionedEvent[], fold: Fold): void {
  const beside = new Beside(fold.entries);
  const byEnd = new Map([...rows.values()].map((row) => [row.position, row]));
  for (let at = events.length - 1; at >= 0; at--) {
    const { position, event } = events[at] as PositionedEvent;
    // A write that the context does not hold yet cannot be undone in it.
    if (event.kind !== 'metadata' || event.version > fold.version) continue;
    const row = byEnd.get(position);
    if (row) rows.set(row.key, { ...row, beside: beside.text(new Set(row.changes.map(({ key }) => key))) });
    beside.undo(event.changes);
  }
}

function begun(event: MetadataEvent, at: number): ContextRow {
  const { id, source, author } = event;
  return {
    type: 'context',
    key: id,
    at,
    position: 0,
    source,
    author,
    changes: [],
    ignored: [],
    pages: [],
    guessed: false,
    beside: '',
  };
}

function pagesOf({ made = [] }: MetadataEvent): string[] {
  return made.flatMap(({ page }) => (page === undefined ? [] : [placeOf(page)]));
}

/** First and last value of each key, in the order they were first written; keys that are as they were are left out. */
function net(changes: readonly ContextChange[]): ContextChange[] {
  const ends = new Map<string, ContextChange>();
  for (const change of changes) {
    const first = ends.get(change.key);
    ends.set(change.key, first ? { ...first, to: change.to } : change);
  }
  return [...ends.values()].filter(({ from, to }) => from !== to);
}
