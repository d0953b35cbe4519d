import { PORT_GREETING, type ToApp, type ToLoader } from '../port';

/** The chat in its iframe, as the loader sees it: an address that is set when needed, and a port. */
export interface AppFrame {
  /** Starts loading the chat, unless it already did. */
  load(): void;
  /** Loads the chat if need be; messages keep their order and wait until it listens. */
  post(message: ToApp): void;
  /** Once it was loaded; before, nobody needs to know. */
  tell(message: ToApp): void;
}

export function createAppFrame(
  iframe: HTMLIFrameElement,
  address: () => string,
  hear: (message: ToLoader) => void,
  greet: () => ToApp[],
): AppFrame {
  let port: MessagePort | undefined;
  let waiting: ToApp[] = [];

  function load(): void {
    if (!iframe.src) iframe.src = address();
  }

  iframe.addEventListener('load', () => {
    // Without an address this is the empty page that every iframe begins with.
    if (!iframe.src || !iframe.contentWindow) return;
    const channel = new MessageChannel();
    port?.close();
    port = channel.port1;
    port.onmessage = (message: MessageEvent<ToLoader>) => hear(message.data);
    // Addressed to Beckon's origin: whatever else might stand in the iframe gets nothing.
    iframe.contentWindow.postMessage(PORT_GREETING, new URL(iframe.src).origin, [channel.port2]);
    for (const message of [...greet(), ...waiting]) port.postMessage(message);
    waiting = [];
  });

  function post(message: ToApp): void {
    load();
    if (port) port.postMessage(message);
    else waiting.push(message);
  }

  return {
    load,
    post,
    tell(message) {
      if (iframe.src) post(message);
    },
  };
}
