import {
  chat,
  chatFrame,
  expect,
  journal,
  liveChat,
  networkIsBack,
  pageWithWidget,
  SocketAgent,
  say,
  scrollLog,
  startThread,
  Tour,
  test,
} from '../src/harness';

const DESKTOP = { width: 1440, height: 900 };
const PHONE = { width: 390, height: 844 };
const WORDS = {
  en: { newer: 'New messages', seen: /· Seen$/, delete: 'Delete', yesterday: 'Yesterday' },
  ar: { newer: 'رسائل جديدة', seen: /قُرئت$/, delete: 'حذف', yesterday: 'أمس' },
};

for (const language of ['en', 'ar'] as const) {
  const tour = new Tour('widget', { variant: language });

  test(`every state of the widget is clean to axe, light and dark (${language})`, async ({
    cabledBeckon,
    site,
    newVisitor,
    watch,
  }) => {
    watch.expect(/net::ERR_|WebSocket connection/);
    const { beckon, cable } = await cabledBeckon();
    const colleague = await SocketAgent.signIn(beckon, 'Mila');
    const visitor = await newVisitor({ viewport: DESKTOP });
    const words = WORDS[language];
    const inside = chat(visitor);
    const log = inside.getByRole('log');
    const input = inside.locator('.ib-widget-message-input');
    const outer = (state: Parameters<typeof tour.look>[1]) => tour.look(visitor, state);
    const look = async (state: Parameters<typeof tour.look>[1], widths?: number[]) =>
      tour.look(visitor, state, { frame: await chatFrame(visitor), ...(widths ? { widths } : {}) });

    const shop = pageWithWidget(
      cable.origin,
      await beckon.widgetId('multi'),
      `liveChat('set_language', '${language}')`,
      '<main><h1>Shop</h1></main>',
    );
    await visitor.goto(site.put(`/every-${language}.html`, shop));
    await visitor.locator('#ib-button-messaging').waitFor();
    await outer('launcher');
    await liveChat(visitor, 'open');
    await input.waitFor();
    await look('empty thread');
    await input.fill('a'.repeat(4_200));
    await inside.locator('[data-over=true]').waitFor();
    await look('too long to send');
    await input.fill('');

    const question = { en: 'Is the Strand still there?', ar: 'هل ما زالت السيارة متوفرة؟' }[language];
    const first = await startThread(visitor, beckon, question);
    await log.locator('[data-delivery=sent]').waitFor();
    await look('first message sent');
    colleague.follow(first);
    await colleague.command(first, 'take');
    await colleague.say(first, 'Good morning! It is, and it comes with winter tyres: https://example.com/strand');
    await colleague.say(first, 'Shall I keep it for you?');
    const answer = { en: 'Yes, until Friday, please.', ar: 'نعم، حتى يوم الجمعة من فضلك.' }[language];
    await log.getByText('Shall I keep it for you?').waitFor();
    await say(visitor, answer);
    await expect.poll(async () => (await journal(beckon, first)).at(-1)?.event.message?.text).toBe(answer);
    colleague.cursor(first, (await journal(beckon, first)).at(-1)?.position ?? 0, 'read');
    await log.getByText(words.seen).waitFor();
    await look('answered, joined and seen');
    const dots = inside.locator('[data-writing]');
    await colleague.whileTyping(first, async () => {
      await dots.waitFor();
      await look('typing');
      expect(await dots.count()).toBe(1);
    });

    for (let line = 1; line <= 8; line += 1) await colleague.say(first, `Line ${line} of a list\nwith a second line`);
    await log.getByText('Line 8 of a list').waitFor();
    await scrollLog(visitor, 0);
    await colleague.say(first, 'That is all of it.');
    await inside.getByRole('button', { name: words.newer }).waitFor();
    await look('new message below');
    await liveChat(visitor, 'close');
    await colleague.say(first, 'One more thing: the roof box is on sale this week, and it fits the Strand as well.');
    await visitor.locator('.bk-preview').getByText('One more thing').waitFor();
    await outer('badge and preview bubble');
    await liveChat(visitor, 'open');
    await colleague.command(first, 'solve');
    // Whatever was scrolled to before: what came meanwhile can be read at once.
    await inside.getByRole('button', { name: words.newer }).waitFor({ state: 'detached' });
    await log.getByText('One more thing').waitFor();
    await look('solved thread');

    const second = await startThread(visitor, beckon, 'and the estate?');
    await startThread(visitor, beckon, 'and the hatch?');
    await liveChat(visitor, 'show_thread_list');
    await inside.getByText('and the estate?').waitFor();
    await colleague.say(second, 'The estate comes in May.');
    await inside.getByText('The estate comes in May.').waitFor();
    await look('thread list, several threads', [1440, 1024]);
    await visitor.setViewportSize(PHONE);
    await look('thread list on a phone', [390]);
    await inside.getByText('The estate comes in May.').click();
    await log.getByText('The estate comes in May.').waitFor();
    await look('full screen on a phone', [390]);
    await visitor.setViewportSize(DESKTOP);

    cable.pull();
    await expect.poll(() => inside.getByRole('status').first().textContent()).not.toBe('');
    await say(visitor, 'in May of this year?');
    await log.getByText('in May of this year?').waitFor();
    await look('offline line, message waiting');
    // Closed while the visitor's answer was on its way: it is refused.
    await colleague.command(second, 'close');
    cable.plug();
    await networkIsBack(visitor);
    await log.locator('[data-delivery=failed]').waitFor();
    await look('failed message');
    await log.getByRole('button', { name: words.delete }).click();
    await log.locator('[data-delivery=failed]').waitFor({ state: 'detached' });
    await look('closed thread');
    await liveChat(visitor, 'set_theme', 'ocean');
    await look('theme ocean');

    await visitor.clock.install({ time: Date.now() + 24 * 60 * 60 * 1000 });
    await visitor.reload();
    await liveChat(visitor, 'open');
    await log.getByRole('heading', { name: words.yesterday }).waitFor();
    await look('day line');
    colleague.leave();
  });
}
