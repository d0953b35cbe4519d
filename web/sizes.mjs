// Holds what visitors have to load within its budget, as sent: each file gzipped by itself. Run after a build.
import { readdirSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const dist = new URL('./widget/dist/', import.meta.url);
const appFiles = readdirSync(new URL('app/assets/', dist)).filter((name) => /\.(js|css)$/.test(name));

const budgets = [
  { what: 'loader (widget.js)', limit: 6_000, files: ['widget.js'] },
  { what: 'iframe app (JS and CSS)', limit: 35_000, files: appFiles.map((name) => `app/assets/${name}`) },
];

for (const { what, limit, files } of budgets) {
  const size = files.reduce((sum, name) => sum + gzipSync(readFileSync(new URL(name, dist)), { level: 9 }).length, 0);
  const verdict = size <= limit ? 'ok' : `TOO LARGE by ${size - limit}`;
  console.log(`${what}: ${size} bytes gzipped, limit ${limit}: ${verdict}`);
  if (size > limit) process.exitCode = 1;
}
