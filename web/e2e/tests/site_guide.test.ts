import { readFileSync } from 'node:fs';
import { expect, page, snippet, test } from '../src/harness';

const guide = readFileSync(new URL('../../../docs/site-guide.md', import.meta.url), 'utf8');
const examples = [...guide.matchAll(/^### (.+?)$[^#]*?^```js[^\n]*\n(.+?)^```$/gms)].map((found) => ({
  commands: [...(found[1] ?? '').matchAll(/`(\w+)`/g)].map(([, name]) => name ?? ''),
  code: found[2] ?? '',
}));

test('each command has its section in the site guide, with an example that runs', async ({
  beckon,
  site,
  newVisitor,
}) => {
  const visitor = await newVisitor();
  const warnings: string[] = [];
  visitor.on('console', (message) => warnings.push(message.text()));
  const id = await beckon.widgetId('multi');
  await visitor.goto(
    site.put('/guide.html', page(snippet(beckon.origin), '<button type="button" id="contact">Contact</button>')),
  );
  for (const { code } of examples) {
    await visitor.addScriptTag({ content: code.replaceAll('YOUR-WIDGET-ID', id) });
  }
  await expect
    .poll(() => warnings)
    .toEqual(expect.arrayContaining([`connected ${id}`, 'held until a conversation starts', 'ar-AE']));
  await visitor.locator('#contact').click();
  await visitor.frameLocator('#ib-iframe-messaging').getByPlaceholder('اكتب رسالة').waitFor();
  expect(warnings.filter((text) => text.includes('liveChat:'))).toEqual([]);

  // What an unknown command is told are all there are.
  const unknown = await visitor.evaluate(
    () =>
      new Promise<string>((resolve) => {
        const call = (window as unknown as { liveChat: (...values: unknown[]) => void }).liveChat;
        call('no_such_command', (error: { message: string }) => resolve(error.message));
      }),
  );
  const commands = /There are: (.*)$/.exec(unknown)?.[1]?.split(', ') ?? [];
  expect(examples.flatMap((example) => example.commands).sort()).toEqual(commands.sort());
  expect(commands.length).toBeGreaterThan(9);
});
