import type { History, Moment, Origin, Version } from '../origin';

const PAGE = { type: 'visitor', id: 'v', name: null } as const;
const CRM = { type: 'api', id: 'crm', name: 'CRM' } as const;
const AGO = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();

/** A context as it may have been a few writes ago. */
export function before(text: string): string {
  const then = JSON.parse(text) as Record<string, unknown>;
  const lines = then.extras;
  return JSON.stringify({
    ...then,
    ...('colour' in then && { colour: { name: 'Sand', hex: '#C8B48A' } }),
    ...('price' in then && { price: { amount: 46_900, currency: 'EUR' } }),
    ...('wheels' in then && { roof: 'Black', wheels: undefined }),
    ...(Array.isArray(lines) && {
      extras: [{ name: 'Rubber mats', price: 90, currency: 'EUR' }, { ...lines[0], price: 1290 }, lines[1]],
    }),
  });
}

const origin = (parts: Partial<Origin>): Origin => ({
  version: 4,
  at: AGO(3),
  source: 'page',
  author: PAGE,
  sentAt: AGO(3),
  locked: false,
  ...parts,
});

export const origins: ReadonlyMap<string, Origin> = new Map([
  ['model', origin({})],
  ['price', origin({ source: 'api', author: CRM, locked: true })],
  ['deliveryDate', origin({ source: 'signed' })],
  ['testDrive', origin({ source: 'agent', author: { type: 'agent', id: 'maja', name: 'Maja' } })],
  ['monthlyRate', origin({ source: 'bot', author: { type: 'bot', id: 'b', name: 'Pricer' } })],
  ['wheels', origin({ locked: true })],
  ['dealer', origin({ source: 'api', author: CRM })],
]);

const version = (number: number, minutes: number, changes: [string, string | null, string | null][]): Version => ({
  version: number,
  position: number * 2,
  at: AGO(minutes),
  source: number % 3 === 0 ? 'api' : 'page',
  author: number % 3 === 0 ? CRM : PAGE,
  changes: changes.map(([key, from, to]) => ({ key, from, to })),
});

export const history: History = {
  versions: [
    version(9, 1, [
      ['colour', '{"name":"Sand"}', '{"name":"Madder red"}'],
      ['price', null, '{"amount":48350,"currency":"EUR"}'],
    ]),
    version(8, 3, [['extras', null, '[]']]),
    version(6, 9, [['price', null, '{"amount":46900,"currency":"EUR"}']]),
    version(5, 60 * 26, [
      ['model', null, '"Strand"'],
      ['wheels', null, '"19"'],
      ['dealer', null, '{}'],
      ['testDrive', null, 'true'],
      ['deliveryDate', null, '"2026-12-14"'],
    ]),
  ],
  phase: 'ready',
  complete: false,
  open: () => undefined,
  more: () => undefined,
};

export function moment(text: string): Moment {
  return { position: 12, at: Date.now() - 9 * 60_000, version: 7, text: before(text), failed: false };
}
