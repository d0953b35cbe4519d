import { render } from 'preact';
import { expect, it } from 'vitest';
import guide from '../../../docs/context-api.md?raw';
import { blocks, inline, Markdown } from '../src/markdown';

function drawn(text: string): HTMLElement {
  const place = document.createElement('div');
  render(<Markdown text={text} />, place);
  return place;
}

it('reads the blocks that our guides are made of', () => {
  const text =
    '# Title\n\nOne\ntwo\n\n```js\nliveChat();\n```\n- a\n  more\n- b\n\n| x | y |\n|---|---|\n| 1 | `a \\| b` |\n';
  expect(blocks(text)).toEqual([
    { kind: 'heading', level: 1, text: 'Title' },
    { kind: 'paragraph', text: 'One two' },
    { kind: 'code', text: 'liveChat();' },
    { kind: 'list', items: ['a more', 'b'] },
    {
      kind: 'table',
      rows: [
        ['x', 'y'],
        ['1', '`a | b`'],
      ],
    },
  ]);
});

it('keeps markup as text, and only addresses of the web as links', () => {
  const place = document.createElement('div');
  render(
    <p>
      {inline('<img src=x onerror=alert(1)> [a](javascript:x) [b](https://b.example) **c** `d` *e `f`* 2 * 3 * 4 *g')}
    </p>,
    place,
  );
  expect(place.querySelector('img')).toBeNull();
  expect([...place.querySelectorAll('a')].map((link) => link.getAttribute('href'))).toEqual(['https://b.example']);
  expect(place.textContent).toBe('<img src=x onerror=alert(1)> a b c d e f 2 * 3 * 4 *g');
  expect([...place.querySelectorAll('em')].map(({ textContent }) => textContent)).toEqual(['e f']);
});

it('draws the guide to context whole', () => {
  const place = drawn(guide);
  expect(place.querySelectorAll('table').length).toBeGreaterThanOrEqual(3);
  expect(place.querySelectorAll('pre').length).toBeGreaterThanOrEqual(3);
  expect(place.textContent).not.toMatch(/^\||```|\*/m);
});
