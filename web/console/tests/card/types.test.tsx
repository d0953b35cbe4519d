import { act } from 'preact/test-utils';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type MountedCard, mountCard } from './mount';

let card: MountedCard | undefined;
beforeEach(() => {
  vi.stubEnv('TZ', 'UTC');
  vi.useFakeTimers({ now: Date.UTC(2026, 10, 23, 14, 5), toFake: ['Date', 'setInterval', 'clearInterval'] });
});
afterEach(() => {
  card?.unmount();
  vi.useRealTimers();
  vi.unstubAllEnvs();
});

/** The value beside the label of the row at `path`. */
function value(path: string): Element | null | undefined {
  return card?.row(path)?.querySelector('[data-stop] ~ div');
}

/** One fact: JSON of the whole context, the path to look at, what stands there. */
const shown: [string, string, string][] = [
  // Money
  ['{"price":{"amount":48350,"currency":"EUR"}}', 'price', '€48,350'],
  ['{"rate":{"value":489.9,"currency":"eur"}}', 'rate', '€489.90'],
  ['{"cost":{"price":"1250.5","currency":"JPY"}}', 'cost', 'JP¥1,250.5'],
  ['{"price":48350,"currency":"USD"}', 'price', 'US$48,350'],
  ['{"monthlyFee":0.123456,"currency":"EUR"}', 'monthlyFee', '€0.123456'],
  ['{"monthlyRate":0.123456,"currency":"EUR"}', 'monthlyRate', '0.123456'],
  ['{"price":48350}', 'price', '48,350'],
  ['{"price":48350,"currency":"euros"}', 'price', '48,350'],
  ['{"doors":5,"currency":"EUR"}', 'doors', '5'],
  // Numbers
  ['{"mileage":1234567}', 'mileage', '1,234,567'],
  ['{"mileage":-1234.50}', 'mileage', '-1,234.50'],
  ['{"orderId":4711000815}', 'orderId', '4711000815'],
  ['{"zipCode":10000}', 'zipCode', '10000'],
  ['{"modelYear":2026}', 'modelYear', '2026'],
  ['{"order_number":123456}', 'order_number', '123456'],
  ['{"discountPercent":12.5}', 'discountPercent', '12.5%'],
  ['{"discount":0.125}', 'discount', '0.125'],
  ['{"big":12345678901234567890}', 'big', '12345678901234567890'],
  ['{"big":9007199254740993}', 'big', '9007199254740993'],
  ['{"tiny":1e-7}', 'tiny', '1e-7'],
  ['{"huge":1e400}', 'huge', '1e400'],
  // Yes, no, nothing
  ['{"testDrive":true}', 'testDrive', 'Yes'],
  ['{"testDrive":false}', 'testDrive', 'No'],
  ['{"a":""}', 'a', 'empty'],
  ['{"a":[]}', 'a', 'none'],
  ['{"a":{}}', 'a', 'none'],
  ['{"a":null}', 'a', 'none'],
  // Codes
  ['{"country":"HR"}', 'country', 'Croatia (HR)'],
  ['{"countryCode":"hr"}', 'countryCode', 'Croatia (hr)'],
  ['{"country":"Hrvatska"}', 'country', 'Hrvatska'],
  ['{"language":"de"}', 'language', 'German (de)'],
  ['{"grade":"HR"}', 'grade', 'HR'],
  // Times
  ['{"deliveryDate":"2026-12-14"}', 'deliveryDate', '14 Dec 2026'],
  ['{"seen":"2026-11-23T14:02:00Z"}', 'seen', '23 Nov 2026, 14:02 · 3 min ago'],
  ['{"seen":"2026-11-23T15:02:00.123+0100"}', 'seen', '23 Nov 2026, 14:02 · 3 min ago'],
  ['{"appointment":"2026-11-23T14:02:00"}', 'appointment', '23 Nov 2026, 14:02'],
  ['{"createdAt":1795442520}', 'createdAt', '23 Nov 2026, 14:02 · 3 min ago'],
  ['{"until":1795442520000}', 'until', '23 Nov 2026, 14:02 · 3 min ago'],
  ['{"visits":1795442520}', 'visits', '1,795,442,520'],
  ['{"a":"2026-02-30"}', 'a', '2026-02-30'],
  ['{"a":"2026-11-23T25:00:00Z"}', 'a', '2026-11-23T25:00:00Z'],
  // Addresses
  ['{"page":"https://shop.example/"}', 'page', 'shop.example (opens in a new tab)'],
  ['{"page":"https://shop.example/a/b?x=1"}', 'page', 'shop.example/a/b?x=1 (opens in a new tab)'],
  [
    '{"page":"https://shop.example/models/strand?colour=madder-red&wheels=19"}',
    'page',
    'shop.example/models/strand?… (opens in a new tab)',
  ],
  ['{"mail":"maja@shop.example"}', 'mail', 'maja@shop.example'],
  ['{"dealerPhone":"+385 1 234-5678"}', 'dealerPhone', '+385 1 234-5678'],
  // Colours
  ['{"paint":"#9B2D2A"}', 'paint', '#9B2D2A'],
  ['{"colour":"Pearl white"}', 'colour', 'Pearl white'],
  // Text
  ['{"a":"<b>bold</b>"}', 'a', '<b>bold</b>'],
  ['{"a":"javascript:alert(1)"}', 'a', 'javascript:alert(1)'],
];

