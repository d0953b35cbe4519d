import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { type Beckon, expect, liveChat, page, pageWithWidget, program, send, startThread, test } from '../src/harness';

/** A fenced block of a document that people may paste. */
interface Example {
  /** The document and the line on which the example begins. */
  place: string;
  language: string;
  code: string;
}

const ROOT = new URL('../../../', import.meta.url);

/** Every fenced block of a document, but those that say `not-run` after their language. */
function examples(document: string): Example[] {
  const found: Example[] = [];
  let open: (Example & { run: boolean }) | undefined;
  for (const [index, line] of readFileSync(new URL(document, ROOT), 'utf8').split('\n').entries()) {
    const fence = /^```(.*)$/.exec(line);
    if (!fence) {
      if (open) open.code += `${line}\n`;
    } else if (open) {
      if (open.run) found.push(open);
      open = undefined;
    } else {
      const [language = '', ...words] = (fence[1] ?? '').trim().split(' ');
      open = { place: `${document}:${index + 1}`, language, code: '', run: !words.includes('not-run') };
    }
  }
  return found;
}

const documents = [
  'README.md',
  ...readdirSync(new URL('docs/', ROOT))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];
const all = documents.flatMap(examples);
const inLanguage = (...languages: string[]) => all.filter(({ language }) => languages.includes(language));

/** An example as a reader would change it: with the address and the widget of the own server. */
function adapted(code: string, beckon: Beckon, widget: string): string {
  return code
    .replaceAll('http://localhost:8080', beckon.origin)
    .replaceAll('https://chat.example', beckon.origin)
    .replaceAll('YOUR-WIDGET-ID', widget);
}

/** From now on the page notes what became of each call of `liveChat`. */
async function noteCalls(visitor: Page): Promise<void> {
  await visitor.waitForFunction(() => 'beckon' in (window as unknown as { liveChat: object }).liveChat);
  await visitor.evaluate(() => {
    type Call = (...values: unknown[]) => void;
    const site = window as unknown as { liveChat: Call; outcomes: Promise<string>[] };
    const original = site.liveChat;
    site.outcomes = [];
    site.liveChat = (...values) => {
      const callback = typeof values.at(-1) === 'function' ? (values.pop() as Call) : undefined;
      const outcome = new Promise<string>((resolve) => {
        original(...values, (error: { message: string } | undefined, result: unknown) => {
          callback?.(error, result);
          resolve(error ? `${values[0]}: ${error.message}` : 'done');
        });
      });
      site.outcomes.push(outcome);
    };
  });
}

const outcomes = (visitor: Page) =>
  visitor.evaluate(() => Promise.all((window as unknown as { outcomes: Promise<string>[] }).outcomes));

/** Runs an example in a shell where `beckon` is the program under test and a refused request is a failure. */
function inShell(
  code: string,
  beckon: Beckon,
  variables: Record<string, string>,
): Promise<{ code: number | null; output: string }> {
  const prelude = `set -eu
curl() { command curl --fail-with-body --silent --show-error "$@"; }
beckon() { "$BECKON_PROGRAM" "$@" --data "$BECKON_FOLDER"; }
# From a clone: cargo run --release -- admin …
cargo() { shift 3; beckon "$@"; }
`;
  const env = { PATH: process.env.PATH, ...variables, BECKON_PROGRAM: program(), BECKON_FOLDER: beckon.data };
  const child = spawn('bash', ['-c', prelude + code], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status) => resolve({ code: status, output }));
  });
}

test('the documents have examples in every language that is run here', () => {
  for (const language of ['html', 'js', 'sh']) expect(inLanguage(language).length, language).toBeGreaterThan(0);
});

test('each page in the documents shows the widget', async ({ beckon, site, newVisitor }) => {
  const id = await beckon.widgetId('multi');
  for (const [number, { place, code }] of inLanguage('html').entries()) {
    const html = adapted(code, beckon, id);
    const whole = html.toLowerCase().includes('<!doctype') ? html : page('', `<h1>Shop</h1>${html}`);
    const visitor = await newVisitor();
    await visitor.goto(site.put(`/example-${number}.html`, whole));
    await visitor.locator('#ib-button-messaging').waitFor({ state: 'visible' });
    expect((await liveChat(visitor, 'open')).error, place).toBeUndefined();
    await visitor.locator('#ib-iframe-messaging').waitFor({ state: 'visible' });
  }
});

test('each call in the documents succeeds, with a conversation and without one', async ({
  beckon,
  site,
  newVisitor,
}) => {
  const address = site.put('/calls.html', pageWithWidget(beckon.origin, await beckon.widgetId('multi')));
  for (const conversation of [false, true]) {
    const visitor = await newVisitor();
    if (conversation) {
      await visitor.goto(address);
      await startThread(visitor, beckon, 'for the documents');
    }
    for (const { place, code } of inLanguage('js')) {
      await visitor.goto(address);
      await noteCalls(visitor);
      await visitor.addScriptTag({ content: `{${adapted(code, beckon, '')}}` });
      const done = await outcomes(visitor);
      expect(done.length, place).toBeGreaterThan(0);
      expect(new Set(done), place).toEqual(new Set(['done']));
    }
  }
});

test('each line for a shell does what it says', async ({ ownBeckon, site, newVisitor }) => {
  // Of its own: some lines change who may embed a widget.
  const beckon = await ownBeckon();
  const visitor = await newVisitor();
  const widget = await beckon.widgetId('multi');
  await visitor.goto(site.put('/shell.html', pageWithWidget(beckon.origin, widget)));
  await send(visitor, { color: 'red', trim: 'oak' });
  const id = await startThread(visitor, beckon, 'read me from a shell');
  const key = await beckon.admin(['key', 'create', 'documents', '--scope', 'manage']);
  for (const { place, code } of inLanguage('sh')) {
    const ran = await inShell(adapted(code, beckon, widget), beckon, { BECKON_KEY: key, ID: id });
    expect([place, ran.code], ran.output).toEqual([place, 0]);
  }
});
