import { type ComponentChild, render } from 'preact';
import { act } from 'preact/test-utils';
import { afterEach, expect, test } from 'vitest';
import * as ui from '../src/index';

const page = document.createElement('div');
document.body.append(page);
const draw = (piece: ComponentChild) => {
  act(() => render(piece, page));
  return page.firstElementChild;
};
afterEach(() => act(() => render(null, page)));

test('every icon is one path in the colour of the text, and is not spoken', () => {
  const icons = Object.entries(ui).filter(([name]) => name.endsWith('Icon'));
  expect(icons.length).toBeGreaterThan(20);
  for (const [name, Icon] of icons) {
    const svg = draw((Icon as typeof ui.CheckIcon)({ size: 16 }));
    expect(svg?.querySelectorAll('path').length, name).toBe(1);
    expect(svg?.getAttribute('fill'), name).toBe('currentColor');
    expect(svg?.getAttribute('aria-hidden'), name).toBe('true');
    expect(svg?.getAttribute('width'), name).toBe('1rem');
  }
});

test('icons that point along the line turn round, others do not', () => {
  expect(draw(<ui.ArrowLeftIcon />)?.classList.contains('bk-mirror')).toBe(true);
  expect(draw(<ui.CheckIcon />)?.classList.contains('bk-mirror')).toBe(false);
});

test('an icon button has a name and a tooltip, and is no submit button', () => {
  const button = draw(
    <ui.IconButton label="Close">
      <ui.XIcon />
    </ui.IconButton>,
  );
  expect(button?.getAttribute('aria-label')).toBe('Close');
  expect(button?.getAttribute('title')).toBe('Close');
  expect(button?.getAttribute('type')).toBe('button');
});

test('the dot says what it means, and a count stops at 99', () => {
  expect(draw(<ui.Dot label="New message" />)?.textContent).toBe('New message');
  const count = draw(<ui.Dot label="120 new messages" count={120} />);
  expect(count?.querySelector('[aria-hidden]')?.textContent).toBe('99+');
});

test('an avatar has initials, or an icon for a bot and for a visitor without a name', () => {
  expect(draw(<ui.Avatar id="a" name="Maja Kovač" />)?.textContent).toBe('MK');
  expect(draw(<ui.Avatar id="a" />)?.querySelector('svg')).not.toBeNull();
  expect(draw(<ui.Avatar id="a" name="Helper" bot />)?.textContent).toBe('');
});

test('the mark carries its dot only when told to', () => {
  expect(draw(<ui.Mark />)?.querySelector('circle')).not.toBeNull();
  expect(draw(<ui.Mark dot={false} />)?.querySelector('circle')).toBeNull();
});

test('plain text stays text, its addresses open outside', () => {
  draw(<p>{<ui.PlainText text={'<b>x</b> see https://a.example/ now'} />}</p>);
  expect(page.textContent).toBe('<b>x</b> see https://a.example/ now');
  expect(page.querySelector('b')).toBeNull();
  expect(page.querySelector('a')?.rel).toBe('noopener noreferrer nofollow');
});
