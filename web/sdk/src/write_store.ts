import type { WriteFrame } from './frames';

/** A write on its way: what the screen shows as *sending*, and what is offered again until the server has answered. */
export interface Write {
  /** Made before the first try; the same for every retry. */
  client_id: string;
  /** Writes that share a lane are answered in the order they were made. `*` shares with every lane. */
  lanes: string[];
  frame: WriteFrame;
  /** The frame may have been on the wire, so a retry must repeat it word for word. */
  sealed: boolean;
  /** A visitor's message: the thread that it belongs to, also when the frame names the conversation instead. */
  thread?: string;
  /** What `prepare` needs to finish the frame when its turn comes. */
  hint?: { [name: string]: string };
  /** What `prepare` makes the frame of; plain data. */
  parcel?: unknown;
  /** When it was sealed, milliseconds by the clock of `Prepared.at`. */
  sealed_at?: number;
  state: 'waiting' | 'failed';
  failure?: { code: string; message: string };
  /** How much speaks for it that its frame ends sockets: see `blame`. Nothing where left out. */
  blame?: number;
  /** Milliseconds since 1970. */
  queued_at: number;
  /** The tab that made it. */
  tab: string;
}

/** A message that is on disk, kept for a while: a database restored from an older backup no longer has it. */
export interface Accepted {
  write: Write;
  /** Of the database that has it, and of its author where that may change. */
  epoch: string;
  /** Milliseconds since 1970. */
  at: number;
}

/** So many of one's own accepted messages are kept … */
const ACCEPTED_MOST = 50;
/** … for so long, milliseconds. */
const ACCEPTED_MS = 24 * 60 * 60 * 1000;

/** Which of them are kept, oldest first. */
export function stillKept(accepted: readonly Accepted[], now: number): Accepted[] {
  return accepted.filter(({ at }) => now - at < ACCEPTED_MS).slice(-ACCEPTED_MOST);
}

/** Where writes outlive the page. Order is the order of the first `put`. A store may forget (blocked storage) but never invents or reorders. */
export interface WriteStore {
  all(): Promise<Write[]>;
  /** Adds, or replaces the one with this `client_id` in its place. Resolves when it would survive the page. */
  put(write: Write): Promise<void>;
  remove(client_id: string): Promise<void>;
  /** In one step: the write is no longer one, and is kept as accepted. */
  accept(accepted: Accepted): Promise<void>;
  /** In one step: what was accepted in another epoch is no longer so, and is a write of this tab again. Answers those, oldest first. */
  takeBack(epoch: string, tab: string, now: number): Promise<Write[]>;
  /** Forgets every write, accepted ones with them. */
  clear(): Promise<void>;
}

/** An accepted message as a write that is offered once more. */
export function again({ write }: Accepted, tab: string, now: number): Write {
  return { ...write, state: 'waiting', tab, queued_at: now };
}

/** Lives as long as the page: consoles, and visitors whose browser blocks storage. */
export class MemoryStore implements WriteStore {
  private readonly writes = new Map<string, Write>();
  private accepted: Accepted[] = [];

  async all(): Promise<Write[]> {
    return [...this.writes.values()];
  }

  async put(write: Write): Promise<void> {
    this.writes.set(write.client_id, structuredClone(write));
  }

  async remove(client_id: string): Promise<void> {
    this.writes.delete(client_id);
  }

  async accept(accepted: Accepted): Promise<void> {
    this.writes.delete(accepted.write.client_id);
    this.accepted = stillKept([...this.accepted, structuredClone(accepted)], accepted.at);
  }

  async clear(): Promise<void> {
    this.writes.clear();
    this.accepted = [];
  }

  async takeBack(epoch: string, tab: string, now: number): Promise<Write[]> {
    const foreign = this.accepted.filter((accepted) => accepted.epoch !== epoch);
    this.accepted = this.accepted.filter((accepted) => accepted.epoch === epoch);
    const writes = stillKept(foreign, now).map((accepted) => again(accepted, tab, now));
    for (const write of writes) this.writes.set(write.client_id, write);
    return writes;
  }
}
