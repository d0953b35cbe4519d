import type { WriteFrame } from './frames';

/** Longest frame that a server reads, bytes of UTF-8. */
const FRAME_BYTES = 192 * 1024;
/** Room for the number under which a frame is sent, bytes. */
const REQUEST_BYTES = 64;
/** UTF-8 has no more bytes for one of JavaScript's characters. */
const BYTES_A_CHARACTER = 3;

/** Close codes that say of a frame that it was bad: the protocol's own, and those of WebSocket for data, text and size. */
const BAD_FRAME = [4501, 1003, 1007, 1009];
/** Close codes of a server that met a defect, or is gone without a word: as a network is that breaks. */
const DIED = [1006, 1011];
/** A frame that kills its socket does so at once, milliseconds. */
const AT_ONCE_MS = 2_000;

const BAD_FRAME_WEIGHT = 3;
const DIED_WEIGHT = 1;
/** Twice a bad frame, or six sockets in a row that died at once: no network does that to one and the same write. */
const ENOUGH = 6;

/** Whether no server reads it, so that it must not be sent: the socket would end. */
export function tooLarge(frame: WriteFrame): boolean {
  const text = JSON.stringify(frame);
  const most = FRAME_BYTES - REQUEST_BYTES;
  return text.length * BYTES_A_CHARACTER > most && new TextEncoder().encode(text).length > most;
}

/** What the end of a socket says against a write that was sent on it `after` milliseconds before and has no answer. */
export function blame(code: number, after: number): number {
  if (BAD_FRAME.includes(code)) return BAD_FRAME_WEIGHT;
  return DIED.includes(code) && after <= AT_ONCE_MS ? DIED_WEIGHT : 0;
}

export function isEnough(blamed: number): boolean {
  return blamed >= ENOUGH;
}
