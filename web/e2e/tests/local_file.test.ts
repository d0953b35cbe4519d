import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, liveChat, pageWithWidget, test } from '../src/harness';

test('a page opened from a disk is told why it has no chat and what to do, and stays whole', async ({
  ownBeckon,
  newVisitor,
  watch,
}) => {
  const beckon = await ownBeckon();
  const widget = await beckon.widgetId('multi');
  const folder = await mkdtemp(join(tmpdir(), 'beckon-local-'));
  const file = join(folder, 'page.html');
  await writeFile(file, pageWithWidget(beckon.origin, widget));
  const said: string[] = [];
  const visitor = await newVisitor();
  visitor.on('console', (message) => said.push(message.text()));
  watch.expect(/403|cannot have widget/);
  try {
    // A widget that any site may embed, and one that has a list.
    for (const allow of [false, true]) {
      if (allow) await beckon.admin(['widget', 'allow-origin', widget, 'https://shop.example']);
      said.length = 0;
      await visitor.goto(pathToFileURL(file).href);
      const { error } = await liveChat(visitor, 'open');
      expect(error).toMatchObject({ code: 1031, name: 'Widget visibility error' });
      expect(error?.message).toMatch(/file:\/\/.*python3 -m http\.server 8000/);
      expect(said.filter((line) => line.startsWith('liveChat: A page without an origin'))).toHaveLength(1);
      expect(await visitor.locator('#ib-button-messaging, #ib-iframe-messaging').count()).toBe(0);
      expect(await visitor.getByRole('heading', { name: 'Shop' }).isVisible()).toBe(true);
    }
  } finally {
    await rm(folder, { recursive: true });
  }
});
