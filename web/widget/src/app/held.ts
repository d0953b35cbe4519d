import { type ContextFrame, type HeldContext, type JsonObject, type JsonValue, type MadeCall, uuid } from '@beckon/sdk';
import type { WidgetConfig } from '../theme';

/** Groups of keys with their pages are left out from the oldest on when they are longer than this, bytes of JSON. */
const MADE_BYTES = 32 * 1024;

/** When, where and by which call something was said. */
export interface Call {
  /** The call's own name. */
  call: string;
  /** By this browser's clock, milliseconds; no two calls of a tab have the same. */
  at: number;
  /** Address of the page, without query and fragment. */
  page?: string;
}

/** What a call said of one key. */
interface Said extends Call {
  key: string;
  /** Null takes the key away. */
  value: JsonValue;
  /** Threads that have it. */
  there?: string[];
}

/** Calls of a page folded together: per key the one made last. */
export interface Held {
  said: Said[];
  /** The call that took away everything the page had said before it. */
  replaced?: Call & { there?: string[] };
}

/** What one call says. */
export function held(call: Call, mode: ContextFrame['mode'], metadata: JsonObject): Held {
  return {
    said: Object.entries(metadata).map(([key, value]) => ({ ...call, key, value })),
    ...(mode === 'replace' && { replaced: call }),
  };
}

/** What was stored, by this version or by one that kept no times: that counts as said at `now`. Null for what is neither. */
export function storedHeld(stored: unknown, now: number): Held | null {
  if (!isObject(stored)) return null;
  const { said, replaced, mode, metadata } = stored;
  if (Array.isArray(said)) {
    const whole = said.every((one) => isCall(one) && typeof one.key === 'string' && one.value !== undefined);
    return whole && (replaced === undefined || isCall(replaced)) ? (stored as unknown as Held) : null;
  }
  if (!isObject(metadata) || (mode !== 'merge' && mode !== 'replace')) return null;
  return held({ call: uuid(), at: now }, mode, metadata as JsonObject);
}

export function isObject(value: unknown): value is { [name: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}

function isCall(value: unknown): value is { [name: string]: unknown } {
  if (!isObject(value)) return false;
  const { call, at, there, page } = value;
  const placed = there === undefined || (Array.isArray(there) && strings(there).length === there.length);
  return typeof call === 'string' && Number.isFinite(at) && placed && (page === undefined || typeof page === 'string');
}

/**
 * What both say together: per key the value made later wins, whoever comes last. A key keeps its place when it is overwritten and goes to the end
 * when it comes back after it was removed, as in a live conversation.
 */
export function fold(first: Held | null, second: Held | null): Held {
  const replacing = [first?.replaced, second?.replaced].filter((call) => call !== undefined);
  const [replaced] = replacing.sort((one, other) => other.at - one.at);
  const members = new Map<string, Said>();
  for (const said of [...(first?.said ?? []), ...(second?.said ?? [])]) {
    const before = members.get(said.key);
    if ((replaced && said.at < replaced.at) || (before && before.at > said.at)) continue;
    if (said.value === null || before?.value === null) members.delete(said.key);
    members.set(said.key, said);
  }
  return { said: [...members.values()], ...(replaced && { replaced }) };
}

/** The part that passes; undefined when nothing does. */
function part(whole: Held, passes: (said: Call & { there?: string[] }) => boolean): Held | undefined {
  const said = whole.said.filter(passes);
  const replaced = whole.replaced && passes(whole.replaced) ? whole.replaced : undefined;
  return said.length > 0 || replaced ? { said, ...(replaced && { replaced }) } : undefined;
}

/** What this thread does not have yet and was said after `since`. */
export function missing(whole: Held, thread: string, since = Number.NEGATIVE_INFINITY): Held | undefined {
  return part(whole, ({ at, there }) => at > since && !there?.includes(thread));
}

/** The same without what these calls said. */
export function without(whole: Held | null, calls: string[]): Held | null {
  return (whole && part(whole, ({ call }) => !calls.includes(call))) ?? null;
}

/** The same, with these threads noted or no longer noted as having what `parcel` says. */
export function noted(whole: Held, parcel: Held, threads: string[], have: boolean): Held {
  const calls = new Set([...parcel.said, ...(parcel.replaced ? [parcel.replaced] : [])].map(({ call }) => call));
  const note = <Noted extends Call & { there?: string[] }>(said: Noted): Noted => {
    if (!calls.has(said.call)) return said;
    const others = (said.there ?? []).filter((thread) => !threads.includes(thread));
    return { ...said, there: have ? [...others, ...threads] : others };
  };
  return { said: whole.said.map(note), ...(whole.replaced && { replaced: note(whole.replaced) }) };
}

/** As it goes to the server at `now` of this browser's clock: each call's age and page beside its keys. */
export function wire(whole: Held, now: number): HeldContext {
  const calls = new Map<string, Call & { keys: string[] }>();
  if (whole.replaced) calls.set(whole.replaced.call, { ...whole.replaced, keys: [] });
  for (const said of whole.said) {
    const known = calls.get(said.call);
    if (known) known.keys.push(said.key);
    else calls.set(said.call, { ...said, keys: [said.key] });
  }
  const [newest, ...earlier] = [...calls.values()].sort((one, other) => other.at - one.at);
  const told = ({ at, page }: Call) => ({ age_ms: Math.max(0, now - at), ...(page !== undefined && { page }) });
  const made: MadeCall[] = earlier.map((call) => ({ ...told(call), keys: call.keys }));
  // Newest first, so the oldest go without.
  let size = 0;
  for (const group of made) {
    size += JSON.stringify(group).length;
    if (size > MADE_BYTES) delete group.page;
  }
  return {
    mode: whole.replaced ? 'replace' : 'merge',
    metadata: Object.fromEntries(whole.said.map(({ key, value }) => [key, value])),
    ...(newest && told(newest)),
    ...(made.length > 0 && { made }),
  };
}

/** The same so many milliseconds later. */
export function older<Told extends Pick<HeldContext, 'age_ms' | 'made'>>(told: Told, by: number): Told {
  const { age_ms, made } = told;
  return {
    ...told,
    ...(age_ms !== undefined && { age_ms: age_ms + by }),
    ...(made && { made: made.map((group) => ({ ...group, age_ms: group.age_ms + by })) }),
  };
}

/** What is too much about it, or undefined. Measured as the server does: compact JSON, without what only removes. */
export function excess(whole: Held, limits: WidgetConfig['limits']): string | undefined {
  const kept = whole.said.filter(({ value }) => value !== null);
  const bytes = (value: unknown) => new TextEncoder().encode(JSON.stringify(value)).length;
  const count = (amount: number) => amount.toLocaleString('en');
  const object = (said: Said[]) => Object.fromEntries(said.map(({ key, value }) => [key, value]));
  if (kept.length > limits.contextKeys) {
    return `what is held together has ${count(kept.length)} keys, limit ${count(limits.contextKeys)}`;
  }
  const size = bytes(object(kept));
  // Removals are not part of a context, but they have to fit into the same frame.
  if (size <= limits.contextBytes && bytes(object(whole.said)) <= 2 * limits.contextBytes) return undefined;
  const [largest] = kept
    .map(({ key, value }) => ({ key, size: bytes(value) }))
    .sort((one, other) => other.size - one.size);
  const named = largest ? `; largest key: ${largest.key}, ${count(largest.size)}` : '';
  return `what is held together is ${count(size)} bytes, limit ${count(limits.contextBytes)}${named}`;
}
