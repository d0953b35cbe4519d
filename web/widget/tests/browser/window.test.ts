// @vitest-environment node
import { describe, expect, it } from 'vitest';
import { axe, stage } from './stage';

const set = stage();

describe('the window', () => {
  it('does what each command says from each state, twice, and calls back each time', async () => {
    await set.return();
    const thread = set.beckon.begin('OPEN', ['You have a message']);
    await set.visit();
    const launcher = set.page.locator('#ib-button-messaging');
    const iframe = set.page.locator('#ib-iframe-messaging');
    const states = ['hide', 'show', 'open', 'close'] as const;
    for (const before of states) {
      for (const command of states) {
        await set.call(before);
        set.beckon.say(thread, 'Another one');
        for (let time = 0; time < 2; time++) {
          expect(await set.call(command), `${before} then ${command}`).toEqual({ result: {} });
          // Hidden stays hidden until it is shown or opened.
          const hidden = command === 'hide' || (command === 'close' && before === 'hide');
          expect(await launcher.isVisible(), `launcher after ${before}, ${command}`).toBe(!hidden);
          const open = command === 'open' || (command === 'show' && before === 'open');
          await expect.poll(() => iframe.isVisible(), { message: `window after ${before}, ${command}` }).toBe(open);
          if (open) await set.chat.getByText('Another one').last().waitFor();
        }
      }
    }
  });

  it('opens even if the launcher is drawn anew between press and release, as when its words arrive', async () => {
    await set.visit();
    await set.page.locator('#ib-button-messaging').hover();
    await set.page.mouse.down();
    expect(await set.call('show')).toEqual({ result: {} });
    await set.page.mouse.up();
    await set.page.locator('#ib-iframe-messaging').waitFor({ state: 'visible' });
  });

  it('counts what is unread on the launcher while it is closed or hidden, and forgets it when it is read', async () => {
    await set.return();
    const thread = set.beckon.begin('OPEN', ['one', 'two']);
    await set.visit();
    const launcher = set.page.locator('#ib-button-messaging');
    await launcher.hover();
    await set.page.getByRole('button', { name: 'Open chat, 2 unread' }).waitFor();
    await set.call('hide');
    set.beckon.say(thread, 'three');
    await set.call('show');
    await set.page.getByRole('button', { name: 'Open chat, 3 unread' }).waitFor();
    await launcher.click();
    await expect
      .poll(() => set.beckon.frames.some(({ type, position }) => type === 'read' && position === 3))
      .toBe(true);
    await set.call('close');
    await set.page.getByRole('button', { name: 'Open chat', exact: true }).waitFor();
  });

  it('is usable by keyboard alone, and clean to axe, in every view', async () => {
    await set.return();
    const thread = set.beckon.begin('OPEN', ['Good morning']);
    const past = set.beckon.begin('CLOSED', ['Long ago']);
    past.thread = { ...past.thread, unread: 0 };
    await set.visit();
    const { page, chat, field } = set;
    const launcher = page.getByRole('button', { name: /Open chat/ });
    await launcher.focus();
    await page.keyboard.press('Enter');
    await chat.getByRole('button', { name: 'All conversations' }).press('Enter');
    await chat.getByRole('heading', { name: 'Your conversations' }).waitFor();
    expect(await axe(page)).toEqual([]);
    const row = chat.getByRole('button', { name: /Good morning/ });
    await row.focus();
    await page.keyboard.press('Enter');
    await expect.poll(() => field.evaluate((element) => element === document.activeElement)).toBe(true);
    await page.keyboard.type('Hello');
    await page.keyboard.press('Shift+Enter');
    await page.keyboard.type('there');
    await page.keyboard.press('Enter');
    await chat.getByText('Sent', { exact: false }).last().waitFor();
    expect(thread.events.at(-1)?.event).toMatchObject({ message: { text: 'Hello\nthere' } });
    expect(await axe(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await expect.poll(() => page.evaluate('document.activeElement.id')).toBe('ib-button-messaging');
    await page.keyboard.press('Enter');
    await expect.poll(() => field.evaluate((element) => element === document.activeElement)).toBe(true);
    await chat.getByRole('button', { name: 'All conversations' }).press('Enter');
    await chat.getByRole('button', { name: /Long ago/ }).press('Enter');
    await chat.getByText('This conversation was closed.').waitFor();
    expect(await axe(page)).toEqual([]);
    await chat.getByRole('button', { name: 'New conversation' }).press('Enter');
    await chat.getByText('Hello. What can we do for you?').waitFor();
    expect(await axe(page)).toEqual([]);
  });

  it('covers a phone’s screen, keeps the page behind still, and closes by its own button', async () => {
    await set.page.setViewportSize({ width: 390, height: 780 });
    await set.visit("document.body.insertAdjacentHTML('beforeend', '<div style=height:5000px></div>');");
    await set.call('open');
    await set.field.waitFor();
    const iframe = set.page.locator('#ib-iframe-messaging');
    await expect.poll(() => iframe.boundingBox()).toEqual({ x: 0, y: 0, width: 390, height: 780 });
    // The wheel over the chat turns nothing behind it: it has been turned, and drawn. Chromium gives the first
    // turns to the page behind while it does not yet know the frame's place on a busy machine.
    await set.page.mouse.move(200, 300);
    const inside = set.chat.locator('body');
    await inside.evaluate(() => addEventListener('wheel', () => document.body.setAttribute('data-wheel', ''), true));
    const turn = () => set.page.mouse.wheel(0, 800);
    await expect.poll(() => turn().then(() => inside.getAttribute('data-wheel'))).toBe('');
    await set.turned();
    expect(await set.page.evaluate('scrollY')).toBe(0);
    expect(await set.field.evaluate((element) => getComputedStyle(element).fontSize)).toBe('16px');
    await set.page.locator('.ib-close-mobile-button').click();
    await expect.poll(() => set.page.locator('#ib-iframe-messaging').isVisible()).toBe(false);
    await expect.poll(() => turn().then(() => set.page.evaluate('scrollY'))).toBeGreaterThan(0);
  });

  it('loads older messages upward and stays where the reader is', async () => {
    await set.return();
    set.beckon.begin(
      'OPEN',
      Array.from({ length: 120 }, (_, index) => `message ${index + 1}`),
    );
    await set.visit();
    await set.call('open');
    await set.chat.getByText('message 120', { exact: true }).waitFor();
    const log = set.chat.getByRole('log');
    await expect.poll(() => log.evaluate((box) => box.scrollHeight - box.scrollTop - box.clientHeight)).toBeLessThan(2);
    await log.evaluate((box) => box.scrollTo({ top: 0 }));
    await set.chat.getByText('message 25', { exact: true }).waitFor();
    await expect.poll(() => set.chat.getByText('message 70', { exact: true }).isVisible()).toBe(true);
    await log.evaluate((box) => box.scrollTo({ top: 0 }));
    await set.chat.getByText('Hello. What can we do for you?').waitFor();
    await expect.poll(() => set.chat.locator('.ib-widget-message-text').count()).toBe(120);
    expect(set.beckon.requests.filter((request) => request.endsWith('/events'))).toHaveLength(2);
  });
});
