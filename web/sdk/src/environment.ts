import { type PageListener, watchPage } from './page';

/** The part of `WebSocket` that a connection uses. */
export interface SocketLike {
  /** Throws when it cannot be sent any more. */
  send(text: string): void;
  close(code?: number): void;
  onopen: (() => void) | null;
  onmessage: ((message: { data: unknown }) => void) | null;
  onclose: ((end: { code: number }) => void) | null;
}

/** Clock, chance, sockets and the page, so that tests decide about them. */
export interface Environment {
  open(url: string): SocketLike;
  /** Milliseconds since 1970. */
  now(): number;
  /** From 0 up to 1. */
  random(): number;
  /** Runs once after so many milliseconds, unless cancelled by the returned function. */
  after(milliseconds: number, run: () => void): () => void;
  /** Whether the page may be seen. True where there is no page. */
  visible(): boolean;
  /** Listens to what happens to the page, until the returned function is called. */
  watch(page: PageListener): () => void;
}

/** The browser's own. */
export const browserEnvironment: Environment = {
  open(url) {
    const socket = new WebSocket(url);
    const adapter: SocketLike = {
      send(text) {
        // On its way out it would drop the text and complain in the page's console.
        if (socket.readyState !== socket.OPEN) throw new Error('not open');
        socket.send(text);
      },
      close: (code) => socket.close(code),
      onopen: null,
      onmessage: null,
      onclose: null,
    };
    socket.onopen = () => adapter.onopen?.();
    socket.onmessage = (message) => adapter.onmessage?.({ data: message.data });
    socket.onclose = (end) => adapter.onclose?.({ code: end.code });
    return adapter;
  },
  now: () => Date.now(),
  random: () => Math.random(),
  after(milliseconds, run) {
    const timer = setTimeout(run, milliseconds);
    return () => clearTimeout(timer);
  },
  visible: () => globalThis.document?.visibilityState !== 'hidden',
  watch: watchPage,
};
