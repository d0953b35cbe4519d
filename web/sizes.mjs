// Holds what visitors have to load within its budget, as sent: each file gzipped by itself. Run after a build. What belongs together is read from the
// build's own manifest, so that a file nobody has given a budget is an error and not a gap.
import { readdirSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const dist = new URL('./widget/dist/', import.meta.url);
const manifest = JSON.parse(readFileSync(new URL('app/.vite/manifest.json', dist), 'utf8'));
const gzipped = (name) => gzipSync(readFileSync(new URL(name, dist)), { level: 9 }).length;
const sum = (names) => [...names].reduce((total, name) => total + gzipped(name), 0);

/** Everything that comes with an entry of the manifest: itself, its styles, and what it imports at once. */
function withImports(entry, found = new Set()) {
  const { file, css = [], imports = [] } = manifest[entry];
  for (const name of [file, ...css]) found.add(`app/${name}`);
  for (const name of imports) withImports(name, found);
  return found;
}
const without = (names, known) => new Set([...names].filter((name) => !known.has(name)));

// A visitor loads one language; the largest is counted.
const languages = Object.keys(manifest).filter((entry) => entry.startsWith('src/locales/'));
const [language] = languages.map((entry) => withImports(entry)).sort((one, other) => sum(other) - sum(one));
const app = new Set([...withImports('index.html'), ...language]);
const page = withImports('src/page/main.ts');
const refusals = withImports('src/page/refusals.ts');
const views = without(withImports('src/app/views/chat_window.tsx'), app);

/** What is loaded on use, on top of what is there by then. */
const ON_USE = {
  'src/app/views/chat_window.tsx': { what: 'views, when the window first opens', limit: 17_500, known: app },
  'src/app/views/thread_list.tsx': {
    what: 'list of conversations, for visitors who have any',
    limit: 2_500,
    known: new Set([...app, ...views]),
  },
  'src/app/wrong_address.ts': { what: 'what is wrong with the address', limit: 400, known: app },
  'src/app/chime.ts': { what: 'sound of a new message', limit: 500, known: app },
  'src/page/preview.ts': { what: 'bubble of a new message', limit: 1_700, known: page },
};

const budgets = [
  { what: 'loader (widget.js)', limit: 6_000, files: ['widget.js'] },
  // Its words are one of the languages below.
  { what: 'page part', limit: 3_000, files: page },
  { what: 'words of errors, for a page with a mistake', limit: 1_900, files: refusals },
  { what: 'iframe app on every page (JS, CSS and a language)', limit: 35_000, files: app },
  { what: 'the largest language, of that', limit: 2_000, files: language },
];
for (const [entry, { dynamicImports = [] }] of Object.entries(manifest)) {
  for (const name of dynamicImports) {
    if (!(name in ON_USE) && !languages.includes(name)) throw new Error(`${entry} loads ${name}: give it a budget`);
  }
}
for (const [entry, { what, limit, known }] of Object.entries(ON_USE)) {
  budgets.push({ what: `on use: ${what}`, limit, files: without(withImports(entry), known) });
}

const counted = new Set(budgets.flatMap(({ files }) => [...files]));
for (const entry of languages) for (const name of withImports(entry)) counted.add(name);
const forgotten = readdirSync(new URL('app/assets/', dist)).filter((name) => !counted.has(`app/assets/${name}`));
if (forgotten.length > 0) throw new Error(`no budget counts ${forgotten.join(', ')}`);

for (const { what, limit, files } of budgets) {
  const size = sum(files);
  const verdict = size <= limit ? 'ok' : `TOO LARGE by ${size - limit}`;
  console.log(`${what}: ${size} bytes gzipped, limit ${limit}: ${verdict}`);
  if (size > limit) process.exitCode = 1;
}
