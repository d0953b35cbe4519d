import type { Thread } from '@beckon/sdk';

/** Threads that others began and this tab is to give a copy of what it holds, once they are in the list. */
export class Copies {
  private readonly due = new Set<string>();

  constructor(
    private readonly threads: () => Thread[],
    private readonly give: (thread: Thread) => void,
  ) {}

  add(thread: string): void {
    this.due.add(thread);
    this.giveDue();
  }

  /** The list is new. */
  giveDue(): void {
    for (const thread of this.threads()) if (this.due.delete(thread.thread)) this.give(thread);
  }

  forget(): void {
    this.due.clear();
  }
}
