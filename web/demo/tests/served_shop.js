// Serves src/ as the server does, with a stand-in for the widget on the second loopback name.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname } from 'node:path';

const types = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' };
const ids = { multi: '0193572c-0000-7000-8000-000000000001', single: '0193572c-0000-7000-8000-000000000002' };

/** Resolves to { shop, widgetOrigin, ids, stop }: the shop's address, and the origin the widget comes from. */
export async function serveShop() {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, 'http://localhost');
    const { port } = server.address();
    const widgetOrigin = `http://localhost:${port}`;
    if (pathname === '/demo/config.json') {
      const config = {
        widgetOrigin,
        multiThreadWidgetId: ids.multi,
        singleThreadWidgetId: ids.single,
        consoleUrl: `${widgetOrigin}/console/`,
        setUpDone: false,
      };
      response.setHeader('Content-Type', 'application/json');
      response.end(JSON.stringify(config));
      return;
    }
    const file =
      pathname === '/widget.js'
        ? new URL('fake-widget.js', import.meta.url)
        : new URL(`../src/${pathname.replace(/^\/demo\//, '') || 'index.html'}`, import.meta.url);
    try {
      const body = readFileSync(file);
      response.setHeader('Content-Type', types[extname(file.pathname)]);
      response.setHeader(
        'Content-Security-Policy',
        `default-src 'self'; script-src 'self' ${widgetOrigin}; frame-src ${widgetOrigin}`,
      );
      response.end(body);
    } catch {
      response.statusCode = 404;
      response.end();
    }
  });
  await new Promise((resolve) => server.listen(0, resolve));
  const { port } = server.address();
  return {
    shop: `http://127.0.0.1:${port}/demo/`,
    widgetOrigin: `http://localhost:${port}`,
    ids,
    stop: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}
