// @vitest-environment node
import type { Route } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { axe, stage } from './stage';

const set = stage();

/** Files that are loaded on use do not come until the returned function is called. */
async function withhold(pattern: string, answer: (route: Route) => Promise<void>): Promise<() => Promise<void>> {
  await set.context.route(pattern, answer);
  return () => set.context.unroute(pattern);
}

describe('what is loaded on first use', () => {
  it('says so when the window does not come, goes on trying, and is there when it can', async () => {
    const give = await withhold('**/chat_window-*.js', (route) => route.abort());
    await set.visit(`liveChat('open', null, function () { window.opened = true; });`);
    await set.chat.getByText("We can't load this right now").waitFor();
    expect(await set.page.evaluate('window.opened')).toBeUndefined();
    await give();
    await set.say('hello after all');
    await set.chat.getByText('Sent. You can close this').waitFor();
    await expect.poll(() => set.page.evaluate('window.opened')).toBe(true);
    set.complaints.length = 0;
  });

  it('tries again when its styles do not come: the window is never without them', async () => {
    const give = await withhold('**/chat_window-*.css', (route) => route.abort());
    await set.visit(`liveChat('open');`);
    await set.chat.getByText("We can't load this right now").waitFor();
    expect(await set.field.count()).toBe(0);
    await give();
    await set.field.waitFor();
    const weight = await set.chat.locator('h1').evaluate((name) => getComputedStyle(name).fontWeight);
    expect(weight).toBe('600');
    set.complaints.length = 0;
  });

  it('loads the page in the frame again when the server has newer files, and goes on where it was', async () => {
    // As after an upgrade: the old names are gone. The page that is loaded again asks for the new ones.
    const { beckon } = set;
    const give = await withhold('**/chat_window-*.js', (route) => route.fulfill({ status: 404 }));
    await set.visit();
    await set.call('send_contextual_data', { metadata: { car: 'Strand' } });
    const pages = () =>
      beckon.requests.filter((request) => request.includes('/widget/') && request.endsWith('/')).length;
    const before = pages();
    await set.page.evaluate("liveChat('open')");
    await expect.poll(() => set.page.frames().length).toBe(2);
    const reloaded = set.page.waitForEvent('framenavigated', { timeout: 30_000 });
    await reloaded;
    await give();
    await set.say('still here');
    await set.chat.getByText('Sent. You can close this').waitFor();
    expect(beckon.conversations.map(({ context }) => context)).toEqual([{ car: 'Strand' }]);
    expect(pages()).toBeGreaterThanOrEqual(before);
    set.complaints.length = 0;
  });

  it('says so in the list, too, with the header and the way out above it', async () => {
    const { beckon } = set;
    await set.return();
    beckon.begin('OPEN', ['one']);
    beckon.begin('OPEN', ['two']);
    const give = await withhold('**/thread_list-*.js', (route) => route.abort());
    await set.visit(`liveChat('open'); liveChat('show_thread_list');`);
    await set.chat.getByText("We can't load this right now").waitFor();
    expect(await axe(set.page)).toEqual([]);
    await set.chat.getByRole('button', { name: 'Close chat' }).waitFor();
    // Where the file does not come for long, the page in the frame is loaded again: also then it is the list that is shown.
    await set.page.waitForEvent('framenavigated', { timeout: 40_000 });
    await give();
    // It is tried again after a while, and the while grows.
    await set.chat.getByRole('button', { name: 'New conversation' }).waitFor({ timeout: 40_000 });
    set.complaints.length = 0;
  });

  it('loads no views on a page whose window stays closed', async () => {
    const { beckon } = set;
    await set.return();
    beckon.begin('OPEN', ['one']);
    await set.visit();
    const { error } = await set.call('send_contextual_data', { metadata: { car: 'Strand' } });
    expect(error).toBeUndefined();
    expect(beckon.requests.filter((request) => /chat_window-|thread_list-|preview-|chime-/.test(request))).toEqual([]);
  });
});
