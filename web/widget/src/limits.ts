/** The server's limits for one context. */
export const CONTEXT_BYTES = 65_536;
export const CONTEXT_KEYS = 256;
/** Characters. */
export const KEY_LENGTH = 128;
export const STRING_BYTES = 8_192;
/** The object itself is the first level. */
export const DEPTH = 8;
