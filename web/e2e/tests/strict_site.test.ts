import { chat, context, conversationWith, expect, liveChat, page, say, test } from '../src/harness';

test('a site with a strict policy and Trusted Types needs to name only Beckon', async ({
  beckon,
  site,
  newVisitor,
}) => {
  const visitor = await newVisitor();
  const id = await beckon.widgetId('multi');
  site.put(
    '/chat.js',
    `window.liveChat = window.liveChat || function () { (window.liveChat.q = window.liveChat.q || []).push(arguments); };
    liveChat('init', '${id}');
    liveChat('send_contextual_data', { metadata: { strict: true } });`,
    { 'content-type': 'text/javascript' },
  );
  const policy = [
    "default-src 'none'",
    "img-src 'self' data:",
    `script-src 'self' ${beckon.origin}`,
    `connect-src ${beckon.origin}`,
    `frame-src ${beckon.origin}`,
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ');
  const address = site.put(
    '/strict.html',
    page(`<script src="/chat.js"></script><script src="${beckon.origin}/widget.js" async></script>`),
    { 'content-security-policy': policy },
  );
  // What a policy forbids is written to the console as an error, which fails the test.
  await visitor.goto(address);
  expect((await liveChat(visitor, 'open')).error).toBeUndefined();
  const launcher = visitor.locator('#ib-button-messaging');
  expect(await launcher.evaluate((button) => getComputedStyle(button).position)).toBe('fixed');
  await say(visitor, 'from a strict site');
  expect(await context(beckon, await conversationWith(beckon, 'from a strict site'))).toEqual({ strict: true });
  await liveChat(visitor, 'set_theme', 'ocean');
  await expect
    .poll(() => launcher.evaluate((button) => getComputedStyle(button).backgroundColor))
    .toBe('rgb(29, 91, 134)');
  await chat(visitor)
    .getByText(/· Sent$/)
    .waitFor();
});

test('the chat itself runs under a policy that allows no inline script and no HTML from text', async ({
  beckon,
  newAgent,
  watch,
}) => {
  // The agent's page is asked to do what must be refused.
  watch.expect(/Trusted|trusted|Content Security Policy/);
  for (const path of [`/widget/${await beckon.widgetId('multi')}/`, '/console/']) {
    const answer = await fetch(`${beckon.origin}${path}`);
    const policy = answer.headers.get('content-security-policy') ?? '';
    expect(policy).toMatch(/script-src 'self'(;|$)/);
    expect(policy).toContain("require-trusted-types-for 'script'");
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  }
  const agent = await newAgent();
  // As text, because our own code may not even contain it.
  const refused = await agent.evaluate(`(() => {
    try { document.body.insertAdjacentHTML('beforeend', '<i>markup</i>'); return 'taken'; }
    catch (error) { return error.name; }
  })()`);
  expect(refused).toBe('TypeError');
});

test('what a visitor or a page sends is text everywhere, never markup', async ({
  beckon,
  site,
  newVisitor,
  newAgent,
}) => {
  const markup = '<img src=x onerror="window.broken=1"><script>window.broken=1</script><b>bold</b>';
  const agent = await newAgent();
  const visitor = await newVisitor();
  const id = await beckon.widgetId('multi');
  const host = page(
    `<script src="${beckon.origin}/widget.js"></script><script>liveChat('init', '${id}');
    document.title = '<b>title</b>';</script>`,
  );
  await visitor.goto(site.put('/markup.html', host));
  await liveChat(visitor, 'send_contextual_data', {
    metadata: { [markup.slice(0, 60)]: markup, nested: { a: markup } },
  });
  await liveChat(visitor, 'open');
  await say(visitor, `${markup} javascript:alert(1) https://example.com/<b>`);
  await chat(visitor).getByRole('log').getByText('<b>bold</b>').waitFor();
  await agent.getByRole('link').filter({ hasText: '<b>bold</b>' }).click();
  await agent.getByRole('log').getByText('<b>bold</b>').waitFor();
  await agent.locator('[data-context-card]').getByText('<b>bold</b>').first().waitFor();
  for (const place of [agent, ...visitor.frames()]) {
    expect(await place.evaluate(() => 'broken' in window)).toBe(false);
    expect(await place.evaluate(() => document.querySelectorAll('img[src="x"], b').length)).toBe(0);
    expect(await place.evaluate(() => document.querySelectorAll('a[href^="javascript"]').length)).toBe(0);
  }
});
