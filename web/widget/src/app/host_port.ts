import { PORT_GREETING, type ToApp, type ToLoader } from '../port';
import type { WidgetConfig } from '../theme';

/** The chat's end of the one port. Only the parent window may hand it over, and only from an origin that the server allows. */
export function awaitPort(
  config: Promise<WidgetConfig>,
  take: (post: (message: ToLoader) => void, origin: string) => (message: ToApp) => void,
): void {
  addEventListener('message', async (greeting: MessageEvent<unknown>) => {
    const port = greeting.ports[0];
    if (greeting.data !== PORT_GREETING || greeting.source !== window.parent || window.parent === window || !port)
      return;
    port.postMessage({ kind: 'hello' } satisfies ToLoader);
    const { allowedOrigins } = await config;
    const own = greeting.origin === location.origin;
    if (!own && allowedOrigins.length > 0 && !allowedOrigins.includes(greeting.origin)) {
      port.close();
      return;
    }
    const hear = take((message) => port.postMessage(message), greeting.origin);
    port.onmessage = (message: MessageEvent<ToApp>) => hear(message.data);
  });
}
