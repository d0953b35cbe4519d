import { type Call, fold, type Held, without } from './held';

/** Longest address of a page that is told, characters. */
const ADDRESS_MOST = 512;

/** Origin and path: where a page is, without what may be a secret. */
export function addressOf(url: string): string {
  try {
    const { origin, pathname } = new URL(url);
    return (origin + pathname).slice(0, ADDRESS_MOST);
  } catch {
    return '';
  }
}

/** What the page view on screen has sent: since the page was loaded, or its path changed. */
export class PageView {
  /** The fold of its calls. */
  said: Held | null = null;
  private page: string | undefined;
  /** When it was last known to be on screen. */
  private seen = Number.NEGATIVE_INFINITY;

  /** The page of this address is on screen at this moment. */
  move(page: string, now: number): void {
    if (page !== this.page) this.said = null;
    this.page = page;
    this.seen = now;
  }

  /** A call that means the thread on screen. One of a page that was left before it came here is not of this view. */
  add(parcel: Held, { page, at }: Call): void {
    if (page !== undefined && page !== this.page) {
      if (at < this.seen) return;
      this.move(page, at);
    }
    this.said = fold(this.said, parcel);
  }

  drop(calls: string[]): void {
    this.said = without(this.said, calls);
  }

  forget(): void {
    this.said = null;
  }
}
