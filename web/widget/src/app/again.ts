import { reconnectDelay } from '@beckon/sdk';

/** The visitor does not want to wait. */
const HURRY = 'hurry';
const impatience = new EventTarget();

/** Ends the waits of all that is asked for again. */
export function hurry(): void {
  impatience.dispatchEvent(new Event(HURRY));
}

/** The wait before the next try, longer with each that failed. It ends sooner when the device is online again, or by `hurry`. */
export function pause(tries: number): Promise<void> {
  const visible = document.visibilityState === 'visible';
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      removeEventListener('online', end);
      impatience.removeEventListener(HURRY, end);
      resolve();
    };
    const timer = setTimeout(end, reconnectDelay(tries, Math.random, visible));
    addEventListener('online', end);
    impatience.addEventListener(HURRY, end);
  });
}

/** Asks for something until it is here. `failed` runs after each try that failed. */
export async function untilHere<Thing>(ask: () => Promise<Thing>, failed: (tries: number) => unknown): Promise<Thing> {
  for (let tries = 0; ; tries++) {
    try {
      return await ask();
    } catch {
      await failed(tries);
      await pause(tries);
    }
  }
}
