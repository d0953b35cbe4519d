import { describe, expect, it } from 'vitest';
import { stage } from './stage';

const set = stage();

/** Something in the page that holds the focus of a visitor who is typing. */
const TYPING = {
  'a field': '<input id=at>',
  'an area': '<textarea id=at></textarea>',
  'editable text': '<p id=at contenteditable>text</p>',
  'a field of a component': `<x-card></x-card><script>
    customElements.define('x-card', class extends HTMLElement {
      connectedCallback() {
        const inner = this.attachShadow({ mode: 'open' });
        inner.append(document.createElement('input'));
        window.at = inner.firstChild;
      }
    });
  </script>`,
  'a field of a closed component': `<x-safe></x-safe><script>
    customElements.define('x-safe', class extends HTMLElement {
      connectedCallback() {
        const inner = this.attachShadow({ mode: 'closed' });
        inner.append(document.createElement('input'));
        window.at = inner.firstChild;
      }
    });
  </script>`,
  'a frame': '<iframe id=at srcdoc="<input autofocus>"></iframe>',
};

const visit = (body: string) =>
  set.page.goto(
    set.beckon.page('/site', `${body}${set.beckon.snippet(`liveChat('init', '${set.beckon.config.id}');`)}`),
  );
const holder = () => set.page.evaluate('document.activeElement.id || document.activeElement.localName');

describe('open', () => {
  it.each(Object.entries(TYPING))('leaves the focus in %s', async (_, body) => {
    await visit(body);
    await set.page.locator('#ib-button-messaging').waitFor();
    await set.page.evaluate('at.focus()');
    const before = await holder();
    expect(before).not.toBe('body');
    await set.call('open');
    await set.field.waitFor();
    expect(await holder()).toBe(before);
    await set.page.keyboard.type('4711');
    expect(await set.field.inputValue()).toBe('');
  });

  it('moves it otherwise, from a button, too, and a press on the launcher moves it always', async () => {
    await visit('<button id=ask onclick="liveChat(\'open\')">Ask</button><input id=at>');
    await set.page.locator('#ib-button-messaging').waitFor();
    await set.page.locator('#ask').click();
    await expect.poll(holder).toBe('ib-iframe-messaging');
    await set.chat.locator('.ib-widget-message-input:focus').waitFor();
    await set.page.keyboard.type('hello');
    await expect.poll(() => set.field.inputValue()).toBe('hello');
    await set.call('close');
    await set.page.locator('#at').focus();
    await set.page.locator('#ib-button-messaging').click();
    await set.chat.locator('.ib-widget-message-input:focus').waitFor();
    await set.page.keyboard.type(' again');
    await expect.poll(() => set.field.inputValue()).toBe('hello again');
  });

  it('is not the only one to leave it: close of a closed window on a phone moves nothing', async () => {
    await set.page.setViewportSize({ width: 390, height: 800 });
    await visit('<input id=at>');
    await set.page.locator('#ib-button-messaging').waitFor();
    await set.page.locator('#at').focus();
    await set.call('close');
    expect(await holder()).toBe('at');
  });
});

describe('the next page', () => {
  it('has the window open at once, the text begun in it, and its own focus', async () => {
    const { page } = set;
    await set.visit();
    await set.call('open');
    await set.say('first');
    await set.chat.getByText('first').waitFor();
    await set.field.fill('My order number is');
    await visit('<input id=at autofocus>');
    await set.field.waitFor();
    expect(await set.field.inputValue()).toBe('My order number is');
    expect(await holder()).toBe('at');
    await set.call('close');
    await visit('');
    await page.locator('#ib-button-messaging').waitFor();
    expect(await page.locator('.bk-open').count()).toBe(0);
    await set.call('open');
    expect(await set.field.inputValue()).toBe('My order number is');
  });

  it('has what was begun in a conversation that has no message yet, also beside others', async () => {
    await set.return();
    set.beckon.begin('OPEN', ['hello']);
    await set.visit();
    await set.call('open_new_thread');
    await set.call('open');
    await set.field.fill('a new matter');
    await set.visit();
    await set.field.waitFor();
    expect(await set.field.inputValue()).toBe('a new matter');
  });

  it('is closed on a phone', async () => {
    await set.page.setViewportSize({ width: 390, height: 800 });
    await set.visit();
    await set.call('open');
    await set.field.fill('begun');
    await set.visit();
    expect(await set.page.locator('.bk-open').count()).toBe(0);
    await set.call('open');
    expect(await set.field.inputValue()).toBe('begun');
  });
});
