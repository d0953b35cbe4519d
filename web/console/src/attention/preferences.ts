import { type Signal, signal } from '@preact/signals';

const KEYS = { sound: 'beckon.sound', notifications: 'beckon.notifications' } as const;

function kept(key: string, byDefault: boolean): boolean {
  try {
    const value = localStorage.getItem(key);
    return value === null ? byDefault : value === 'on';
  } catch {
    return byDefault;
  }
}

const values: Record<keyof typeof KEYS, Signal<boolean>> = {
  sound: signal(kept(KEYS.sound, true)),
  notifications: signal(kept(KEYS.notifications, false)),
};

/** What this browser does to be noticed. Each desk has its own walls, so it is remembered per browser, not per agent. */
export function wants(what: keyof typeof KEYS): boolean {
  return values[what].value;
}

export function want(what: keyof typeof KEYS, on: boolean): void {
  values[what].value = on;
  try {
    localStorage.setItem(KEYS[what], on ? 'on' : 'off');
  } catch {
    // It holds until the page is left.
  }
}
