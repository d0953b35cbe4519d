// @vitest-environment node
import { beforeEach, describe, expect, it } from 'vitest';
import { stage } from './stage';

const set = stage();
const DAY_MS = 86_400_000;
const launcher = () => set.page.locator('#ib-button-messaging');
const bubble = () => set.page.locator('.bk-preview');

/** A visitor with one thread whose chat is loaded and listens, with the page's part, the window closed. */
async function listening(texts: string[] = [], script = '') {
  await set.return();
  const thread = set.beckon.begin('OPEN', texts);
  await set.visit(script);
  await launcher().hover();
  await set.beckon.listened();
  await set.page.locator('.bk-place').waitFor({ state: 'attached' });
  return thread;
}

describe('a message while the window is closed', () => {
  it('shows beside the launcher with its author, the newest only, and opens its thread', async () => {
    const thread = await listening();
    const other = set.beckon.begin();
    set.beckon.say(thread, 'The first of two');
    await bubble().getByText('The first of two').waitFor();
    set.beckon.say(other, `The second of two${' and so on'.repeat(50)} to the end`);
    await bubble().getByText('The second of two').waitFor();
    expect(await bubble().count()).toBe(1);
    expect(await bubble().innerText()).toMatch(/MH\s+Maja Horvat\s+The second of two/);
    // What nobody could read there anyway is not handed to the site's page.
    expect(await bubble().textContent()).not.toContain('to the end');
    await expect.poll(async () => (await bubble().boundingBox())?.height).toBeLessThan(100);
    await set.page.getByRole('button', { name: 'Open chat, 2 unread' }).waitFor();
    await set.page
      .getByRole('group', { name: 'New message' })
      .getByRole('button', { name: /second/ })
      .click();
    await set.chat.getByRole('log').getByText('The second of two').waitFor();
    expect(await bubble().count()).toBe(0);
  });

  it('is sent away by its cross, by Escape and by close, and stays unread', async () => {
    const thread = await listening();
    const cross = bubble().getByRole('button', { name: 'Dismiss message' });
    set.beckon.say(thread, 'one');
    await bubble().hover();
    await cross.click();
    expect(await bubble().count()).toBe(0);
    await expect.poll(() => set.page.evaluate('document.activeElement.id')).toBe('ib-button-messaging');
    set.beckon.say(thread, 'two');
    await bubble().waitFor();
    // The keyboard reaches it from the launcher, and then the cross is there to be seen.
    await set.page.keyboard.press('Tab');
    await expect.poll(() => cross.evaluate((button) => getComputedStyle(button).opacity)).toBe('1');
    await set.page.keyboard.press('Escape');
    expect(await bubble().count()).toBe(0);
    set.beckon.say(thread, 'three');
    await bubble().waitFor();
    await set.call('close');
    expect(await bubble().count()).toBe(0);
    await set.page.getByRole('button', { name: 'Open chat, 3 unread' }).waitFor();
  });

  it('leaves no trace of a hidden widget, and none when it was read elsewhere', async () => {
    set.beckon.config.titleUnread = true;
    const thread = await listening();
    await set.call('hide');
    set.beckon.say(thread, 'unseen');
    await set.beckon.delivered(thread);
    await set.settle();
    expect(await set.page.getByText('unseen').count()).toBe(0);
    expect(await set.page.title()).toBe('Site');
    await set.call('show');
    await set.page.getByRole('button', { name: 'Open chat, 1 unread' }).waitFor();
    expect(await bubble().count()).toBe(0);
    set.beckon.say(thread, 'seen elsewhere');
    await bubble().waitFor();
    set.beckon.read(thread);
    await bubble().waitFor({ state: 'detached' });
    await set.page.getByRole('button', { name: 'Open chat', exact: true }).waitFor();
  });

  it('is counted in the title when that is asked for, and the title comes back as it was', async () => {
    set.beckon.config.titleUnread = true;
    const thread = await listening([], "document.querySelector('title').textContent = '  My \\u00a0 shop ';");
    set.beckon.say(thread, 'one');
    await expect.poll(() => set.page.title()).toMatch(/^\(1\) /);
    // The agents are told the site's own title.
    expect(await set.page.evaluate("document.querySelector('title').textContent")).toBe('(1)   My \u00a0 shop ');
    await set.page.evaluate("document.title = 'Next page'");
    await expect.poll(() => set.page.title()).toBe('(1) Next page');
    set.beckon.say(thread, 'two');
    await expect.poll(() => set.page.title()).toBe('(2) Next page');
    await set.page.evaluate("document.querySelector('title').textContent = '  My \\u00a0 shop '");
    await expect.poll(() => set.page.title()).toMatch(/^\(2\) My/);
    set.beckon.read(thread);
    await expect.poll(() => set.page.evaluate("document.querySelector('title').textContent")).toBe('  My \u00a0 shop ');
  });

  it('leaves the title alone when nobody asked', async () => {
    const thread = await listening();
    set.beckon.say(thread, 'one');
    await bubble().waitFor();
    expect(await set.page.title()).toBe('Site');
  });
});