test.each(shown)('%s shows %s as %s', (json, path, text) => {
  card = mountCard(json);
  expect(value(path)?.textContent?.replace(/\u00a0/g, ' ')).toBe(text);
  expect(value(path)?.querySelectorAll('b').length).toBe(0);
});

describe('links', () => {
  test.each([
    ['{"page":"https://shop.example/a"}', 'page', 'https://shop.example/a'],
    ['{"mail":"maja@shop.example"}', 'mail', 'mailto:maja@shop.example'],
    ['{"phone":"+385 1 234-5678"}', 'phone', 'tel:+38512345678'],
    ['{"phone":38512345678}', 'phone', 'tel:38512345678'],
  ])('%s', (json, path, href) => {
    card = mountCard(json);
    const link = value(path)?.querySelector('a');
    expect(link?.getAttribute('href')).toBe(href);
    if (href.startsWith('http')) {
      expect(link?.rel).toBe('noopener noreferrer');
      expect(link?.target).toBe('_blank');
    }
  });

  test.each([
    'javascript:alert(1)',
    'data:text/html,<b>x</b>',
    'file:///etc/passwd',
    'intent://x',
    'http://',
    'https://a b',
  ])('%s stays text', (text) => {
    card = mountCard(JSON.stringify({ url: text }));
    expect(value('url')?.querySelectorAll('a').length).toBe(0);
    expect(value('url')?.textContent).toBe(text);
  });

  test('a number that could be a phone is one only under a key that says so', () => {
    card = mountCard('{"reference":"+385 1 234 5678"}');
    expect(value('reference')?.querySelectorAll('a').length).toBe(0);
  });
});

describe('colours', () => {
  const swatch = (json: string, path: string) => {
    card = mountCard(json);
    return value(path)?.querySelector<HTMLElement>('[style]')?.style.background ?? '';
  };
  test.each([
    ['{"a":"#9B2D2A"}', '#9B2D2A'],
    ['{"a":"rgb(10, 20, 30)"}', 'rgb(10, 20, 30)'],
    ['{"a":"hsl(120, 50%, 50%)"}', 'hsl(120, 50%, 50%)'],
    ['{"colour":{"a":"x"},"bodyColour":"tomato"}', 'tomato'],
    ['{"color":"#123"}', '#123'],
  ])('%s has a swatch', (json, css) => {
    const path = Object.keys(JSON.parse(json)).at(-1) ?? '';
    expect(swatch(json, path).replace(/\s/g, '')).toBe(css.replace(/\s/g, ''));
  });
  test.each([
    '{"a":"tomato"}',
    '{"colour":"Pearl white"}',
    '{"ticket":"#123"}',
    '{"a":"url(https://x.example)"}',
    '{"a":"rgb(1,2,3);x:y"}',
  ])('%s has none', (json) => {
    const path = Object.keys(JSON.parse(json))[0] ?? '';
    expect(swatch(json, path)).toBe('');
  });
});

