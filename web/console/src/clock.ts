import { signal } from '@preact/signals';

/** Waiting times are shown in minutes, so this is often enough. */
const TICK_MS = 15_000;

/** The present, in milliseconds; moves by itself while the page is open. */
export const now = signal(Date.now());

setInterval(() => {
  now.value = Date.now();
}, TICK_MS);
