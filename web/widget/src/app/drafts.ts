import { isObject } from './held';

/** So many are kept, the newest. */
const MOST = 20;
/** Characters of each: some times what a message may have, so that one too long is not cut. */
const LENGTH = 20_000;

/** Texts begun and not sent, by thread: for this tab, over page changes. Without storage for as long as the page lives. */
export class Drafts extends Map<string, string> {
  constructor(private readonly name: string) {
    super();
    try {
      const kept: unknown = JSON.parse(sessionStorage.getItem(name) ?? '{}');
      for (const [thread, text] of Object.entries(isObject(kept) ? kept : {}))
        if (typeof text === 'string') super.set(thread, text);
    } catch {
      // Blocked, or not ours.
    }
  }

  override set(thread: string, text: string): this {
    super.delete(thread);
    super.set(thread, text);
    this.write();
    return this;
  }

  override delete(thread: string): boolean {
    const was = super.delete(thread);
    if (was) this.write();
    return was;
  }

  override clear(): void {
    super.clear();
    this.write();
  }

  private write(): void {
    const kept = [...this].slice(-MOST).filter(([, text]) => text.length <= LENGTH);
    try {
      sessionStorage.setItem(this.name, JSON.stringify(Object.fromEntries(kept)));
    } catch {
      // Blocked: kept for this page only.
    }
  }
}
