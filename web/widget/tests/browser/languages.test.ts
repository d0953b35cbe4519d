// @vitest-environment node
import { describe, expect, it } from 'vitest';
import { axe, stage } from './stage';

const set = stage();
const launcher = () => set.page.locator('#ib-button-messaging');
const html = () => set.chat.locator('html');
const field = () => set.field.getAttribute('aria-label');

describe('set_language', () => {
  it.each(['en', 'en-US', 'ar', 'ar-AE', 'ar_AE'])('takes %s before and after init', async (code) => {
    const words = code.startsWith('ar') ? 'اكتب رسالة' : 'Write a message';
    const tag = code.replace('_', '-');
    const body = set.beckon.snippet(
      `liveChat('set_language', '${code}', function (e, r) { window.answer = [e, r]; }); liveChat('init', '${set.beckon.config.id}'); liveChat('open');`,
    );
    await set.page.goto(set.beckon.page('/early', body));
    await expect.poll(() => set.page.evaluate('window.answer')).toEqual([undefined, { language: tag }]);
    await expect.poll(field).toBe(words);
    await set.visit();
    expect(await set.call('set_language', code)).toEqual({ result: { language: tag } });
    await set.call('open');
    await expect.poll(field).toBe(words);
    expect(await html().getAttribute('lang')).toBe(tag);
  });

  it('changes an open window at once, keeps what was begun in it, and is not remembered', async () => {
    await set.visit();
    await set.call('open');
    await set.field.fill('begun');
    await set.call('set_language', 'ar');
    await set.chat.getByLabel('اكتب رسالة').waitFor();
    expect(await set.field.inputValue()).toBe('begun');
    expect(await html().getAttribute('dir')).toBe('rtl');
    await expect.poll(() => launcher().getAttribute('aria-label')).toBe('إغلاق المحادثة');
    expect(await axe(set.page)).toEqual([]);
    // To and fro in one breath: whoever came last is heard.
    await set.page.evaluate("for (const code of ['en', 'ar', 'en-US']) liveChat('set_language', code)");
    await set.chat.getByLabel('Write a message').waitFor();
    await expect.poll(() => launcher().getAttribute('aria-label')).toBe('Close chat');
    expect(await html().getAttribute('dir')).toBe('ltr');
    await set.call('set_language', 'ar');
    await set.visit();
    await set.call('open');
    await expect.poll(field).toBe('Write a message');
  });

  it('changes it while the first one is still on its way', async () => {
    let arrive: () => void = () => undefined;
    const arrival = new Promise<void>((resolve) => {
      arrive = resolve;
    });
    await set.page.route('**/app/assets/en-*', async (route) => {
      await arrival;
      await route.continue();
    });
    const asked = set.page.waitForRequest(
      (request) => /assets\/en-/.test(request.url()) && request.frame().parentFrame() !== null,
    );
    await set.visit(`liveChat('open');`);
    await asked;
    expect(await set.call('set_language', 'ar')).toEqual({ result: { language: 'ar' } });
    arrive();
    await expect.poll(field).toBe('اكتب رسالة');
  });

  it('is English in place of what it does not know, and the answer says so', async () => {
    await set.visit();
    await set.call('open');
    for (const code of ['xx', 'arr', 'de-DE', 'zh-Hans', 'a language', '', null, 7, { ar: true }]) {
      expect(await set.call('set_language', 'ar')).toEqual({ result: { language: 'ar' } });
      expect(await set.call('set_language', code), JSON.stringify(code)).toEqual({ result: { language: 'en-US' } });
      await expect.poll(field).toBe('Write a message');
    }
  });
});

describe('without it', () => {
  const open = async (lang: string) => {
    const body = set.beckon.snippet(
      `document.documentElement.lang = '${lang}'; liveChat('init', '${set.beckon.config.id}');`,
    );
    await set.page.goto(set.beckon.page('/site', body));
    await launcher().waitFor();
    await set.call('open');
    await set.field.waitFor();
    return field();
  };

  it.each([
    ['the widget’s language', 'ar-AE', 'en', 'اكتب رسالة'],
    ['then the page’s', null, 'ar', 'اكتب رسالة'],
    ['then the browser’s, here English', null, 'xx', 'Write a message'],
    ['and a language we do not speak is passed over', 'xx', 'en', 'Write a message'],
  ])('%s is spoken', async (_, config, lang, words) => {
    set.beckon.config.language = config;
    expect(await open(lang)).toBe(words);
  });

  it('the launcher speaks it before the chat is loaded, and each page loads one language', async () => {
    set.beckon.config.language = 'ar';
    await set.visit();
    await expect.poll(() => launcher().getAttribute('aria-label')).toBe('فتح المحادثة');
    expect(set.beckon.requests.filter((request) => request.includes('/assets/index'))).toEqual([]);
    await set.call('open');
    await expect.poll(field).toBe('اكتب رسالة');
    const asked = set.beckon.requests.filter((request) => /assets\/(ar|en)-/.test(request));
    expect(asked.length).toBeGreaterThan(0);
    expect(asked.every((request) => request.includes('/assets/ar-'))).toBe(true);
  });
});

describe('in Arabic', () => {
  it('everything runs the other way, and numbers, days and plurals are Arabic', async () => {
    set.beckon.config.language = 'ar-EG';
    await set.return();
    const thread = set.beckon.begin();
    set.beckon.say(thread, 'one');
    set.beckon.age(thread, 86_400_000);
    await set.visit();
    await launcher().hover();
    await set.beckon.listened();
    await expect.poll(() => launcher().getAttribute('aria-label')).toBe('فتح المحادثة، ١ غير مقروءة');
    for (const text of ['two', 'three', 'ثلاث رسائل وصلت إليك']) set.beckon.say(thread, text);
    await expect.poll(() => launcher().getAttribute('aria-label')).toBe('فتح المحادثة، ٤ غير مقروءة');
    expect(await set.page.locator('.bk-badge').textContent()).toBe('٤');
    await expect.poll(async () => (await launcher().boundingBox())?.x).toBe(20);
    const button = await launcher().boundingBox();
    await expect
      .poll(async () => (await set.page.locator('.bk-preview').boundingBox())?.x)
      .toBeGreaterThan((button?.x ?? 0) + (button?.width ?? 0));
    await set.page.locator('.bk-preview .bk-message').click();
    await set.chat.getByRole('heading', { name: 'أمس' }).waitFor();
    const back = set.chat.getByRole('button', { name: 'كل المحادثات' });
    expect(await back.locator('svg').evaluate((arrow) => getComputedStyle(arrow).transform)).toBe(
      'matrix(-1, 0, 0, 1, 0, 0)',
    );
    const [left, right] = [
      await set.chat.getByRole('button', { name: 'إغلاق المحادثة' }).boundingBox(),
      await back.boundingBox(),
    ];
    expect(left?.x).toBeLessThan(right?.x ?? 0);
    await set.say('written now');
    await expect
      .poll(async () => {
        const mine = await set.chat.locator('.ib-widget-message-bubble.user').boundingBox();
        const theirs = await set.chat.locator('.ib-widget-message-bubble.agent').first().boundingBox();
        return mine !== null && theirs !== null && mine.x < theirs.x;
      })
      .toBe(true);
    // Text in another language runs its own way.
    const text = set.chat.getByText('written now');
    expect(await text.evaluate((span) => getComputedStyle(span).direction)).toBe('ltr');
    await set.chat
      .getByText(/[٠-٩]{2}:[٠-٩]{2}/)
      .first()
      .waitFor();
    await set.chat.getByText(/أُرسلت$/).waitFor();
  });
});
