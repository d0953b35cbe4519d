const RECONNECT_FIRST_MS = 500;
/** Longest wait before the next try, milliseconds: somebody may be looking at the page and waiting for an answer. */
const RECONNECT_VISIBLE_MS = 8_000;
/** The same where nobody looks: a crowd of forgotten tabs must not burden a server that has trouble. */
const RECONNECT_HIDDEN_MS = 30_000;
/** Waits before the same write is tried again, milliseconds. */
const RETRY_MS = [1_000, 2_000, 4_000, 8_000, 15_000] as const;

/**
 * Full jitter: any time between now and min(8 s, 0.5 s · 2ⁿ), 30 s in place of 8 for a hidden page, so that a thousand clients do not come
 * back in one instant.
 */
export function reconnectDelay(attempt: number, random: () => number, visible: boolean): number {
  const most = visible ? RECONNECT_VISIBLE_MS : RECONNECT_HIDDEN_MS;
  return random() * Math.min(most, RECONNECT_FIRST_MS * 2 ** Math.min(attempt, 16));
}

/** 1, 2, 4, 8, then always 15 s, each shortened by up to a half. */
export function retryDelay(attempt: number, random: () => number): number {
  const most = RETRY_MS[Math.min(attempt, RETRY_MS.length - 1)] ?? 15_000;
  return most * (0.5 + random() / 2);
}