describe('pictures', () => {
  const here = () => window.location.origin;
  test('one from this server or from an allowed origin loads by itself, without telling where it is shown', () => {
    card = mountCard(JSON.stringify({ picture: `${here()}/car.png`, photo: 'https://shop.example/p?id=1' }), {
      allowedImageOrigins: ['https://shop.example'],
    });
    for (const path of ['picture', 'photo']) {
      const image = value(path)?.querySelector('img');
      expect(image?.getAttribute('referrerpolicy')).toBe('no-referrer');
      expect(image?.getAttribute('loading')).toBe('lazy');
    }
  });
  test('one from anywhere else is a link that names the host', () => {
    card = mountCard('{"picture":"https://cdn.example.com/pixel.gif"}', {
      allowedImageOrigins: ['https://example.com'],
    });
    expect(card.element.querySelectorAll('img').length).toBe(0);
    const link = value('picture')?.querySelector('a');
    expect(link?.textContent).toBe('Image · cdn.example.com');
    expect(link?.rel).toBe('noopener noreferrer');
  });
  test('inline data loads if it is one of four bitmap types', () => {
    card = mountCard('{"a":"data:image/png;base64,iVBORw0KGgo=","b":"data:image/svg+xml;base64,PHN2Zz4="}');
    expect(value('a')?.querySelector('img')?.getAttribute('src')).toBe('data:image/png;base64,iVBORw0KGgo=');
    expect(value('b')?.querySelectorAll('img').length).toBe(0);
  });
  test('one that does not arrive becomes the link', () => {
    card = mountCard(JSON.stringify({ picture: `${here()}/gone.png` }));
    const image = value('picture')?.querySelector('img');
    act(() => {
      image?.dispatchEvent(new Event('error'));
    });
    expect(value('picture')?.querySelectorAll('img').length).toBe(0);
    expect(value('picture')?.querySelector('a')?.getAttribute('href')).toBe(`${here()}/gone.png`);
  });
});

describe('text', () => {
  test('long text is folded with More, very long text is read in a dialog', () => {
    card = mountCard(JSON.stringify({ note: 'note '.repeat(60), letter: 'letter '.repeat(400) }));
    const more = card.button('More: Note');
    expect(more?.getAttribute('aria-expanded')).toBe('false');
    card.click(more);
    expect(card.button('Less: Note')?.getAttribute('aria-expanded')).toBe('true');
    card.click(card.button('Read all: Letter'));
    const dialog = card.element.querySelector('dialog');
    expect(dialog?.open).toBe(true);
    expect(dialog?.querySelector('bdi')?.textContent).toBe('letter '.repeat(400));
    card.click(card.button('Close'));
    expect(card.element.querySelectorAll('dialog').length).toBe(0);
  });
  test('text keeps its own direction', () => {
    card = mountCard('{"a":"مرحبا"}');
    expect(value('a')?.querySelector('bdi')?.getAttribute('dir')).toBe('auto');
  });
});

describe('labels', () => {
  test.each([
    ['mrr', 'MRR'],
    ['sso_enabled', 'SSO enabled'],
    ['aiCredits', 'AI credits'],
    ['storageGB', 'Storage GB'],
    ['storage_gb', 'Storage GB'],
    ['pricePerKWh', 'Price per kWh'],
    ['consumption_kwh', 'Consumption kWh'],
    ['kwhUsed', 'kWh used'],
    ['vatId', 'VAT ID'],
    ['is2FAEnabled', 'Is 2FA enabled'],
    ['b2bCustomer', 'B2B customer'],
    ['skus', 'SKUs'],
    ['plz', 'PLZ'],
    ['Prix unitaire', 'Prix unitaire'],
  ])('%s reads %s', (key, label) => {
    card = mountCard(JSON.stringify({ [key]: 1 }));
    expect(card.element.querySelector('[data-row] button')?.textContent).toBe(label);
  });
});

describe('lists', () => {
  const items = () => [...(card?.element.querySelectorAll('section li') ?? [])].map((item) => item.textContent);
  test('plain values are chips, eight and the number of the rest', () => {
    card = mountCard(JSON.stringify({ tags: Array.from({ length: 13 }, (_, index) => `tag ${index}`) }));
    expect(items()).toHaveLength(9);
    expect(items().at(-1)).toBe('+5');
    card.click(card.button('+5'));
    expect(items()).toHaveLength(13);
  });
  test('a list is judged by its own name', () => {
    card = mountCard(
      '{"colours":["red","Pearl white"],"prices":[{"amount":1,"currency":"EUR"},{"amount":2,"currency":"EUR"}]}',
    );
    expect(items()).toEqual(['red', 'Pearl white', '€1', '€2']);
    expect(card.element.querySelectorAll('section li [style]')).toHaveLength(1);
  });
});

