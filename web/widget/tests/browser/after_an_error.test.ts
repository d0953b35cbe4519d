import { describe, expect, it } from 'vitest';
import { stage } from './stage';

const set = stage();

describe('a call answered with an error', () => {
  it('is not sent by the next page when init had failed', async () => {
    const { beckon, page } = set;
    beckon.refusal = { status: 503, text: 'not now' };
    await page.goto(
      beckon.page(
        '/site',
        beckon.snippet(
          `liveChat('init', '${beckon.config.id}'); liveChat('send_contextual_data', { metadata: { from: 'the first page' } }, function (e) { window.told = e; });`,
        ),
      ),
    );
    await expect.poll(() => page.evaluate('window.told')).toMatchObject({ code: 1012 });
    set.complaints.length = 0;
    beckon.refusal = undefined;
    await set.visit();
    await set.call('open');
    await set.say('hello');
    await expect.poll(() => beckon.conversations[0]?.events.length).toBeGreaterThan(0);
    expect(beckon.conversations[0]?.context).toEqual({});
  });

  it('does not move the window when the chat answers at last', async () => {
    const { beckon, page } = set;
    await page.clock.install();
    await set.return();
    beckon.begin('OPEN', ['one']);
    let let_in: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => {
      let_in = resolve;
    });
    await set.context.route('**/widget/a1b2c3d4*/**', async (route) => {
      await gate;
      await route.continue();
    });
    await set.visit();
    const late = set.call('open_new_thread');
    await page.clock.fastForward(31_000);
    expect((await late).error).toMatchObject({ code: 1198 });
    let_in();
    await set.call('open');
    await set.chat.getByRole('log').getByText('one', { exact: true }).waitFor();
  });
});

describe('a command', () => {
  it('that is not there yet says so, and only a slip of the hand has a hint', async () => {
    await set.visit();
    for (const name of ['auth', 'identify', 'config', 'send', 'mobile_chat_pause', 'mobile_chat_resume']) {
      const { error } = await set.call(name);
      expect(error, name).toMatchObject({ code: 1206, message: `'${name}' is not available yet` });
    }
    for (const [name, meant] of [
      ['opne', 'open'],
      ['clos', 'close'],
      ['sendContextualData', 'send_contextual_data'],
      ['set-theme', 'set_theme'],
    ] as const) {
      expect((await set.call(name)).error, name).toMatchObject({
        code: 1207,
        message: expect.stringContaining(`Did you mean '${meant}'?`),
      });
    }
    for (const name of ['toggle', 'destroy', 'maximize', 'x', '', 'update_customer']) {
      const { error } = await set.call(name);
      expect(error?.code, name).toBe(1207);
      expect(error?.message, name).not.toContain('Did you mean');
    }
  });

  it('takes null for left out', async () => {
    await set.visit();
    for (const fields of [{ multiThreadStrategy: null }, { mode: null }, { multiThreadStrategy: undefined }]) {
      expect(await set.call('send_contextual_data', { metadata: { a: 1 }, ...fields })).toMatchObject({
        result: { pending: true },
      });
    }
  });
});

describe('a server that does not know the widget', () => {
  it.each([404, 502])('and answers %i is asked again, until the right one is back', async (status) => {
    const { beckon, page } = set;
    await page.clock.install();
    beckon.refusal = { status, text: 'not here' };
    const body = beckon.snippet(
      `liveChat('init', '${beckon.config.id}', function (e) { window.told = [e && e.code]; }); liveChat('send_contextual_data', { metadata: { early: 1 } }, function (e) { window.early = e.code; });`,
    );
    await page.goto(beckon.page('/site', body));
    await expect.poll(() => page.evaluate('window.early')).toBe(1012);
    // A second time in vain.
    await page.clock.fastForward(30_000);
    await expect.poll(() => beckon.requests.filter((request) => request.endsWith('/config')).length).toBe(2);
    expect((await set.call('open')).error?.code).toBe(1012);
    beckon.refusal = undefined;
    await expect
      .poll(async () => {
        await page.clock.fastForward(30_000);
        return page.locator('#ib-button-messaging').count();
      })
      .toBe(1);
    await page.clock.resume();
    expect(await set.call('open')).toEqual({ result: {} });
    await set.say('here after all');
    await expect.poll(() => beckon.conversations[0]?.events.length).toBe(1);
    // What was answered with an error has not happened, and init has ended once.
    expect(beckon.conversations[0]?.context).toEqual({});
    expect(await page.evaluate('window.told')).toEqual([1012]);
    set.complaints.length = 0;
  });
});
