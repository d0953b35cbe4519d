// @vitest-environment node
import { beforeEach, describe, expect, it } from 'vitest';
import { stage } from './stage';

const set = stage();
const iframe = () => set.page.locator('#ib-iframe-messaging');
const shown = () => iframe().isVisible();
const state = () => set.page.evaluate('history.state');
const entries = () => set.page.evaluate('history.length') as Promise<number>;
/** How often the page has been asked to go back. */
const backs = () => set.page.evaluate('window.backs') as Promise<number>;

/** A site that goes from page to page by itself, and writes down each page it shows. */
const ROUTER = `
  window.shown = [];
  history.replaceState({ page: 'start' }, '');
  const push = history.pushState;
  history.pushState = function (state, ...rest) { push.call(this, state, ...rest); window.shown.push('push ' + location.pathname); };
  window.backs = 0;
  const back = History.prototype.back;
  History.prototype.back = function () { window.backs++; back.call(this); };
  addEventListener('popstate', (event) => window.shown.push('back to ' + location.pathname + ' ' + (event.state && event.state.page)));
`;

beforeEach(() => set.page.setViewportSize({ width: 390, height: 780 }));

/** The window over the whole screen, with everything of the page's part loaded. */
async function open() {
  await set.call('open');
  await set.field.waitFor();
  await expect.poll(() => set.page.evaluate('document.documentElement.style.overflow')).toBe('hidden');
}

describe('the back gesture', () => {
  it('closes the window and stays on the page, as often as one likes', async () => {
    await set.visit(ROUTER);
    const before = await entries();
    for (let time = 0; time < 3; time++) {
      await open();
      await expect.poll(state).toEqual({ page: 'start', beckonChat: true });
      await set.page.evaluate('history.back()');
      await expect.poll(shown).toBe(false);
      await expect.poll(state).toEqual({ page: 'start' });
      expect(set.page.url()).toContain('/site');
    }
    expect(await entries()).toBe(before + 1);
    // The site's router was never asked for another page.
    const heard = (await set.page.evaluate('window.shown')) as string[];
    expect(heard.filter((entry) => entry !== 'back to /site start')).toEqual([]);
  });

  it('leaves nothing behind when the window is closed otherwise', async () => {
    await set.visit(ROUTER);
    for (const close of [
      () => set.call('close'),
      () => set.page.locator('.ib-close-mobile-button').click(),
      () => set.call('hide'),
    ]) {
      await open();
      await close();
      await expect.poll(state).toEqual({ page: 'start' });
      await expect.poll(shown).toBe(false);
    }
    // Closed and opened again in one breath: there is one entry, and it works.
    await open();
    const before = await backs();
    await set.page.evaluate("liveChat('close'); liveChat('open')");
    await set.turned();
    expect(await backs()).toBe(before);
    expect(await shown()).toBe(true);
    await set.page.evaluate('history.back()');
    await expect.poll(shown).toBe(false);
    await expect.poll(state).toEqual({ page: 'start' });
  });

  it('does not undo where the site goes meanwhile', async () => {
    await set.visit(ROUTER);
    await open();
    await set.page.evaluate("liveChat('close'); history.pushState({ page: 'next' }, '', '/next')");
    await set.turned();
    expect(await backs()).toBe(0);
    expect(new URL(set.page.url()).pathname).toBe('/next');
    expect(await state()).toEqual({ page: 'next' });
    await open();
    // The site goes on under the open window, which stays.
    await set.page.evaluate("history.pushState({ page: 'last' }, '', '/last')");
    const gone =
      "new Promise((done) => { addEventListener('hashchange', done, { once: true }); location.hash = 'part'; })";
    await set.page.evaluate(`${gone}.then(() => undefined)`);
    await set.turned();
    expect(await shown()).toBe(true);
    await set.call('close');
    await set.turned();
    expect(await backs()).toBe(0);
    expect(set.page.url()).toMatch(/\/last#part$/);
  });

  it('is not asked for where the window is no full screen', async () => {
    await set.page.setViewportSize({ width: 1024, height: 768 });
    await set.visit(ROUTER);
    const before = await entries();
    await set.call('open');
    await set.field.waitFor();
    await set.page.locator('.bk-place').waitFor({ state: 'attached' });
    await set.turned();
    expect(await entries()).toBe(before);
    expect(await state()).toEqual({ page: 'start' });
    // A tablet that is turned.
    await set.page.setViewportSize({ width: 400, height: 768 });
    await expect.poll(state).toEqual({ page: 'start', beckonChat: true });
    await set.page.setViewportSize({ width: 1024, height: 768 });
    await expect.poll(state).toEqual({ page: 'start' });
    expect(await shown()).toBe(true);
  });

  it('never throws where a page may not write its history', async () => {
    await set.visit("History.prototype.pushState = function () { throw new DOMException('no', 'SecurityError'); };");
    await open();
    await set.call('close');
    await expect.poll(shown).toBe(false);
  });
});

describe('the keyboard of a phone', () => {
  /** What a browser tells when a keyboard comes up: the visible part shrinks and is moved down. */
  const keyboard = (height: number, offsetTop: number, scale = 1) =>
    set.page.evaluate(
      ([tall, top, factor]) => {
        const viewport = window.visualViewport as VisualViewport;
        Object.defineProperty(viewport, 'height', { value: tall, configurable: true });
        Object.defineProperty(viewport, 'offsetTop', { value: top, configurable: true });
        Object.defineProperty(viewport, 'scale', { value: factor, configurable: true });
        viewport.dispatchEvent(new Event('resize'));
        viewport.dispatchEvent(new Event('scroll'));
      },
      [height, offsetTop, scale] as const,
    );

  it('leaves composer and cross in the visible part; a pinch changes nothing', async () => {
    await set.visit();
    await open();
    await keyboard(430, 60);
    await expect.poll(() => iframe().boundingBox()).toEqual({ x: 0, y: 60, width: 390, height: 430 });
    await expect
      .poll(async () => {
        const box = await set.field.boundingBox();
        return box && box.y + box.height;
      })
      .toBeLessThanOrEqual(490);
    const cross = set.page.locator('.ib-close-mobile-button');
    await expect.poll(async () => (await cross.boundingBox())?.y).toBe(70);
    await keyboard(300, 100, 2);
    await expect.poll(() => iframe().boundingBox()).toEqual({ x: 0, y: 0, width: 390, height: 780 });
    await keyboard(430, 0);
    await set.call('close');
    await set.page.setViewportSize({ width: 1024, height: 768 });
    await set.call('open');
    await expect.poll(() => iframe().evaluate((frame) => [frame.style.height, frame.style.top])).toEqual(['', '']);
  });
});
