import type { SiteKept, ToLoader } from '../port';
import type { SiteStorage } from './way_back';

/** A page that does not answer in this time has an older loader, or keeps nothing, milliseconds. */
const ANSWER_MS = 2_000;

/** The site's storage as the page beyond the port gives access to it, from when the port is there. */
export class PageStorage {
  readonly ready: Promise<SiteStorage>;
  private resolve: (storage: SiteStorage) => void = () => undefined;
  private asked: ((kept: SiteKept) => void)[] = [];

  constructor() {
    this.ready = new Promise((resolve) => {
      this.resolve = resolve;
    });
  }

  /** A page has handed over its port. */
  connect(post: (message: ToLoader) => void, origin: string): void {
    this.resolve({
      origin,
      keep: (kept) => post({ kind: 'keep', kept }),
      began: (era) => post({ kind: 'era', era }),
      recall: () =>
        new Promise((resolve) => {
          this.asked.push(resolve);
          post({ kind: 'recall' });
          setTimeout(() => resolve({}), ANSWER_MS);
        }),
    });
  }

  /** The page has answered, to all that have asked. */
  told(kept: SiteKept): void {
    for (const answer of this.asked.splice(0)) answer(kept);
  }
}
