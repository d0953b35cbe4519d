import { mkdirSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Locator, Page } from 'playwright-core';
import { chat, conversationWith, expect, liveChat, say, send, test } from '../src/harness';

const PICTURES = fileURLToPath(new URL('../../../docs/pictures/', import.meta.url));
/** A picture is read over a network with the page that shows it. */
const LARGEST_BYTES = 200_000;

/** Pictures of the same story look the same: nothing moves, no cursor blinks, no pointer hovers. */
async function picture(of: Page | Locator, name: string): Promise<void> {
  const path = `${PICTURES}${name}.png`;
  await of.screenshot({ path, animations: 'disabled', caret: 'hide' });
  expect(statSync(path).size, name).toBeLessThan(LARGEST_BYTES);
}

async function choose(shop: Page, group: string, choice: string): Promise<void> {
  await shop.getByRole('group', { name: group }).locator('label').filter({ hasText: choice }).click();
}

test('the demo story, for README and docs', async ({ beckon, newVisitor, newAgent }) => {
  mkdirSync(PICTURES, { recursive: true });
  const agent = await newAgent({ name: 'Maja Horvat' });

  // Others wait, too, so that the list looks like a day at work.
  for (const [greeting, metadata] of [
    ['Does the Strand come with a tow bar?', { model: 'Strand', colour: { name: 'Basalt', hex: '#2F3437' } }],
    ['Where is the nearest dealer?', { page: 'Compare models' }],
    ['Thanks, that helps!', { order: { id: 'N-20417', status: 'in production' } }],
  ] as const) {
    const other = await newVisitor();
    await other.goto(`${beckon.demoOrigin}/demo/`);
    expect((await liveChat(other, 'open_new_thread')).error).toBeUndefined();
    await send(other, metadata);
    expect((await liveChat(other, 'open')).error).toBeUndefined();
    await say(other, greeting);
    await conversationWith(beckon, greeting);
  }

  const shop = await newVisitor({ viewport: { width: 1280, height: 800 } });
  await shop.goto(`${beckon.demoOrigin}/demo/`);
  await choose(shop, 'Model', 'Strand');
  await choose(shop, 'Colour', 'Madder red');
  await choose(shop, 'Wheels', 'Tind');
  await choose(shop, 'Extras', 'Glass roof');
  await choose(shop, 'Delivery', 'Bring it to my door');
  await shop.getByRole('button', { name: 'Contact us about this car' }).click();
  const question = 'Hello! How long until it could stand in front of my door?';
  await say(shop, question);
  await conversationWith(beckon, question);

  await agent.getByRole('link').filter({ hasText: question }).click();
  const card = agent.locator('[data-context-card]');
  await card.getByText('Glass roof').waitFor();
  const answer = 'Hi! A Strand in Madder red takes about six weeks. Shall I reserve a place for you?';
  await agent.getByRole('textbox', { name: /^Write to/ }).fill(answer);
  await agent.keyboard.press('Enter');
  await chat(shop).getByText(answer).waitFor();
  const thanks = 'Yes, please. And the wheels in black, if there are any.';
  await say(shop, thanks);
  await agent.getByRole('log').getByText(thanks).waitFor();

  await shop.evaluate(() => window.scrollTo(0, 0));
  await picture(shop, 'widget');
  for (const [colorScheme, suffix] of [
    ['light', ''],
    ['dark', '-dark'],
  ] as const) {
    await agent.emulateMedia({ colorScheme });
    await agent.mouse.move(0, 0);
    await picture(agent, `console${suffix}`);
    await picture(card, `card${suffix}`);
  }
});
