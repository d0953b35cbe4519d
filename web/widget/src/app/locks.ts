let known: Promise<LockManager | undefined> | undefined;

/** Web Locks, if this page may use them: plain http has none, and a browser that blocks storage denies them. */
export function locks(): Promise<LockManager | undefined> {
  known ??= Promise.resolve(navigator.locks?.query()).then(
    (seen) => seen && navigator.locks,
    () => undefined,
  );
  return known;
}
