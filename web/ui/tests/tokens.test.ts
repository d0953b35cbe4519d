import { describe, expect, test } from 'vitest';
import { contrast } from '../src/contrast';
import source from '../src/tokens.css?raw';

const css = source.replace(/\/\*[\s\S]*?\*\//g, '');

/** The custom properties of the rule with this selector, by name without the prefix. */
function rule(selector: string): Record<string, string> {
  const start = css.indexOf(`${selector} {`);
  expect(start, selector).toBeGreaterThanOrEqual(0);
  const body = css.slice(css.indexOf('{', start) + 1, css.indexOf('}', start));
  return Object.fromEntries([...body.matchAll(/--bk-([\w-]+):\s*([^;]+);/g)].map((match) => [match[1], match[2]]));
}

const light = rule(':root,\n[data-theme="light"]');
const dark = rule('\n[data-theme="dark"]');
const system = rule(':root:not([data-theme="light"])');

/** Token, then its least contrast on surface and on ground, as the design promises. */
const promised: [string, Record<string, string>, [string, number, number][]][] = [
  [
    'light',
    light,
    [
      ['edge', 4.2, 3.8],
      ['text', 16.5, 15.0],
      ['muted', 6.4, 5.8],
      ['accent', 7.5, 6.8],
      ['signal', 5.5, 5.0],
      ['danger', 6.9, 6.3],
    ],
  ],
  [
    'dark',
    dark,
    [
      ['edge', 3.8, 4.1],
      ['text', 13.9, 15.0],
      ['muted', 6.8, 7.3],
      ['accent', 9.0, 9.7],
      ['signal', 8.3, 8.9],
      ['danger', 8.0, 8.6],
    ],
  ],
];

/** The design is written to one decimal, so that is its grain. */
const GRAIN = 0.1;

describe.each(promised)('%s', (_, theme, rows) => {
  test.each(rows)('%s keeps its contrast', (token, onSurface, onGround) => {
    expect(contrast(theme[token] ?? '', theme.surface ?? '')).toBeGreaterThan(onSurface - GRAIN);
    expect(contrast(theme[token] ?? '', theme.ground ?? '')).toBeGreaterThan(onGround - GRAIN);
  });

  test('text on accent, on hovered accent, on notes and on tints can be read', () => {
    const pairs: [string, string, number][] = [
      ['on-accent', 'accent', 7.5],
      ['on-accent', 'accent-hover', 7.5],
      ['text', 'note', 11.2],
      ['text', 'sunken', 7],
      ['muted', 'sunken', 4.5],
      ['text', 'accent-tint', 7],
      ['muted', 'accent-tint', 4.5],
      ['signal', 'signal-tint', 4.5],
      ['danger', 'danger-tint', 4.5],
    ];
    for (const [front, back, least] of pairs) {
      const ratio = contrast(theme[front] ?? '', theme[back] ?? '');
      expect(ratio, `${front} on ${back}`).toBeGreaterThan(least - GRAIN);
    }
  });
});

test('dark by system and dark by choice are the same dark', () => {
  expect(system).toEqual(dark);
});

test('every colour of the light theme has a dark one', () => {
  const colours = Object.keys(light).filter((name) => /^#/.test(light[name] ?? ''));
  expect(colours.filter((name) => dark[name] === undefined)).toEqual([]);
});
