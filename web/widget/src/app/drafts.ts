import type { Era } from './era';
import { isObject } from './held';

/** So many are kept, the newest. */
const MOST = 20;
/** Characters of each: some times what a message may have, so that one too long is not cut. */
const LENGTH = 20_000;

/** Texts begun and not sent, by thread: for this tab, over page changes. Without storage for as long as the page lives. */
export class Drafts extends Map<string, string> {
  private era: string;

  constructor(
    private readonly name: string,
    private readonly eras: Pick<Era, 'here'>,
  ) {
    super();
    this.era = eras.here;
    try {
      const kept: unknown = JSON.parse(sessionStorage.getItem(name) ?? '{}');
      const { era, texts } = isObject(kept) ? kept : {};
      // Texts of a person who has left are not kept.
      for (const [thread, text] of Object.entries(era === this.era && isObject(texts) ? texts : {}))
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
    this.era = this.eras.here;
    this.write();
  }

  private write(): void {
    const texts = Object.fromEntries([...this].slice(-MOST).filter(([, text]) => text.length <= LENGTH));
    try {
      sessionStorage.setItem(this.name, JSON.stringify({ era: this.era, texts }));
    } catch {
      // Blocked: kept for this page only.
    }
  }
}
