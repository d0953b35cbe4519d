/** What all tabs of this browser share, where storage is blocked only this page. */
const kept = new Map<string, string>();

/** The value under this name; undefined when there is none, or it is no JSON. */
export function storedJson<Value>(name: string): Value | undefined {
  try {
    return JSON.parse(localStorage.getItem(name) ?? 'null') ?? undefined;
  } catch {
    const text = kept.get(name);
    return text === undefined ? undefined : (JSON.parse(text) as Value);
  }
}

/** Keeps it; undefined forgets it. */
export function storeJson(name: string, value: unknown): void {
  const text = JSON.stringify(value);
  try {
    if (value === undefined) localStorage.removeItem(name);
    else localStorage.setItem(name, text);
  } catch {
    if (value === undefined) kept.delete(name);
    else kept.set(name, text);
  }
}

/** Written and removed at once, to see whether there is any storage. */
const TRIAL = 'beckon:trial';

/** Whether this frame has storage at all: a browser may deny it to frames of other sites. */
export function keepsStorage(): boolean {
  try {
    localStorage.setItem(TRIAL, '');
    localStorage.removeItem(TRIAL);
    return true;
  } catch {
    return false;
  }
}
