// @vitest-environment node
import { describe, expect, it } from 'vitest';
import { stage } from './stage';

const set = stage();

const WAITING = `
  liveChat('init', ID);
  window.answered = [];
  liveChat('send_contextual_data', { metadata: { a: 1 } }, function (e) { answered.push(['context', e && e.code]); });
  liveChat('show_thread_list', null, function (e) { answered.push(['list', e && e.code]); });
`;

/** A page of a site with these headers, on which calls wait for the chat. */
async function visit(headers: { [name: string]: string }): Promise<void> {
  const { beckon, page } = set;
  const script = WAITING.replace('ID', JSON.stringify(beckon.config.id));
  await page.goto(beckon.page('/strict', beckon.snippet(script), '', headers));
  await page.locator('#ib-button-messaging').waitFor({ state: 'attached' });
}

const kept = () => set.page.evaluate((id) => sessionStorage.getItem(`beckon:${id}`), set.beckon.config.id);

/** The directive in force for frames, as the page has it, and what the message proposes. */
const POLICIES: [policy: string, named: string, line: (origin: string) => string][] = [
  ["frame-src 'self'", 'frame-src', (origin) => `frame-src 'self' ${origin}`],
  ["frame-src 'none'", 'frame-src', (origin) => `frame-src ${origin}`],
  [
    "child-src https://player.example; frame-ancestors 'self'",
    'child-src',
    (origin) => `frame-src https://player.example ${origin}`,
  ],
  ["default-src 'self' ORIGIN 'unsafe-inline'; frame-src data:", 'frame-src', (origin) => `frame-src data: ${origin}`],
];

describe('a site that blocks the frame', () => {
  it.each(POLICIES)('by %s is told so, and by which line it is allowed', async (policy, named, line) => {
    const { beckon, page } = set;
    await visit({ 'content-security-policy': policy.replace('ORIGIN', beckon.origin) });
    await expect
      .poll(() => page.evaluate('answered'))
      .toEqual([
        ['context', 1210],
        ['list', 1210],
      ]);
    const opened = await set.call('open');
    expect(opened.error).toMatchObject({ code: 1210, name: 'Frame blocked' });
    expect(opened.error?.message).toBe(
      `The page's Content-Security-Policy blocks the chat's frame by ${named}. Add: ${line(beckon.origin)}`,
    );
    // An empty window covers nothing.
    await page.locator('#ib-button-messaging').click();
    expect(await page.locator('#ib-iframe-messaging').isVisible()).toBe(false);
    // Answered with an error, it happens on no later page.
    expect(await kept()).toBe('{}');
    expect(await set.call('logout')).toEqual({ result: {} });
    set.complaints.length = 0;
  });

  it.each(['require-corp', 'credentialless'])('by Cross-Origin-Embedder-Policy: %s is told so', async (policy) => {
    const { page } = set;
    await visit({ 'cross-origin-embedder-policy': policy });
    await expect
      .poll(() => page.evaluate('answered'), { timeout: 30_000 })
      .toEqual([
        ['context', 1210],
        ['list', 1210],
      ]);
    const opened = await set.call('open');
    expect(opened.error?.code).toBe(1210);
    expect(opened.error?.message).toContain("send 'Cross-Origin-Embedder-Policy: unsafe-none'");
    set.complaints.length = 0;
  });

  it('by a policy that only reports does nothing', async () => {
    await visit({ 'content-security-policy-report-only': "frame-src 'self'" });
    expect(await set.call('open')).toEqual({ result: {} });
    await set.chat.getByRole('button', { name: 'New conversation' }).waitFor();
    expect(await set.page.evaluate('answered')).toEqual([
      ['context', undefined],
      ['list', undefined],
    ]);
    set.complaints.length = 0;
  });

  it('is not blamed for a chat that Beckon does not give', async () => {
    const { beckon, page } = set;
    await page.route(`**/widget/${beckon.config.id}/**`, (route) => route.abort());
    await page.clock.install();
    await visit({});
    beckon.down = true;
    // Longer than the chat has to say hello, and than a call waits.
    await page.clock.runFor(60_000);
    await expect
      .poll(() => page.evaluate('answered'))
      .toEqual([
        ['context', undefined],
        ['list', 1198],
      ]);
    set.complaints.length = 0;
  });
});
