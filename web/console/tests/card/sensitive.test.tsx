import { act } from 'preact/test-utils';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { isSensitiveKey } from '../../src/card/sensitive';
import { type MountedCard, mountCard } from './mount';

let card: MountedCard | undefined;
let copied: string[] = [];
beforeEach(() => {
  copied = [];
  vi.spyOn(navigator.clipboard, 'writeText').mockImplementation(async (text) => {
    copied.push(text);
  });
});
afterEach(() => {
  card?.unmount();
  vi.restoreAllMocks();
});

const SECRETS =
  '{"name":"Ada","password":"hunter2","login":{"apiKey":"k-123","user":"ada"},"card":{"number":"4111 1111"}}';
const all = () => document.body.innerHTML;
const settle = () => act(async () => undefined);
const choose = (name: string) => {
  card?.click(card.button('More'));
  card?.click([...(card.element.querySelectorAll('[role=menuitem]') ?? [])].find((item) => item.textContent === name));
};

test.each([
  'password',
  'userPassword',
  'PASSWD',
  'secret',
  'client_secret',
  'token',
  'accessToken',
  'cvv',
  'CVV2',
  'iban',
  'cardNumber',
  'card_no',
  'ssn',
  'api_key',
  'securityCode',
  'pin',
])('%s names a secret', (key) => expect(isSensitiveKey(key)).toBe(true));
test.each(['name', 'passenger', 'pinned', 'discard', 'number', 'cardType', 'key', 'seats', 'ibanez'])(
  '%s names none',
  (key) => expect(isSensitiveKey(key)).toBe(false),
);
test('a plain number under a card names a secret', () => {
  expect(isSensitiveKey('number', 'card')).toBe(true);
  expect(isSensitiveKey('number', 'order')).toBe(false);
});

describe('masked values', () => {
  test('nowhere in the page until asked for: rows, folded lines, search, raw JSON', () => {
    card = mountCard(SECRETS);
    for (const show of [
      () => choose('Raw JSON'),
      () => choose('Show as card'),
      () => card?.click(card.button('Search')),
    ]) {
      for (const secret of ['hunter2', 'k-123', '4111']) expect(all().includes(secret), secret).toBe(false);
      show();
    }
    const field = card.element.querySelector('input');
    act(() => {
      if (!field) throw new Error('no search field');
      field.value = 'hunter';
      field.dispatchEvent(new InputEvent('input', { bubbles: true }));
    });
    expect(card.element.textContent).toContain('Nothing here matches');
  });
  test('Reveal shows one value, in this view only', () => {
    card = mountCard(SECRETS);
    card.click(card.button('Reveal: Password'));
    expect(card.row('password')?.textContent).toContain('hunter2');
    expect(all().includes('k-123')).toBe(false);
    card.show(SECRETS.replace('hunter2', 'hunter3'));
    expect(card.row('password')?.textContent).toContain('hunter3');
    card.unmount();
    card = mountCard(SECRETS);
    expect(all().includes('hunter2')).toBe(false);
  });
  test('details hide it too, and its type, which would tell its length', () => {
    card = mountCard(SECRETS);
    card.click(card.row('password')?.querySelector('[data-stop]'));
    expect(all().includes('hunter2')).toBe(false);
    expect(card.element.querySelector('[data-details]')?.textContent).not.toContain('7 characters');
  });
  test('copying copies what is in view, and never shows anything', async () => {
    card = mountCard(SECRETS);
    card.row('password')?.querySelector('button')?.focus();
    card.press('y');
    await settle();
    expect(copied).toEqual([]);
    expect(card.element.textContent).toContain('Hidden. Reveal it to copy it');
    card.row('login')?.querySelector('button')?.focus();
    card.press('y');
    choose('Copy JSON');
    await settle();
    expect(copied[0]).toBe('{"apiKey":"••••","user":"ada"}');
    expect(copied[1]).toBe(
      '{"name":"Ada","password":"••••","login":{"apiKey":"••••","user":"ada"},"card":{"number":"••••"}}',
    );
    expect(all().includes('hunter2')).toBe(false);
    card.click(card.button('Reveal: Password'));
    card.row('password')?.querySelector('button')?.focus();
    card.press('y');
    await settle();
    expect(copied[2]).toBe('hunter2');
  });
  test('what a secret was before is hidden as well', () => {
    card = mountCard('{"token":"new-one"}', { baseline: '{"token":"old-one","pin":"1234"}' });
    expect(card.element.textContent).toContain('was ••••');
    for (const secret of ['old-one', 'new-one', '1234']) expect(all().includes(secret)).toBe(false);
  });
  test('a list or an object under such a key is one mask; yes, no and nothing are none', () => {
    card = mountCard('{"tokens":["a1b2"],"secret":{"deep":{"x":"c3d4"}},"hasPassword":true,"pin":null,"iban":""}');
    expect(all().includes('a1b2')).toBe(false);
    expect(all().includes('c3d4')).toBe(false);
    expect(card.row('hasPassword')?.textContent).toContain('Yes');
    expect(card.row('pin')?.textContent).toContain('none');
    expect(card.row('iban')?.textContent).toContain('empty');
  });
});