describe('the sound', () => {
  beforeEach(async () => {
    await set.context.addInitScript(`{
      const start = OscillatorNode.prototype.start;
      window.tones = 0;
      OscillatorNode.prototype.start = function (...when) { window.tones++; return start.apply(this, when); };
    }`);
  });
  const tones = () => set.chat.locator('body').evaluate(() => (window as unknown as { tones: number }).tones);

  it('is off until the visitor wants it, then heard for what is not on screen, and the choice is kept', async () => {
    const thread = await listening();
    set.beckon.say(thread, 'silent');
    await bubble().waitFor();
    expect(await tones()).toBe(0);
    await set.call('show_thread_list');
    await launcher().click();
    await set.chat.getByRole('button', { name: 'Play a sound for new messages' }).click();
    // It is heard once, to know it.
    await expect.poll(tones).toBe(2);
    await set.chat.getByRole('button', { name: /silent/ }).click();
    set.beckon.say(thread, 'read at once');
    await set.chat.getByText('read at once').waitFor();
    expect(await tones()).toBe(2);
    await set.call('hide');
    set.beckon.say(thread, 'hidden');
    await set.beckon.delivered(thread);
    await set.settle();
    expect(await tones()).toBe(2);
    await set.call('show');
    set.beckon.say(thread, 'heard');
    await expect.poll(tones).toBe(4);
    await set.visit();
    await set.call('show_thread_list');
    await set.call('open');
    await set.chat.getByRole('button', { name: 'Stop the sound for new messages' }).click();
    await set.call('close');
    set.beckon.say(thread, 'silent again');
    await bubble().waitFor();
    expect(await tones()).toBe(0);
  });
});

describe('writing, both ways', () => {
  /** What the agents were told, without what a slow typist makes the chat say again. */
  const typings = () =>
    set.beckon.frames
      .filter(({ type }) => type === 'typing')
      .map(({ on }) => on)
      .filter((on, at, all) => on !== all[at - 1]);

  it('is told to the agents now and then, never what is written, and its end', async () => {
    const thread = await listening(['hello']);
    await set.call('open');
    await set.field.pressSequentially('secret words');
    await expect.poll(typings).toEqual([true]);
    await set.field.fill('');
    await expect.poll(typings).toEqual([true, false]);
    await set.field.pressSequentially('more');
    await set.field.press('Enter');
    await expect.poll(typings).toEqual([true, false, true, false]);
    await expect.poll(() => thread.events.length).toBe(2);
    const told = set.beckon.frames.filter(({ type }) => type === 'typing');
    expect(JSON.stringify(told)).not.toContain('secret');
    expect(told.every(({ conversation }) => conversation === thread.thread.conversation)).toBe(true);
    await set.field.pressSequentially('and now a pause');
    await expect.poll(typings, { timeout: 20_000 }).toEqual([true, false, true, false, true, false]);
  });

  it('shows who writes to the visitor until their message is here, or nothing more is heard', async () => {
    const thread = await listening(['hello']);
    await set.call('open');
    const writing = set.chat.locator('[data-writing]');
    set.beckon.typing(thread, true);
    await writing.getByText('Maja Horvat is writing').waitFor();
    const dot = writing.locator('[aria-hidden] span').first();
    // Told again before each look: they are forgotten when nothing more is heard.
    const animation = () => {
      set.beckon.typing(thread, true);
      return dot.evaluate((span) => getComputedStyle(span).animationName);
    };
    expect(await animation()).not.toBe('none');
    await set.page.emulateMedia({ reducedMotion: 'reduce' });
    await expect.poll(animation).toBe('none');
    set.beckon.say(thread, 'here it is');
    await writing.waitFor({ state: 'detached' });
    set.beckon.typing(thread, true);
    await writing.waitFor();
    await writing.waitFor({ state: 'detached', timeout: 20_000 });
  });
});

