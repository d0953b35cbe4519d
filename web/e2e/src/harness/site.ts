import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The stub and the script tag, as the README gives them to paste. */
export function snippet(beckonOrigin: string): string {
  return `<script>
(function (w, n, d, s) {
  w[n] = w[n] || function () { (w[n].q = w[n].q || []).push(arguments); };
  w[n].t = 1 * new Date();
  s = d.createElement('script'); s.async = 1; s.src = '${beckonOrigin}/widget.js';
  d.getElementsByTagName('head')[0].appendChild(s);
})(window, 'liveChat', document);
</script>`;
}

/** A whole page with the snippet and `init`; `script` runs after it, as the site's own code would. */
export function pageWithWidget(beckonOrigin: string, widgetId: string, script = '', body = '<h1>Shop</h1>'): string {
  return page(
    `${snippet(beckonOrigin)}
<script>liveChat('init', '${widgetId}');</script>
<script>${script}</script>`,
    body,
  );
}

/** A page of a site that has nothing to do with Beckon, with `head` added. */
export function page(head: string, body = '<h1>Shop</h1>'): string {
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>A shop</title>
<link rel="icon" href="data:,">
${head}</head>
<body>${body}</body>
</html>`;
}

interface Content {
  body: string;
  headers: Record<string, string>;
}

/** A customer's site: its own origin, on 127.0.0.1, so that Beckon on localhost is another site to the browser. */
export class Site {
  private readonly pages = new Map<string, Content>();
  private readonly server: Server;

  private constructor() {
    this.server = createServer((request, response) => {
      const { pathname } = new URL(request.url ?? '/', 'http://site');
      const content = this.pages.get(pathname);
      if (content) response.writeHead(200, content.headers).end(content.body);
      else response.writeHead(404, { 'content-type': 'text/plain' }).end('no such page');
    });
  }

  static async start(): Promise<Site> {
    const site = new Site();
    await new Promise<void>((resolve) => site.server.listen(0, '127.0.0.1', resolve));
    return site;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Puts a page on the site and returns its address. `headers` can set a policy or another type. */
  put(path: string, body: string, headers: Record<string, string> = {}): string {
    this.pages.set(path, { body, headers: { 'content-type': 'text/html; charset=utf-8', ...headers } });
    return `${this.origin}${path}`;
  }

  async dispose(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }
}
