import { act } from 'preact/test-utils';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { History, Moment, Origin, Version } from '../../src/card/origin';
import { valuesAt } from '../../src/card/values';
import { type MountedCard, mountCard } from './mount';

let card: MountedCard | undefined;
afterEach(() => card?.unmount());

const PAGE = { type: 'visitor', id: 'v', name: null } as const;
const CRM = { type: 'api', id: 'crm', name: 'CRM' } as const;

function version(number: number, changes: Version['changes'], parts: Partial<Version> = {}): Version {
  return {
    version: number,
    position: number * 2,
    at: new Date(Date.now() - 60_000 * (100 - number)).toISOString(),
    source: 'page',
    author: PAGE,
    changes,
    ...parts,
  };
}
function history(versions: Version[], parts: Partial<History> = {}): History {
  return { versions, phase: 'ready', complete: true, open: vi.fn(), more: vi.fn(), ...parts };
}
const origin = (parts: Partial<Origin>): Origin => ({
  version: 3,
  at: '2026-11-23T09:12:45.090+00:00',
  source: 'page',
  author: PAGE,
  sentAt: '2026-11-23T09:12:45.090+00:00',
  locked: false,
  ...parts,
});

describe('provenance', () => {
  test('only what did not come from the page, or is locked, has a sign', () => {
    card = mountCard('{"a":1,"b":2,"c":3,"o":{"x":1}}', {
      origins: new Map([
        ['a', origin({})],
        ['b', origin({ source: 'api', author: CRM })],
        ['c', origin({ locked: true })],
        ['o', origin({ source: 'signed', locked: true })],
      ]),
    });
    const sign = (path: string) => {
      const found = card?.row(path)?.querySelector('[data-source]');
      return found && `${found.getAttribute('data-source')} ${found.hasAttribute('data-locked')}`;
    };
    expect(['a', 'b', 'c', 'o', 'o.x'].map((path) => sign(path) ?? null)).toEqual([
      null,
      'api false',
      'page true',
      'signed true',
      null,
    ]);
    expect(card.row('b')?.textContent).toContain('A program: CRM');
  });
  test('details say who, when, which version, and the last values', () => {
    const open = vi.fn();
    card = mountCard('{"o":{"x":3,"y":1}}', {
      origins: new Map([['o', origin({ source: 'api', author: CRM })]]),
      history: history(
        [
          version(4, [{ key: 'o', from: '{"x":3}', to: '{"x":3,"y":1}' }]),
          version(3, [{ key: 'o', from: '{"x":1}', to: '{"x":3}' }], { source: 'api', author: CRM }),
          version(2, [{ key: 'z', from: null, to: '1' }]),
          version(1, [{ key: 'o', from: null, to: '{"x":1}' }]),
        ],
        { open },
      ),
    });
    card.click(card.row('o.x')?.querySelector('[data-stop]'));
    const details = card.element.querySelector('[data-details="o.x"]');
    expect(details?.textContent).toContain('A program: CRM');
    expect(details?.textContent).toContain('Version3');
    expect(open).toHaveBeenCalled();
    expect(
      [...(details?.querySelectorAll('[data-last-values] li > :last-child') ?? [])].map((one) => one.textContent),
    ).toEqual(['3', '1']);
  });
  test('last values are at most ten, a removal among them, the time that of the write that set them', () => {
    const versions = Array.from({ length: 30 }, (_, at) =>
      version(30 - at, [{ key: 'n', from: null, to: at === 3 ? null : String(Math.floor(at / 2)) }]),
    );
    const values = valuesAt(versions, 'n', 'n');
    expect(values).toHaveLength(10);
    expect(
      values.slice(0, 4).map(({ version: { version: number }, found }) => [number, found?.entry.node.source]),
    ).toEqual([
      [29, '0'],
      [28, '1'],
      [27, undefined],
      [25, '2'],
    ]);
  });
});

describe('history', () => {
  test('lists versions newest first with their keys; choosing one asks for it', () => {
    const onMoment = vi.fn();
    const more = vi.fn();
    const versions = [
      version(2, [
        { key: 'colour', from: '"a"', to: '"b"' },
        { key: 'price', from: null, to: '1' },
      ]),
      version(1, [{ key: 'colour', from: null, to: '"a"' }], { source: 'api', author: CRM }),
    ];
    card = mountCard('{"colour":"b","price":1}', { history: history(versions, { complete: false, more }), onMoment });
    card.click(card.button('History'));
    const lines = [...card.element.querySelectorAll('[data-version]')].map((line) => line.textContent);
    expect(lines[0]).toMatch(/^\d\d:\d\d · page · Colour, Price$/);
    expect(lines[1]).toMatch(/^\d\d:\d\d · program · Colour$/);
    card.click(card.button('Show earlier versions'));
    expect(more).toHaveBeenCalledOnce();
    card.click(card.element.querySelector('[data-version="1"]'));
    expect(onMoment).toHaveBeenCalledWith(versions[1]);
    expect(card.element.querySelectorAll('[data-versions]').length).toBe(0);
  });
  test('says when it cannot be loaded, and tries again', () => {
    const open = vi.fn();
    card = mountCard('{"a":1}', { history: history([], { phase: 'failed', open }) });
    card.click(card.button('History'));
    expect(card.element.textContent).toContain('The history could not be loaded.');
    card.click(card.button('Try again'));
    expect(open).toHaveBeenCalledTimes(2);
  });
});

