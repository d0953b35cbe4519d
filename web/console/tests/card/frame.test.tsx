import { act } from 'preact/test-utils';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { labelOf } from '../../src/card/label';
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

const paths = () =>
  [...(card?.element.querySelectorAll('[data-row]') ?? [])].map((row) => row.getAttribute('data-path'));
const many = (count: number) =>
  JSON.stringify(Object.fromEntries(Array.from({ length: count }, (_, at) => [`key${at}`, at])));
const type = (text: string) => {
  const field = card?.element.querySelector('input');
  act(() => {
    if (!field) throw new Error('no search field');
    field.value = text;
    field.dispatchEvent(new InputEvent('input', { bubbles: true }));
  });
};

test.each([
  ['deliveryDate', 'Delivery date'],
  ['delivery_date', 'Delivery date'],
  ['DELIVERY-DATE', 'Delivery date'],
  ['orderID', 'Order ID'],
  ['orderIds', 'Order IDs'],
  ['configurationUrl', 'Configuration URL'],
  ['vin', 'VIN'],
  ['skuNumber', 'SKU number'],
  ['HTMLPage2', 'HTML page 2'],
  ['Test drive wanted', 'Test drive wanted'],
  ['<script>alert(1)</script>', '<script>alert(1)</script>'],
  ['', '""'],
  ['42', '42'],
  ['država', 'Država'],
])('the key %j is labelled %s', (key, label) => expect(labelOf(key)).toBe(label));

describe('order', () => {
  test('facts as sent, then sections as sent, whatever the keys are', () => {
    card = mountCard('{"z":1,"list":["x"],"10":2,"2":3,"__proto__":4,"obj":{"b":1,"a":2,"1":3},"a":5}');
    expect(paths()).toEqual(['z', '["10"]', '["2"]', '__proto__', 'a', 'list', 'obj', 'obj.b', 'obj.a', 'obj["1"]']);
  });
  test('a change moves no row, and a new key joins the end', () => {
    card = mountCard('{"b":1,"a":2,"o":{"x":1}}');
    card.show('{"b":{"now":"an object"},"a":3,"o":{"x":1,"w":2},"c":9}');
    expect(paths()).toEqual(['a', 'c', 'b', 'b.now', 'o', 'o.x', 'o.w']);
  });
  test('twelve facts, then the rest at one press', () => {
    card = mountCard(many(43));
    expect(paths()).toHaveLength(12);
    card.click(card.button('Show 31 more'));
    expect(paths()).toHaveLength(43);
  });
});

describe('live', () => {
  test('an update changes the text in its place and keeps element, focus, selection and what was unfolded', () => {
    card = mountCard('{"price":1,"colour":"Sand","dealer":{"a":{"b":1}}}');
    card.click(card.row('dealer.a')?.querySelector('button'));
    const row = card.row('colour');
    const stop = row?.querySelector('button');
    stop?.focus();
    card.show('{"price":2,"colour":"Red","dealer":{"a":{"b":2}},"new":true}');
    expect(card.row('colour') === row).toBe(true);
    expect(document.activeElement === stop).toBe(true);
    expect(row?.textContent).toContain('Red');
    expect(card.row('dealer.a.b')?.textContent).toContain('2');
  });
  test('changes are announced, not more often than every five seconds', () => {
    vi.useFakeTimers();
    card = mountCard('{"price":1,"colour":"Sand"}');
    const said = () => [...(card?.element.querySelectorAll('[role=status]') ?? [])].at(-1)?.textContent;
    expect(said()).toBe('');
    card.show('{"price":2,"colour":"Sand"}');
    expect(said()).toBe('Context updated: Price');
    card.show('{"price":3,"colour":"Red"}');
    act(() => void vi.advanceTimersByTime(4900));
    expect(said()).toBe('Context updated: Price');
    act(() => void vi.advanceTimersByTime(200));
    expect(said()).toBe('Context updated: Price, Colour');
    vi.useRealTimers();
  });
  test('another conversation starts folded afresh', () => {
    card = mountCard('{"o":{"a":{"b":1}}}');
    card.click(card.row('o.a')?.querySelector('button'));
    expect(card.row('o.a.b') !== undefined).toBe(true);
    card.update({ conversationId: 'c-2' });
    expect(card.row('o.a.b') === undefined).toBe(true);
  });
  test('a place that is removed gives way to what is left of the way to it', () => {
    card = mountCard('{"a":{"b":{"c":{"d":{"e":1}}}}}');
    for (const path of ['a.b', 'a.b.c', 'a.b.c.d']) card.click(card.row(path)?.querySelector('button'));
    expect(card.element.querySelector('[aria-current]')?.textContent).toBe('D');
    card.show('{"a":{"b":{"x":1}}}');
    expect(card.element.querySelector('[aria-current]')?.textContent).toBe('B');
    expect(card.row('a.b.x') !== undefined).toBe(true);
  });
});

