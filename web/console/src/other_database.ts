import { signal } from '@preact/signals';
import { ask } from './http';

/** Name of the database that this browser's agent was last signed in at. */
const HOME = 'beckon:database';

/** Another database answers at this address: a wrong folder, say, or one that was restored. What is refused there says nothing. */
export const away = signal(false);

/** The database of this name knows the agent. */
export function isHome(epoch: string): void {
  away.value = false;
  try {
    localStorage.setItem(HOME, epoch);
  } catch {
    // Blocked: a later page takes a refusal at its word.
  }
}

/** Asks which database answers, and compares it with the one that knew the agent. */
export async function isAway(): Promise<boolean> {
  const home = read();
  try {
    const { epoch } = await ask<{ epoch?: string }>('GET', '/console/1/status');
    away.value = home !== null && epoch !== undefined && epoch !== home;
  } catch {
    // No answer is no other database; what was known last still holds.
  }
  return away.value;
}

function read(): string | null {
  try {
    return localStorage.getItem(HOME);
  } catch {
    return null;
  }
}
