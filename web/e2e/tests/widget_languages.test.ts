import type { Page } from 'playwright-core';
import {
  chat,
  conversationWith,
  expect,
  page as hostPage,
  liveChat,
  pageWithWidget,
  say,
  snippet,
  test,
} from '../src/harness';

const launcher = (visitor: Page) => visitor.locator('#ib-button-messaging');
const input = (visitor: Page) => chat(visitor).locator('.ib-widget-message-input');

test('in Arabic every view runs from right to left', async ({ beckon, site, newVisitor, colleague }) => {
  const visitor = await newVisitor();
  const id = await beckon.widgetId('multi');
  await visitor.goto(
    site.put(
      '/ar.html',
      pageWithWidget(beckon.origin, id, "liveChat('set_language', 'ar-AE')", '<main><h1>Shop</h1></main>'),
    ),
  );
  await expect.poll(() => launcher(visitor).getAttribute('aria-label')).toBe('فتح المحادثة');

  await liveChat(visitor, 'open');
  await input(visitor).waitFor();
  const root = chat(visitor).locator('html');
  expect([await root.getAttribute('lang'), await root.getAttribute('dir')]).toEqual(['ar-AE', 'rtl']);
  const text = 'هل ما زالت السيارة متوفرة؟';
  await say(visitor, text);
  const conversation = await conversationWith(beckon, text);
  const log = chat(visitor).getByRole('log');
  await log.getByText(/(أُرسلت|وصلت)$/).waitFor();
  await colleague.command(conversation, 'take');
  await colleague.say(conversation, 'Yes, it is.');
  colleague.follow(conversation);
  colleague.typing(conversation, true);
  await log.getByText('Yes, it is.').waitFor();
  // Whose message stands where: the own at the end of the line, which is the left.
  await expect
    .poll(async () => {
      const mine = await chat(visitor).locator('.ib-widget-message-bubble.user').boundingBox();
      const theirs = await chat(visitor).locator('.ib-widget-message-bubble.agent').boundingBox();
      return mine !== null && theirs !== null && mine.x < theirs.x;
    })
    .toBe(true);

  await liveChat(visitor, 'close');
  await colleague.say(conversation, 'And it waits for you.');
  await visitor.locator('.bk-preview').getByText('And it waits for you.').waitFor();
  await expect.poll(() => launcher(visitor).getAttribute('aria-label')).toBe('فتح المحادثة، 1 غير مقروءة');
  await liveChat(visitor, 'show_thread_list');
  await liveChat(visitor, 'open');
  await chat(visitor).getByRole('heading', { name: 'محادثاتك' }).waitFor();
  await colleague.command(conversation, 'close');
  await chat(visitor)
    .getByRole('button', { name: /And it waits/ })
    .click();
  await chat(visitor).getByRole('button', { name: 'محادثة جديدة' }).waitFor();
});

test('set_language takes regions, before and after init, and refuses with the names it knows', async ({
  beckon,
  site,
  newVisitor,
}) => {
  const visitor = await newVisitor();
  const id = await beckon.widgetId('multi');
  await visitor.goto(
    site.put(
      '/language.html',
      hostPage(`${snippet(beckon.origin)}<script>
        liveChat('set_language', 'ar', function (error, result) { window.early = [error, result]; });
        liveChat('init', '${id}'); liveChat('open');
      </script>`),
    ),
  );
  await expect.poll(() => visitor.evaluate('window.early')).toEqual([undefined, { language: 'ar' }]);
  await expect.poll(() => input(visitor).getAttribute('placeholder')).toBe('اكتب رسالة');
  await input(visitor).fill('begun');
  for (const [code, words] of [
    ['en-US', 'Write a message'],
    ['ar-AE', 'اكتب رسالة'],
    ['en', 'Write a message'],
  ] as const) {
    expect(await liveChat(visitor, 'set_language', code)).toEqual({ result: { language: code } });
    await expect.poll(() => input(visitor).getAttribute('placeholder')).toBe(words);
  }
  expect(await input(visitor).inputValue()).toBe('begun');
  expect(await liveChat(visitor, 'set_language', 'tlh')).toEqual({ result: { language: 'en-US' } });
  expect(await input(visitor).getAttribute('placeholder')).toBe('Write a message');
});

test('a page in Arabic gets an Arabic chat without a word of code', async ({ beckon, site, newVisitor }) => {
  const visitor = await newVisitor();
  const html = pageWithWidget(beckon.origin, await beckon.widgetId('single')).replace(
    '<html lang="en">',
    '<html lang="ar" dir="rtl">',
  );
  await visitor.goto(site.put('/ar-page.html', html));
  await expect.poll(() => launcher(visitor).getAttribute('aria-label')).toBe('فتح المحادثة');
  expect((await launcher(visitor).boundingBox())?.x).toBe(20);
  await launcher(visitor).click();
  await expect.poll(() => input(visitor).getAttribute('placeholder')).toBe('اكتب رسالة');
});
