import type { Context, ContextChange, ContextMode } from '@beckon/sdk';
import { parseTree } from 'jsonc-parser';

/** A conversation's context as text per top-level key, in the order the site sent the keys. Values are exact JSON text. */
export interface Fold {
  readonly entries: readonly (readonly [key: string, text: string])[];
  readonly version: number;
  /** Time of the newest write, as on the wire; null when none was ever made. */
  readonly updatedAt: string | null;
}

/** One write as the event of it tells: absolute values, so it applies only to the version right before it. */
export interface ContextWrite {
  version: number;
  at: string;
  mode: ContextMode;
  changes: readonly ContextChange[];
}

/** Cuts a stored context into its top-level entries without touching a digit of them. */
export function foldOf(context: Context): Fold {
  const tree = parseTree(context.text, [], { disallowComments: true });
  const entries = (tree?.children ?? []).flatMap((property) => {
    const [key, value] = property.children ?? [];
    if (!key || !value) return [];
    return [[String(key.value), context.text.slice(value.offset, value.offset + value.length)] as const];
  });
  return { entries, version: context.version, updatedAt: context.updated_at };
}

/**
 * Applies a write. A version already known changes nothing. `hole` means that the context has to be asked for again: a
 * version was missed, or all of it was replaced, which also sets an order that the changes do not tell.
 */
export function applyWrite(fold: Fold, write: ContextWrite): Fold | 'hole' {
  if (write.version <= fold.version) return fold;
  if (write.version > fold.version + 1 || write.mode === 'replace') return 'hole';
  const next = new Map(fold.entries);
  for (const { key, to } of write.changes) {
    if (to === null) next.delete(key);
    else next.set(key, to);
  }
  return { entries: [...next], version: write.version, updatedAt: write.at };
}

/** The whole context as JSON text again, keys in order, values as they were sent. */
export function textOf(fold: Fold): string {
  return `{${fold.entries.map(([key, text]) => `${JSON.stringify(key)}:${text}`).join(',')}}`;
}