describe('states', () => {
  test('loading shows a shape, empty says what will be here and what to do, the foot note is always there', () => {
    card = mountCard(null, { state: 'loading' });
    expect(card.element.querySelectorAll('[aria-hidden=true] > span + span')).toHaveLength(4);
    card.update({ state: 'ready', context: { text: '{}', version: 0, updatedAt: null } });
    expect(card.element.textContent).toContain('No context yet.');
    expect(card.element.querySelector('a')?.getAttribute('href')).toBe('/docs/context');
    expect(card.element.textContent).toContain('not verified');
  });
  test('offline keeps the values and says how old they are', () => {
    card = mountCard('{"a":1}', { state: 'offline' });
    expect(card.element.textContent).toMatch(/Last updated \d\d:\d\d, reconnecting/);
    expect(card.row('a') !== undefined).toBe(true);
  });
  test('an error offers another try, values that were there stay', () => {
    const onRetry = vi.fn();
    card = mountCard('{"a":1}', { onRetry });
    card.update({ state: 'error' });
    expect(card.element.querySelector('[role=alert]')?.textContent).toContain('Context could not be loaded');
    expect(card.row('a') !== undefined).toBe(true);
    card.click(card.button('Try again'));
    expect(onRetry).toHaveBeenCalledOnce();
  });
  test('text that is not a context is an error too, and keeps what was there', () => {
    card = mountCard('{"a":1}');
    for (const text of ['[1]', '{"a":', 'null', '']) {
      card.show(text);
      expect(card.element.querySelectorAll('[role=alert]').length, text).toBe(1);
      expect(card.row('a') !== undefined, text).toBe(true);
    }
    card.show('{"a":2}');
    expect(card.element.querySelectorAll('[role=alert]').length).toBe(0);
  });
});

describe('search', () => {
  test('is open from the start above twenty keys only', () => {
    card = mountCard(many(20));
    expect(card.element.querySelectorAll('input').length).toBe(0);
    card.unmount();
    card = mountCard(many(21));
    expect(card.element.querySelectorAll('input').length).toBe(1);
  });
  test('finds paths, labels, originals and what is shown, at any depth, and marks the hits', () => {
    card = mountCard(
      '{"dealer":{"address":{"geo":{"in":{"city":"Zagreb"}}}},"price":{"amount":48350,"currency":"EUR"},"deliveryDate":"2026-12-14","x":"Žagubica"}',
    );
    card.click(card.button('Search'));
    const hits = (query: string) => {
      type(query);
      return paths();
    };
    expect(hits('zag')).toEqual(['dealer.address.geo.in.city', 'x']);
    expect([...card.element.querySelectorAll('mark')].map((mark) => mark.textContent)).toEqual(['Zag', 'Žag']);
    expect(hits('48,350')).toEqual(['price']);
    expect([...card.element.querySelectorAll('mark')].map((mark) => mark.textContent)).toEqual(['48,350']);
    expect(hits('48350')).toEqual(['price']);
    expect([...card.element.querySelectorAll('mark')].map((mark) => mark.textContent)).toEqual(['€48,350']);
    expect(hits('delivery date')).toEqual(['deliveryDate']);
    expect(hits('geo.in')).toEqual(['dealer.address.geo.in.city']);
    expect(hits('nothing')).toEqual([]);
    expect(card.element.textContent).toContain('Nothing here matches “nothing”.');
    expect(hits('').length).toBeGreaterThan(2);
  });
});

