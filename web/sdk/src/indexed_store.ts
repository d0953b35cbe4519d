import { MemoryStore, type Write, type WriteStore } from './write_store';

const TABLE = 'writes';

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
  const request = indexedDB.open(name, 1);
  request.onupgradeneeded = () => {
    const table = request.result.createObjectStore(TABLE, { keyPath: 'order', autoIncrement: true });
    table.createIndex('client_id', 'write.client_id', { unique: true });
  };
  return settled(request).then((database) => {
    // Another tab may delete or upgrade the database; holding it open would block that tab for ever.
    database.onversionchange = () => database.close();
    return database;
  });
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
      const table = (await this.database).transaction(TABLE).objectStore(TABLE);
      const rows: StoredWrite[] = await settled(table.getAll());
      return [...rows.map((row) => row.write), ...kept];
    } catch {
      return kept;
    }
  }

  async put(write: Write): Promise<void> {
    try {
      const table = (await this.database).transaction(TABLE, 'readwrite').objectStore(TABLE);
      const order = await settled(table.index('client_id').getKey(write.client_id));
      await settled(table.put(typeof order === 'number' ? { order, write } : { write }));
    } catch {
      await this.fallback.put(write);
    }
  }

  async remove(client_id: string): Promise<void> {
    await this.fallback.remove(client_id);
    try {
      const table = (await this.database).transaction(TABLE, 'readwrite').objectStore(TABLE);
      const order = await settled(table.index('client_id').getKey(client_id));
      if (order !== undefined) await settled(table.delete(order));
    } catch {
      // Memory is all there was, and there it is gone.
    }
  }
}