describe('a thread', () => {
  it('says under the last own message how far it came', async () => {
    const thread = await listening(['hello']);
    await set.call('open');
    await set.say('my words');
    await set.chat.getByText(/· Sent$/).waitFor();
    set.beckon.cursor(thread, 2, 0);
    await set.chat.getByText(/· Delivered$/).waitFor();
    set.beckon.cursor(thread, 2, 2);
    await set.chat.getByText(/· Seen$/).waitFor();
    await set.say('more words');
    await set.chat.getByText(/· Sent$/).waitFor();
    expect(await set.chat.getByText(/· Seen$/).count()).toBe(0);
  });

  it('has a line where a day begins, but for today when there was no other', async () => {
    await set.return();
    const { beckon, chat } = set;
    const old = beckon.begin('OPEN', ['long ago']);
    beckon.age(old, DAY_MS);
    beckon.say(old, 'yesterday');
    beckon.age(old, DAY_MS);
    beckon.say(old, 'just now');
    beckon.begin('OPEN', ['only today']);
    await set.visit();
    await set.call('show_thread_list');
    await set.call('open');
    await chat.getByRole('button', { name: /just now/ }).click();
    await chat.getByRole('heading', { name: 'Yesterday' }).waitFor();
    const days = await chat.getByRole('log').getByRole('heading').allTextContents();
    const first = new Date(Date.now() - 2 * DAY_MS).toLocaleDateString('en', { weekday: 'long' });
    expect(days).toEqual([expect.stringContaining(first), 'Yesterday', 'Today']);
    await chat.getByRole('button', { name: 'All conversations' }).click();
    await chat.getByRole('button', { name: /only today/ }).click();
    await chat.getByRole('log').getByText('only today').waitFor();
    expect(await chat.getByRole('log').getByRole('heading').count()).toBe(0);
  });

  it('stays at its end, never moves under a reader, and offers the way to what is new', async () => {
    const texts = Array.from({ length: 30 }, (_, index) => `message ${index}`);
    const thread = await listening(texts);
    await set.call('open');
    const log = set.chat.getByRole('log');
    const fromEnd = () => log.evaluate((box) => Math.round(box.scrollHeight - box.scrollTop - box.clientHeight));
    await set.chat.getByText('message 29', { exact: true }).waitFor();
    set.beckon.say(thread, 'followed');
    await set.chat.getByText('followed', { exact: true }).waitFor();
    set.beckon.typing(thread, true);
    await set.chat.locator('[data-writing]').waitFor();
    await expect.poll(fromEnd).toBeLessThan(2);
    await set.scroll(200);
    const pill = set.chat.getByRole('button', { name: 'New messages', exact: true });
    expect(await pill.count()).toBe(0);
    set.beckon.join(thread);
    await log.getByText('Maja Horvat joined').waitFor({ state: 'attached' });
    set.beckon.typing(thread, false);
    await set.chat.locator('[data-writing]').waitFor({ state: 'detached' });
    await set.turned();
    expect(await pill.count()).toBe(0);
    set.beckon.say(thread, 'below');
    await pill.waitFor();
    expect(await log.evaluate((box) => Math.round(box.scrollTop))).toBe(200);
    await pill.click();
    await expect.poll(fromEnd).toBeLessThan(2);
    await pill.waitFor({ state: 'detached' });
  });

  it('has a skeleton in place of messages that take their time', async () => {
    await set.return();
    const thread = set.beckon.begin('OPEN', ['slow']);
    set.beckon.intercept = ({ type }) => (type === 'sync' ? null : undefined);
    await set.visit();
    await set.call('open');
    const skeleton = set.chat.getByRole('log').locator('[aria-hidden] span');
    await skeleton.first().waitFor();
    set.beckon.intercept = () => undefined;
    set.beckon.cut();
    await set.chat.getByRole('log').getByText('slow').waitFor();
    await skeleton.first().waitFor({ state: 'detached' });
    expect(thread.events).toHaveLength(1);
  });
});