describe('a cart', () => {
  const cells = () =>
    [...(card?.element.querySelectorAll('tr') ?? [])].map((line) => [...line.children].map((cell) => cell.textContent));
  const cart = (count: number) =>
    JSON.stringify({
      cart: Array.from({ length: count }, (_, index) => ({
        sku: `S${index}`,
        note: 'n',
        title: `Mat ${index}`,
        price: index + 0.5 * (index % 2),
        currency: 'EUR',
        quantity: index,
      })),
    });
  test('keeps name, quantity and price first, aligns amounts, and opens each line to everything', () => {
    card = mountCard(cart(3));
    expect(cells()).toEqual([
      ['Title', 'Quantity', 'Price', 'SKU'],
      ['Mat 0', '0', '€0.00', 'S0'],
      ['Mat 1', '1', '€1.50', 'S1'],
      ['Mat 2', '2', '€2.00', 'S2'],
    ]);
    expect(card.row('cart[1].note') === undefined).toBe(true);
    card.click(card.button('Item 2'));
    expect(card.row('cart[1].note')?.textContent).toContain('Note');
  });
  test('has one number of decimals in each column, with a currency or without', () => {
    card = mountCard(
      '{"items":[{"name":"Chair","quantity":1,"price":219.00,"kg":4},{"name":"Table","quantity":2,"price":389.9,"kg":12.25}]}',
    );
    expect(cells().map((line) => line.slice(1))).toEqual([
      ['Quantity', 'Price', 'kg'],
      ['1', '219.00', '4.00'],
      ['2', '389.90', '12.25'],
    ]);
    card.show(
      JSON.stringify({
        currency: 'EUR',
        items: [
          { name: 'a', price: 7 * 13.37 },
          { name: 'b', price: 3 },
          { name: 'c', price: 1.459 },
        ],
      }),
    );
    expect(cells().map((line) => line[1])).toEqual(['Price', '€93.590', '€3.000', '€1.459']);
  });
  test('is open one level down as it is at the top', () => {
    card = mountCard(
      '{"order":{"currency":"EUR","number":7,"lines":[{"name":"Chair","price":19.5}],"to":{"city":"Split"}}}',
    );
    expect(cells()).toEqual([
      ['Name', 'Price'],
      ['Chair', '€19.50'],
    ]);
    expect(card.row('order.lines')?.querySelector('button')?.getAttribute('aria-expanded')).toBe('true');
    expect(card.row('order.to')?.querySelector('button')?.getAttribute('aria-expanded')).toBe('false');
  });
  test('shows six lines and then all', () => {
    card = mountCard(cart(23));
    expect(cells()).toHaveLength(7);
    card.click(card.button('All 23'));
    expect(cells()).toHaveLength(24);
  });
});

describe('objects', () => {
  const deep = '{"vehicle":{"fuel":"Petrol","gearbox":"automatic","a":1,"b":{"c":{"d":{"e":{"f":"here"}}}},"x":2}}';
  test('are open at the first depth, folded to their first values below, and open in place from the fourth', () => {
    card = mountCard(deep);
    expect(card.row('vehicle.fuel') !== undefined).toBe(true);
    expect(value('vehicle.b')?.textContent).toBe('1 item');
    card.click(card.row('vehicle.b')?.querySelector('button'));
    card.click(card.row('vehicle.b.c')?.querySelector('button'));
    const fourth = card.row('vehicle.b.c.d')?.querySelector('button');
    expect(fourth?.hasAttribute('aria-expanded')).toBe(false);
    card.click(fourth);
    expect([...card.element.querySelectorAll('nav button')].map((crumb) => crumb.textContent)).toEqual([
      'Context',
      'Vehicle',
      'B',
      'C',
      'D',
    ]);
    expect(card.row('vehicle.b.c.d.e.f')?.textContent).toContain('here');
    expect(card.row('vehicle.fuel') === undefined).toBe(true);
    card.click(card.button('Context'));
    expect(card.row('vehicle.b.c.d') !== undefined).toBe(true);
  });
  test('fold to their first values', () => {
    card = mountCard('{"vehicle":{"fuel":"Petrol","gearbox":"automatic","price":1,"doors":5,"seats":4}}');
    card.click(card.button('Vehicle'));
    expect(card.row('vehicle')?.textContent).toContain('Petrol · automatic · 3 more');
  });
});
