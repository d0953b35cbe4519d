/**
 * The browser's locks. One that denies a request it would have allowed before is asked no more: the work is done without, and `locks` has none from then on.
 */
export class Locks {
  constructor(private readonly manager: LockManager) {}

  /** `held`: false where the request was denied, or the lock is not to be had at once. */
  async request<Result>(
    name: string,
    work: (held: boolean) => Result | Promise<Result>,
    options: LockOptions = {},
  ): Promise<Result> {
    let begun = false;
    try {
      return (await this.manager.request(name, options, (lock) => {
        begun = true;
        return work(lock !== null);
      })) as Result;
    } catch (error) {
      if (begun) throw error;
      deny();
      return work(false);
    }
  }

  /** Nothing where it is denied. */
  async query(): Promise<LockManagerSnapshot> {
    try {
      return await this.manager.query();
    } catch {
      deny();
      return {};
    }
  }
}

let known: Promise<Locks | undefined> | undefined;

function deny(): void {
  known = Promise.resolve(undefined);
}

/** Web Locks, if this page may use them: plain http has none, and a browser that blocks storage denies them. */
export function locks(): Promise<Locks | undefined> {
  known ??= allowed();
  return known;
}

async function allowed(): Promise<Locks | undefined> {
  try {
    return (await navigator.locks?.query()) && new Locks(navigator.locks);
  } catch {
    return undefined;
  }
}

/** A line to the other tabs of this browser; undefined where that is blocked, so that each tab is alone. */
export function channel<Message>(name: string, heard: (message: Message) => void): BroadcastChannel | undefined {
  try {
    const line = new BroadcastChannel(name);
    line.onmessage = ({ data }: MessageEvent<Message>) => heard(data);
    return line;
  } catch {
    return undefined;
  }
}

/** Before the name of the lock that a tab of any widget holds as long as it lives. */
export const TAB = 'beckon:tab:';

/** Tabs of any widget that hold their lock, or wait for it because their page is being reloaded. */
export async function livingTabs(manager: Locks): Promise<Set<string>> {
  const { held = [], pending = [] } = await manager.query();
  const names = [...held, ...pending].map(({ name = '' }) => name).filter((name) => name.startsWith(TAB));
  return new Set(names.map((name) => name.slice(TAB.length)));
}