describe('keyboard', () => {
  const focused = () => document.activeElement?.closest('[data-row]')?.getAttribute('data-path');
  const settle = () => act(async () => undefined);
  test('one row is in the tab order; arrows move, unfold, fold and go up', () => {
    card = mountCard('{"a":1,"o":{"p":{"q":1},"r":2}}');
    expect(card.element.querySelectorAll('[data-stop][tabindex="0"]')).toHaveLength(1);
    card.row('a')?.querySelector('button')?.focus();
    card.press('ArrowDown');
    card.press('ArrowDown');
    expect(focused()).toBe('o.p');
    card.press('ArrowRight');
    expect(card.row('o.p.q') !== undefined).toBe(true);
    card.press('ArrowDown');
    expect(focused()).toBe('o.p.q');
    card.press('ArrowLeft');
    expect(focused()).toBe('o.p');
    card.press('ArrowLeft');
    expect(card.row('o.p.q') === undefined).toBe(true);
    card.press('ArrowLeft');
    expect(focused()).toBe('o');
    card.press('ArrowUp');
    expect(focused()).toBe('a');
    card.press('End');
    expect(focused()).toBe('o.r');
    expect(card.element.querySelectorAll('[data-stop][tabindex="0"]')).toHaveLength(1);
  });
  test('y copies the value as sent, Shift+Y the path', async () => {
    card = mountCard('{"price":48350.00,"note":"a\\nb","o":{"x": 1}}');
    for (const path of ['price', 'note', 'o']) {
      card.row(path)?.querySelector('button')?.focus();
      card.press('y');
      card.press('Y', { shiftKey: true });
    }
    await settle();
    expect(copied).toEqual(['48350.00', 'price', 'a\nb', 'note', '{"x": 1}', 'o']);
  });
  test('keys with a modifier, and letters in the search field, are left alone', async () => {
    card = mountCard(many(21));
    card.row('key1')?.querySelector('button')?.focus();
    card.press('y', { ctrlKey: true });
    card.element.querySelector('input')?.focus();
    card.press('y');
    await settle();
    expect(copied).toEqual([]);
  });
  test('Escape clears the search first and then leaves', () => {
    const onLeave = vi.fn();
    card = mountCard(many(21), { onLeave });
    card.element.querySelector('input')?.focus();
    type('key2');
    card.press('Escape');
    expect(card.element.querySelector('input')?.value).toBe('');
    expect(onLeave).not.toHaveBeenCalled();
    card.press('Escape');
    expect(onLeave).toHaveBeenCalledOnce();
  });
  test('a card that stands in a dialog, as a drawer, has its keys too', async () => {
    card = mountCard('{"a":1}');
    const drawer = document.createElement('dialog');
    card.element.replaceWith(drawer);
    drawer.append(card.element);
    drawer.showModal();
    card.row('a')?.querySelector('button')?.focus();
    card.press('y');
    await settle();
    expect(copied).toEqual(['1']);
    card.click(card.row('a'));
    expect(card.element.querySelectorAll('dl').length).toBe(1);
    drawer.remove();
  });
  test('Left leaves a part that opened in place, one step at a time', () => {
    card = mountCard('{"a":{"b":{"c":{"d":{"e":1}}}}}');
    for (const path of ['a.b', 'a.b.c']) card.click(card.row(path)?.querySelector('button'));
    card.row('a.b.c.d')?.querySelector('button')?.focus();
    card.press('ArrowRight');
    expect(card.row('a.b.c.d.e') !== undefined).toBe(true);
    card.row('a.b.c.d.e')?.querySelector('button')?.focus();
    card.press('ArrowLeft');
    expect(card.element.querySelector('[aria-current]')?.textContent).toBe('C');
  });
});

describe('details and menu', () => {
  test('a row opens to its path, its type and the value as stored', () => {
    card = mountCard('{"price":{"amount":48350.00,"currency":"EUR"},"a b":"x"}');
    card.click(card.row('price')?.querySelector('[data-stop]'));
    expect([...card.element.querySelectorAll('dd')].map((known) => known.textContent)).toEqual([
      'price',
      'object, 2 keys',
      '{"amount":48350.00,"currency":"EUR"}',
    ]);
    card.click(card.row('price')?.querySelector('[data-stop]'));
    card.click(card.row('["a b"]')?.querySelector('[data-stop]'));
    expect([...card.element.querySelectorAll('dd')].map((known) => known.textContent)).toEqual([
      '["a b"]',
      'text, 1 character',
      'x',
    ]);
  });
  test('pressing a row anywhere opens it, pressing a link in it does not', () => {
    card = mountCard('{"page":"https://shop.example/"}');
    const row = card.row('page');
    row?.querySelector('a')?.addEventListener('click', (click) => click.preventDefault());
    card.click(row?.querySelector('a'));
    expect(card.element.querySelectorAll('dl').length).toBe(0);
    card.click(row);
    expect(card.element.querySelectorAll('dl').length).toBe(1);
  });
  test('the menu copies JSON, the curl line and the conversation, and shows the raw JSON', async () => {
    const text = '{"b":1.0,"a":{"10":1,"2":2}}';
    card = mountCard(text, { baseUrl: 'https://chat.example/', conversationId: 'c-9' });
    const choose = (name: string) => {
      card?.click(card.button('More'));
      card?.click([...card.element.querySelectorAll('[role=menuitem]')].find((item) => item.textContent === name));
    };
    choose('Copy JSON');
    choose('Copy as curl');
    choose('Copy conversation ID');
    await act(async () => undefined);
    expect(copied).toEqual([
      text,
      `curl -H "Authorization: App $BECKON_KEY" 'https://chat.example/ccaas/1/conversations/c-9/metadata'`,
      'c-9',
    ]);
    choose('Raw JSON');
    expect(card.element.querySelector('pre')?.textContent).toBe(
      '{\n  "b": 1.0,\n  "a": {\n    "10": 1,\n    "2": 2\n  }\n}',
    );
    choose('Show as card');
    expect(card.row('b') !== undefined).toBe(true);
  });
  test('a refused copy says so', async () => {
    vi.mocked(navigator.clipboard.writeText).mockRejectedValue(new Error('refused'));
    card = mountCard('{"a":1}');
    expect(card.button('Copy value: A') === undefined).toBe(true);
    act(() => card?.row('a')?.querySelector('button')?.focus());
    card.click(card.button('Copy value: A'));
    await vi.waitFor(() => expect(card?.element.textContent).toContain('Copying is not allowed here'));
  });
});
