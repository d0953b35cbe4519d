import type { ContextCall } from '../port';

/** The site's own storage; every name starts with `beckon:`. A site may block it: then nothing outlives the page. */
const read = (storage: 'localStorage' | 'sessionStorage', name: string): unknown => {
  try {
    return JSON.parse(window[storage].getItem(name) || 'null');
  } catch {
    return null;
  }
};
const write = (storage: 'localStorage' | 'sessionStorage', name: string, value: unknown): void => {
  try {
    window[storage].setItem(name, JSON.stringify(value));
  } catch {
    // Blocked or full: kept for this page only.
  }
};

/** Whether this visitor has a conversation that is not closed. No secret: who the visitor is stays in the iframe. */
export const readMarker = (widget: string): { known?: boolean; open?: boolean } =>
  (read('localStorage', `beckon:${widget}`) as { known?: boolean; open?: boolean } | null) || {};

export const writeMarker = (widget: string, marker: { known: boolean; open: boolean }): void =>
  write('localStorage', `beckon:${widget}`, marker);

/** Context calls of this tab that the app has not taken over yet, oldest first. */
export const readCalls = (widget: string): ContextCall[] => {
  const calls = read('sessionStorage', `beckon:${widget}:calls`);
  return Array.isArray(calls) ? (calls as ContextCall[]) : [];
};

export const writeCalls = (widget: string, calls: ContextCall[]): void =>
  write('sessionStorage', `beckon:${widget}:calls`, calls);
