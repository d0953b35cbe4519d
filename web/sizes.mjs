// Holds what visitors have to load within its budget, as sent: each file gzipped by itself. Run after a build.
import { readdirSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const dist = new URL('./widget/dist/', import.meta.url);
const size = (name) => gzipSync(readFileSync(new URL(name, dist)), { level: 9 }).length;
const languages = readdirSync(new URL('./widget/src/locales/', import.meta.url)).map((file) => file.slice(0, -3));
const appFiles = readdirSync(new URL('app/assets/', dist))
  .filter((name) => /\.(js|css)$/.test(name))
  .map((name) => `app/assets/${name}`);
const languageOf = (file) => languages.find((language) => file.startsWith(`app/assets/${language}-`));
// A visitor loads one language; the largest is counted.
const spoken = appFiles.filter(languageOf).sort((one, other) => size(other) - size(one));
if (spoken.length !== languages.length)
  throw new Error(`${languages.length} languages, ${spoken.length} files of them`);

// What the loader fetches into the site's page once there is something to do.
const page = appFiles.filter((file) => file.startsWith('app/assets/page-'));
const app = appFiles.filter((file) => !languageOf(file) && !page.includes(file));

const budgets = [
  { what: 'loader (widget.js)', limit: 6_000, files: ['widget.js'] },
  { what: 'page part', limit: 3_000, files: page },
  { what: 'iframe app (JS and CSS)', limit: 35_000, files: [...app, ...spoken.slice(0, 1)] },
];

for (const { what, limit, files } of budgets) {
  const sum = files.reduce((total, name) => total + size(name), 0);
  const verdict = sum <= limit ? 'ok' : `TOO LARGE by ${sum - limit}`;
  console.log(`${what}: ${sum} bytes gzipped, limit ${limit}: ${verdict}`);
  if (sum > limit) process.exitCode = 1;
}
