import {
  chat,
  chatFrame,
  conversationWith,
  expect,
  focused,
  liveChat,
  pageWithWidget,
  tabTo,
  test,
} from '../src/harness';

test('a visitor gets from the launcher to a sent message and back by keyboard alone', async ({
  beckon,
  site,
  newVisitor,
}) => {
  const visitor = await newVisitor();
  await visitor.goto(site.put('/keys.html', pageWithWidget(beckon.origin, await beckon.widgetId('multi'))));
  await visitor.locator('#ib-button-messaging').waitFor();
  await tabTo(visitor, /#ib-button-messaging Open chat/);
  await visitor.keyboard.press('Enter');
  const frame = () => chatFrame(visitor);
  // The cursor stands in the composer.
  await expect.poll(async () => focused(await frame())).toContain('Write a message');
  await visitor.keyboard.type('typed without a mouse');
  await visitor.keyboard.press('Enter');
  const first = await conversationWith(beckon, 'typed without a mouse');
  await chat(visitor)
    .getByText(/· Sent$/)
    .waitFor();

  // To the list, to a new conversation, and to the first one again.
  await visitor.keyboard.press('Shift+Tab');
  for (let step = 0; step < 10 && !(await focused(await frame())).includes('All conversations'); step += 1) {
    await visitor.keyboard.press('Shift+Tab');
  }
  await visitor.keyboard.press('Enter');
  await chat(visitor).getByRole('heading', { name: 'Your conversations' }).waitFor();
  await tabTo(visitor, /New conversation/, await frame());
  await visitor.keyboard.press('Enter');
  await expect.poll(async () => focused(await frame())).toContain('Write a message');
  await visitor.keyboard.type('a second one');
  await visitor.keyboard.press('Shift+Enter');
  await visitor.keyboard.type('on two lines');
  await visitor.keyboard.press('Enter');
  const second = await conversationWith(beckon, 'a second one\non two lines');
  expect(second).not.toBe(first);
  await liveChat(visitor, 'show_thread_list');
  await tabTo(visitor, /typed without a mouse/, await frame());
  await visitor.keyboard.press('Enter');
  await chat(visitor).getByRole('log').getByText('typed without a mouse').waitFor();

  // Escape closes the window and gives the focus back to the launcher.
  await visitor.keyboard.press('Escape');
  await visitor.locator('#ib-iframe-messaging').waitFor({ state: 'hidden' });
  await expect.poll(() => focused(visitor)).toContain('#ib-button-messaging');
});
