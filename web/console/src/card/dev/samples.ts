const car = {
  model: 'Strand',
  colour: { name: 'Madder red', hex: '#9B2D2A' },
  wheels: '19" five-spoke',
  extras: [
    { name: 'Panoramic glass roof', price: 1450, currency: 'EUR' },
    { name: 'Tow bar, electric', price: 890, currency: 'EUR' },
    { name: 'Winter wheels', price: 1120, currency: 'EUR' },
  ],
  price: { amount: 48350, currency: 'EUR' },
  monthlyRate: { amount: 489.9, currency: 'EUR' },
  deliveryDate: '2026-12-14',
  testDrive: true,
  configurationUrl: 'https://norrvik.example/build/strand?colour=madder-red&wheels=19&ref=8f3a',
  picture: `${globalThis.location?.origin ?? 'http://localhost'}/console/src/favicon.svg`,
  dealer: { name: 'Norrvik Zagreb', email: 'zagreb@norrvik.example', phone: '+385 1 234 5678' },
};

const long =
  'The customer came back twice this week to compare the Strand with the Holme, asked about the boot with the seats folded, and wants to know whether the tow bar can be fitted after delivery without losing the warranty.';

const nasty = {
  '<script>alert(1)</script>': '<img src=x onerror=alert(1)>',
  '': 'an empty key',
  toString: 'not a function',
  averyveryveryveryveryveryveryveryverylongkeywithoutanyspacesatall: 'x'.repeat(110),
  orderId: 4711000815,
  huge: '§12345678901234567890123§',
  discountPercent: 12.5,
  signedUp: '2026-11-20T09:12:45.090+00:00',
  nothing: null,
  emptyText: '',
  emptyList: [],
  newsletter: false,
  country: 'HR',
  language: 'pt-BR',
  note: long,
  script: 'javascript:alert(1)',
  arabic: 'مرحبا، أريد سيارة حمراء',
  trackingPixel: 'https://cdn.example.com/pixel.gif',
  letter: `${long}\n\n`.repeat(14),
  tags: [
    'returning',
    'newsletter',
    'tow bar',
    'zagreb',
    'b2c',
    'weekend',
    'trade-in',
    'finance',
    'warranty',
    'estate',
    'five',
    'six',
    'seven',
  ],
  visited: [
    'https://norrvik.example/models/strand',
    'https://norrvik.example/models/holme/compare?with=strand&and=skerry&year=2026',
    'https://norrvik.example/finance',
  ],
  cart: Array.from({ length: 23 }, (_, index) => ({
    sku: `NV-${1000 + index * 37}`,
    title: ['Rubber mats, front and rear', 'Roof rack', 'Child seat with a name that goes on for long'][index % 3],
    quantity: (index % 4) + 1,
    price: 19.5 * (index + 1),
    currency: 'EUR',
    colour: ['black', 'silver', 'Pearl white'][index % 3],
    inStock: index % 2 === 0,
    options: { fitted: true, by: { workshop: { city: 'Zagreb', bay: 4 } } },
  })),
  vehicle: {
    engine: {
      fuel: 'Petrol',
      gearbox: 'automatic',
      power: { kw: 110, torque: { nm: 250, at: { rpm: 1750, load: 'full' } } },
    },
    vin: 'WVWZZZ1JZ3W386752',
    matrix: [
      [1, 2],
      [3, 4],
    ],
    mixed: ['a', { b: 1 }, null],
  },
};

const secrets = {
  customer: 'Ada Lovelace',
  password: 'hunter2',
  login: { user: 'ada', apiKey: 'k-3f91', hasToken: true },
  cards: [{ brand: 'Visa', cardNumber: '4111 1111 1111 1111', cvv: '123' }],
  iban: 'HR12 1001 0051 8630 0016 0',
};

const many = Object.fromEntries(
  Array.from({ length: 43 }, (_, index) => [
    `field${index + 1}`,
    index % 3 === 0 ? index * 1234.5 : `value ${index + 1}`,
  ]),
);

/** 64 KiB, 256 keys, depth 8. */
const deep = (depth: number): unknown =>
  depth === 0 ? { end: 'here', n: 1 } : { one: 'value', two: 2, in: deep(depth - 1) };
const huge = Object.fromEntries(
  Array.from({ length: 256 }, (_, index) => [
    `key_${index}`,
    index % 4 === 0
      ? deep(6)
      : index % 4 === 1
        ? Array.from({ length: 6 }, (__, item) => ({ name: `Item ${item}`, quantity: item, price: 10 }))
        : `value ${index} ${'text '.repeat(12)}`,
  ]),
);

/** JSON texts to look at, by name. */
export const samples: Record<string, string> = {
  car: JSON.stringify(car),
  // Written by hand, because JavaScript objects would move integer-like keys and round long numbers.
  nasty: `{"10":"ten came first","2":"two came second",${JSON.stringify(nasty).slice(1).replace('"§', '').replace('§"', '')}`,
  secrets: JSON.stringify(secrets),
  many: JSON.stringify(many),
  huge: JSON.stringify(huge),
  empty: '{}',
};
