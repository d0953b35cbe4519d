import type { Accepted, Write, WriteStore } from '@beckon/sdk';
import type { Era } from './era';

/** The writes of one era. A tab that is slow to hear of a logout may store one of the earlier era after all were forgotten: it is never read. */
export class EraStore implements WriteStore {
  constructor(
    private readonly store: WriteStore,
    private readonly era: Era,
  ) {}

  async all(): Promise<Write[]> {
    return (await this.store.all()).filter((write) => this.isOurs(write));
  }

  put(write: Write): Promise<void> {
    return this.store.put(this.marked(write));
  }

  remove(client_id: string): Promise<void> {
    return this.store.remove(client_id);
  }

  accept(accepted: Accepted): Promise<void> {
    return this.store.accept({ ...accepted, write: this.marked(accepted.write) });
  }

  async takeBack(epoch: string, tab: string, now: number): Promise<Write[]> {
    const back = await this.store.takeBack(epoch, tab, now);
    const others = back.filter((write) => !this.isOurs(write));
    await Promise.all(others.map(({ client_id }) => this.store.remove(client_id)));
    return back.filter((write) => this.isOurs(write));
  }

  /** Forgets those of earlier eras: what is of the present one may be the next person's, in another tab. */
  async clear(): Promise<void> {
    const old = (await this.store.all()).filter((write) => !this.isOurs(write));
    await Promise.all(old.map(({ client_id }) => this.store.remove(client_id)));
  }

  private isOurs({ hint }: Write): boolean {
    return (hint?.era ?? '') === this.era.here;
  }

  private marked(write: Write): Write {
    return this.era.here === '' ? write : { ...write, hint: { ...write.hint, era: this.era.here } };
  }
}
