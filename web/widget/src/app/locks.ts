let known: Promise<LockManager | undefined> | undefined;

/** Web Locks, if this page may use them: plain http has none, and a browser that blocks storage denies them. */
export function locks(): Promise<LockManager | undefined> {
  known ??= allowed();
  return known;
}

async function allowed(): Promise<LockManager | undefined> {
  try {
    return (await navigator.locks?.query()) && navigator.locks;
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
export async function livingTabs(manager: LockManager): Promise<Set<string>> {
  const { held = [], pending = [] } = await manager.query();
  const names = [...held, ...pending].map(({ name = '' }) => name).filter((name) => name.startsWith(TAB));
  return new Set(names.map((name) => name.slice(TAB.length)));
}