describe('another time', () => {
  const moment = (parts: Partial<Moment> = {}): Moment => ({
    position: 4,
    at: new Date().setHours(14, 2),
    version: 1,
    text: '{"colour":"Sand"}',
    failed: false,
    ...parts,
  });
  test('shows what stood then, without marks, and stays so whatever comes', () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const onNow = vi.fn();
    card = mountCard('{"colour":"Red"}', { baseline: '{"colour":"Blue"}', onNow });
    const said = () => [...(card?.element.querySelectorAll('[aria-live]') ?? [])].at(-1)?.textContent;
    card.update({ moment: moment() });
    const band = () => card?.element.querySelector('[data-moment-band]')?.textContent;
    expect(band()).toBe('As of 14:02 · nothing newerBack to now');
    expect(card.row('colour')?.textContent).toBe('ColourSand');
    expect(card.element.querySelectorAll('[data-changed], [data-changes-band]').length).toBe(0);
    card.show('{"colour":"Green"}');
    card.show('{"colour":"White"}');
    expect(card.row('colour')?.textContent).toBe('ColourSand');
    expect(band()).toBe('As of 14:02 · 2 newer changesBack to now');
    act(() => void vi.advanceTimersByTime(6000));
    expect(said()).toBe('');
    card.click(card.button('Back to now'));
    expect(onNow).toHaveBeenCalledOnce();
    card.update({ moment: null });
    expect(card.row('colour')?.textContent).toContain('White');
    expect(card.row('colour')?.textContent).toContain('was Blue');
    vi.useRealTimers();
  });
  test('is waited for, may be empty, may fail', () => {
    card = mountCard('{"colour":"Red"}', { moment: moment({ text: null }) });
    expect(card.row('colour') === undefined).toBe(true);
    expect(card.element.textContent).toContain('Loading context');
    card.update({ moment: moment({ text: '{}' }) });
    expect(card.element.textContent).toContain('Nothing was known then.');
    card.update({ moment: moment({ text: null, failed: true }) });
    expect(card.element.textContent).toContain('Context could not be loaded');
    expect(card.button('Back to now') !== undefined).toBe(true);
  });
  test('Escape goes back to now before it leaves', () => {
    const onNow = vi.fn();
    const onLeave = vi.fn();
    card = mountCard('{"colour":"Red"}', { moment: moment(), onNow, onLeave });
    card.row('colour')?.querySelector('button')?.focus();
    card.press('Escape');
    expect(onNow).toHaveBeenCalledOnce();
    expect(onLeave).not.toHaveBeenCalled();
  });
});

describe('pins', () => {
  const order = () =>
    [...(card?.element.querySelectorAll('[data-row]') ?? [])].map((row) => row.getAttribute('data-path'));
  const pins = (paths: string[], kept = true) => ({ paths, set: vi.fn(async () => kept) });
  test('pinned rows come first; a fact of the top moves there, a deeper one stands in both places', () => {
    card = mountCard('{"a":1,"b":2,"o":{"x":1,"p":{"q":1}}}', { pins: pins(['o.x', 'b', 'nowhere', 'o.p']) });
    expect(order()).toEqual(['o.x', 'b', 'o.p', 'a', 'o', 'o.x', 'o.p']);
    expect(card.element.querySelector('[data-pins]')?.textContent).toContain('O › X');
    card.click(card.element.querySelector('[data-pins] [data-path="o.p"] [data-stop]'));
    expect(card.element.querySelector('[aria-current]')?.textContent).toBe('P');
  });
  test('p pins and takes away; the button in the details does too', async () => {
    const kept = pins(['b']);
    card = mountCard('{"a":1,"b":2}', { pins: kept });
    card.row('a')?.querySelector('button')?.focus();
    card.press('p');
    expect(kept.set).toHaveBeenLastCalledWith(['b', 'a']);
    card.row('b')?.querySelector('button')?.focus();
    card.press('p');
    expect(kept.set).toHaveBeenLastCalledWith([]);
    card.click(card.row('a')?.querySelector('[data-stop]'));
    card.click([...card.element.querySelectorAll('[data-details] button')].at(-1));
    expect(kept.set).toHaveBeenLastCalledWith(['b', 'a']);
    await act(async () => undefined);
    expect(card.element.textContent).toContain('Pinned for all agents');
  });
  test('says when a pin was not kept, and that twelve are enough', async () => {
    card = mountCard('{"a":1}', { pins: pins([], false) });
    const press = async () => {
      card?.row('a')?.querySelector('button')?.focus();
      card?.press('p');
      await act(async () => undefined);
    };
    await press();
    expect(card.element.textContent).toContain('The pin could not be kept');
    const full = pins(Array.from({ length: 12 }, (_, at) => `k${at}`));
    card.update({ pins: full });
    await press();
    expect(card.element.textContent).toContain('There are 12 pins already');
    expect(full.set).not.toHaveBeenCalled();
  });
});
