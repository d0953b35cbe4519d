import type { ContextMode, JsonObject, JsonValue } from '@beckon/sdk';
import type { WidgetConfig } from '../theme';

/** A context write, or the fold of several: a patch (nulls kept, they remove) or a replacement. */
export interface Patch {
  mode: ContextMode;
  metadata: JsonObject;
}

/**
 * One patch that does what both do, one after the other. A key keeps its place when it is overwritten and goes to the end when it comes
 * back after it was removed, as in a live conversation.
 */
export function fold(first: Patch | null, second: Patch): Patch {
  const replaces = second.mode === 'replace' || first?.mode === 'replace';
  const members = new Map<string, JsonValue>(
    second.mode === 'replace' || first === null ? [] : Object.entries(first.metadata),
  );
  for (const [key, value] of Object.entries(second.metadata)) {
    if (value === null || members.get(key) === null) members.delete(key);
    // In a replacement there is nothing left to remove.
    if (value !== null || !replaces) members.set(key, value);
  }
  return { mode: replaces ? 'replace' : 'merge', metadata: Object.fromEntries(members) };
}

/** What is too much about a fold, or undefined. Measured as the server does: compact JSON, without what only removes. */
export function excess(patch: Patch, limits: WidgetConfig['limits']): string | undefined {
  const kept = Object.entries(patch.metadata).filter(([, value]) => value !== null);
  const bytes = (value: unknown) => new TextEncoder().encode(JSON.stringify(value)).length;
  const count = (amount: number) => amount.toLocaleString('en');
  if (kept.length > limits.contextKeys) {
    return `what is held together has ${count(kept.length)} keys, limit ${count(limits.contextKeys)}`;
  }
  const size = bytes(Object.fromEntries(kept));
  // Removals are not part of a context, but they have to fit into the same frame.
  const whole = bytes(patch.metadata);
  if (size <= limits.contextBytes && whole <= 2 * limits.contextBytes) return undefined;
  const largest = kept.reduce<[string, JsonValue] | undefined>(
    (most, member) => (most && bytes(most) >= bytes(member) ? most : member),
    undefined,
  );
  const named = largest ? `; largest key: ${largest[0]}, ${count(bytes(largest[1]))}` : '';
  return `what is held together is ${count(size)} bytes, limit ${count(limits.contextBytes)}${named}`;
}
