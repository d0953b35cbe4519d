import { type Accepted, again, MemoryStore, stillKept, type Write, type WriteStore } from './write_store';

const WRITES = 'writes';
const ACCEPTED = 'accepted';
const FACTS = 'facts';
/** A database that does not open in this time never will (browsers have such moods), milliseconds. */
const OPENING_MS = 3_000;

interface StoredWrite {
  order?: number;
  write: Write;
}

function settled<Result>(request: IDBRequest<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function open(name: string): Promise<IDBDatabase> {
  const request = indexedDB.open(name, 3);
  request.onupgradeneeded = () => {
    const { result: database } = request;
    const have = database.objectStoreNames;
    if (!have.contains(WRITES)) {
      const writes = database.createObjectStore(WRITES, { keyPath: 'order', autoIncrement: true });
      writes.createIndex('client_id', 'write.client_id', { unique: true });
    }
    if (!have.contains(ACCEPTED)) database.createObjectStore(ACCEPTED, { keyPath: 'write.client_id' });
    database.createObjectStore(FACTS);
  };
  const opened = settled(request).then((database) => {
    // Another tab may delete or upgrade the database; holding it open would block that tab for ever.
    database.onversionchange = () => database.close();
    return database;
  });
  const late = new Promise<never>((_, reject) => {
    setTimeout(() => reject(new Error('the database does not open')), OPENING_MS);
  });
  return Promise.race([opened, late]);
}

interface Tables {
  writes: IDBObjectStore;
  accepted: IDBObjectStore;
  facts: IDBObjectStore;
}

/** Adds, or replaces the one with this `client_id` in its place. */
async function putWrite({ writes }: Tables, write: Write): Promise<void> {
  const order = await settled(writes.index('client_id').getKey(write.client_id));
  await settled(writes.put(typeof order === 'number' ? { order, write } : { write }));
}

async function removeWrite({ writes }: Tables, client_id: string): Promise<void> {
  const order = await settled(writes.index('client_id').getKey(client_id));
  if (order !== undefined) await settled(writes.delete(order));
}

async function allAccepted({ accepted }: Tables): Promise<Accepted[]> {
  const rows: Accepted[] = await settled(accepted.getAll());
  return rows.sort((one, other) => one.at - other.at);
}

/** Writes in IndexedDB, in order. Falls back to memory for this page when storage is blocked, full or broken. */
export class IndexedStore implements WriteStore {
  private readonly database: Promise<IDBDatabase>;
  private readonly fallback = new MemoryStore();

  /** `name` of the database: one for each widget. */
  constructor(name: string) {
    // In a promise, because some browsers that block storage throw at the first touch.
    this.database = Promise.resolve().then(() => open(name));
    // Each operation handles the failure for itself; without this the first one would also be reported as unhandled.
    this.database.catch(() => undefined);
  }

  async all(): Promise<Write[]> {
    const kept = await this.fallback.all();
    try {
      const rows = await this.transact('readonly', ({ writes }) => settled<StoredWrite[]>(writes.getAll()));
      const stored = rows.map(({ write }) => write);
      const known = new Set(stored.map(({ client_id }) => client_id));
      return [...stored, ...kept.filter(({ client_id }) => !known.has(client_id))];
    } catch {
      return kept;
    }
  }

  async put(write: Write): Promise<void> {
    try {
      // What was not said yet is nowhere else: it is written through to the disk. What was said is kept from a crash of the browser.
      await this.transact('readwrite', (tables) => putWrite(tables, write), write.sealed ? 'default' : 'strict');
    } catch {
      await this.fallback.put(write);
    }
  }

  async remove(client_id: string): Promise<void> {
    await this.fallback.remove(client_id);
    try {
      await this.transact('readwrite', (tables) => removeWrite(tables, client_id));
    } catch {
      // Memory is all there was, and there it is gone.
    }
  }

  async accept(accepted: Accepted): Promise<void> {
    const { client_id } = accepted.write;
    try {
      await this.transact('readwrite', async (tables) => {
        await removeWrite(tables, client_id);
        const all = await allAccepted(tables);
        // They are offered again in their order, and clocks may tell two of them the same time, or go back.
        const last = { ...accepted, at: Math.max(accepted.at, (all.at(-1)?.at ?? 0) + 1) };
        await settled(tables.accepted.put(last));
        all.push(last);
        const keep = new Set(stillKept(all, accepted.at).map(({ write }) => write.client_id));
        const old = all.filter(({ write }) => !keep.has(write.client_id));
        await Promise.all(old.map(({ write }) => settled(tables.accepted.delete(write.client_id))));
      });
      await this.fallback.remove(client_id);
    } catch {
      await this.fallback.accept(accepted);
    }
  }

  async takeBack(epoch: string, tab: string, now: number): Promise<Write[]> {
    const kept = await this.fallback.takeBack(epoch, tab, now);
    try {
      // One transaction: of several tabs that meet the new epoch, one gets them.
      const stored = await this.transact('readwrite', async (tables) => {
        const foreign = (await allAccepted(tables)).filter((accepted) => accepted.epoch !== epoch);
        const writes = stillKept(foreign, now).map((accepted) => again(accepted, tab, now));
        for (const { write } of foreign) await settled(tables.accepted.delete(write.client_id));
        for (const write of writes) await putWrite(tables, write);
        return writes;
      });
      return [...stored, ...kept];
    } catch {
      return kept;
    }
  }

  async clear(): Promise<void> {
    await this.fallback.clear();
    try {
      await this.transact('readwrite', async ({ writes, accepted }) => {
        await settled(writes.clear());
        await settled(accepted.clear());
      });
    } catch {
      // Memory is all there was, and there they are gone.
    }
  }

  /** Keeps a value beside the writes, as safe as they are; undefined forgets it. */
  async remember(name: string, value: unknown): Promise<void> {
    try {
      await this.transact(
        'readwrite',
        async ({ facts }) => {
          if (value === undefined) await settled(facts.delete(name));
          else await settled(facts.put(value, name));
        },
        'strict',
      );
    } catch {
      // What cannot be kept is missed by the next page, and that one knows what to do without.
    }
  }

  /** What was kept under this name. */
  async recall(name: string): Promise<unknown> {
    try {
      return await this.transact<unknown>('readonly', ({ facts }) => settled(facts.get(name)));
    } catch {
      return undefined;
    }
  }

  /** Resolves when it is committed; `strict`: and written through to the disk. */
  private async transact<Result>(
    mode: IDBTransactionMode,
    work: (tables: Tables) => Promise<Result>,
    durability: IDBTransactionDurability = 'default',
  ): Promise<Result> {
    const transaction = (await this.database).transaction([WRITES, ACCEPTED, FACTS], mode, { durability });
    const committed = new Promise<void>((resolve, reject) => {
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(transaction.error);
    });
    // Whoever fails first is the one that is told of.
    committed.catch(() => undefined);
    const result = await work({
      writes: transaction.objectStore(WRITES),
      accepted: transaction.objectStore(ACCEPTED),
      facts: transaction.objectStore(FACTS),
    });
    await committed;
    return result;
  }
}
