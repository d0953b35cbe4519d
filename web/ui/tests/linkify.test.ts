import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { linkify, safeHref } from '../src/linkify';

const links = (text: string) => linkify(text).filter((part) => part.href !== undefined);

describe('linkify', () => {
  test('finds addresses and leaves the sentence its full stop', () => {
    expect(links('See https://a.example/x?y=1, or write to m.k@shop.example.')).toEqual([
      { text: 'https://a.example/x?y=1', href: 'https://a.example/x?y=1' },
      { text: 'm.k@shop.example', href: 'mailto:m.k@shop.example' },
    ]);
    expect(links('(https://a.example/wiki_(car))').map((part) => part.text)).toEqual(['https://a.example/wiki_(car)']);
    expect(links('(see https://a.example/)').map((part) => part.text)).toEqual(['https://a.example/']);
    expect(links('tel:+385123456').map((part) => part.href)).toEqual(['tel:+385123456']);
  });

  test.each(['javascript:alert(1)', 'data:text/html,<b>x</b>', 'vbscript:x', 'file:///etc/passwd', 'JaVaScRiPt:x'])(
    'never links %s',
    (address) => {
      expect(safeHref(address)).toBeUndefined();
      expect(links(address)).toEqual([]);
    },
  );

  test('loses no character, and every link has one of four schemes', () => {
    const fragment = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(
        'https://a.example/',
        'http://',
        'mailto:',
        'tel:1',
        'a@b.c',
        'javascript:',
        ')',
        '.',
        '<img src=x>',
        ' ',
      ),
    );
    fc.assert(
      fc.property(fc.array(fragment), (fragments) => {
        const text = fragments.join('');
        const parts = linkify(text);
        expect(parts.map((part) => part.text).join('')).toBe(text);
        for (const part of parts) if (part.href !== undefined) expect(part.href).toMatch(/^(https?|mailto|tel):/);
      }),
    );
  });
});
