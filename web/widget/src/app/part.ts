import { untilHere } from './again';

/** Tries that fail although the server answers, before the page is loaded again: the first may have met a bad moment. */
const PATIENCE = 2;
/** The page is not loaded again sooner than after so long, milliseconds: as the longest wait of everything that is asked for again. */
const RELOAD_MS = 8_000;
const RELOADED = 'beckon:reloaded';

/**
 * Loads a file of the chat on first use, and goes on until it is here. `failed` runs after each try that failed. Where the server answers and the
 * file still does not come, the server has newer files, or the browser remembers the failure: then the page is loaded again.
 */
export function part<Part>(load: () => Promise<Part>, failed: () => void): Promise<Part> {
  return untilHere(load, async (tries) => {
    failed();
    if (tries >= PATIENCE && (await answers())) reloadAtTimes();
  });
}

async function answers(): Promise<boolean> {
  try {
    return (await fetch(location.pathname, { method: 'HEAD', cache: 'no-store', credentials: 'omit' })).ok;
  } catch {
    return false;
  }
}

function reloadAtTimes(): void {
  try {
    const now = Date.now();
    const before = Number(sessionStorage.getItem(RELOADED));
    if (Math.abs(now - before) < RELOAD_MS) return;
    sessionStorage.setItem(RELOADED, String(now));
    location.reload();
  } catch {
    // Without storage nothing would keep it from spinning.
  }
}
