import type { WriteFrame } from './frames';

/** A write on its way: what the screen shows as *sending*, and what is offered again until the server has answered. */
export interface Write {
  /** Made before the first try; the same for every retry. */
  client_id: string;
  /** Writes that share a lane are answered in the order they were made. `*` shares with every lane. */
  lanes: string[];
  frame: WriteFrame;
  /** The frame was on the wire, so a retry must repeat it word for word. */
  sealed: boolean;
  /** What `prepare` needs to finish the frame when its turn comes. */
  hint?: { [name: string]: string };
  state: 'waiting' | 'failed';
  failure?: { code: string; message: string };
  /** Milliseconds since 1970. */
  queued_at: number;
  /** The tab that made it. */
  tab: string;
}

/** Where writes outlive the page. Order is the order of the first `put`. A store may forget (blocked storage) but never invents or reorders. */
export interface WriteStore {
  all(): Promise<Write[]>;
  /** Adds, or replaces the one with this `client_id` in its place. Resolves when it would survive the page. */
  put(write: Write): Promise<void>;
  remove(client_id: string): Promise<void>;
}

/** Lives as long as the page: consoles, and visitors whose browser blocks storage. */
export class MemoryStore implements WriteStore {
  private readonly writes = new Map<string, Write>();

  async all(): Promise<Write[]> {
    return [...this.writes.values()];
  }

  async put(write: Write): Promise<void> {
    this.writes.set(write.client_id, structuredClone(write));
  }

  async remove(client_id: string): Promise<void> {
    this.writes.delete(client_id);
  }
}
