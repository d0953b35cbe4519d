import type { Locator } from 'playwright-core';
import { chat, expect, messages, pageWithWidget, shown, startThread, test } from '../src/harness';

/** The Enter that ends a word, in the order of a browser. */
type Order = 'Safari' | 'Chrome';

/** Ends a word of an input method in the field, and reads the field when all that follows from it has happened. */
async function endWord(field: Locator, order: Order): Promise<string> {
  return field.evaluate(async (element, browser) => {
    const area = element as HTMLTextAreaElement;
    const key = (keyCode: number, isComposing: boolean) => {
      const press = new KeyboardEvent('keydown', {
        key: 'Enter',
        keyCode,
        isComposing,
        bubbles: true,
        cancelable: true,
      });
      area.dispatchEvent(press);
    };
    const word = { bubbles: true, data: '日本' };
    area.dispatchEvent(new CompositionEvent('compositionstart', { bubbles: true }));
    if (browser === 'Chrome') key(229, true);
    area.dispatchEvent(new CompositionEvent('compositionend', word));
    if (browser === 'Safari') key(229, false);
    // A message that is sent has left the field by then.
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    return area.value;
  }, order);
}

test('an Enter that ends a word of an input method sends nothing, and the next one sends it whole', {
  timeout: 240_000,
}, async ({ beckon, site, newVisitor, newAgent }) => {
  const visitor = await newVisitor();
  await visitor.goto(site.put('/word.html', pageWithWidget(beckon.origin, await beckon.widgetId('multi'))));
  const id = await startThread(visitor, beckon, 'hello');
  const composer = chat(visitor).locator('.ib-widget-message-input');
  const agent = await newAgent();
  await agent.goto(`${beckon.origin}/console/#/c/${id}`);
  const reply = { shortcut: 'greeting', text: 'Good day', shared: false };
  const made = await agent.context().request.post(`${beckon.origin}/console/1/quick-replies`, {
    data: reply,
    headers: { origin: beckon.origin },
  });
  expect(made.ok()).toBe(true);
  const answer = agent.locator('[data-composer]');
  await answer.waitFor();
  for (const field of [composer, answer]) {
    for (const order of ['Safari', 'Chrome'] as const) {
      await field.fill('日本');
      expect(await endWord(field, order), order).toBe('日本');
    }
  }
  // What a list offers is not chosen by it.
  await answer.fill('/gre');
  await agent.getByRole('option', { name: '/greeting' }).waitFor();
  expect(await endWord(answer, 'Safari')).toBe('/gre');
  await answer.fill('日本');
  expect(await shown(visitor)).toEqual(['hello']);
  await composer.press('Enter');
  await answer.press('Enter');
  await expect.poll(async () => (await messages(beckon, id)).sort()).toEqual(['hello', '日本', '日本']);
});
