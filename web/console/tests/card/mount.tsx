import { render } from 'preact';
import { act } from 'preact/test-utils';
import { ContextCard, type ContextCardProps } from '../../src/card/context_card';

/** A card in the page and the ways a person has with it. */
export interface MountedCard {
  readonly element: HTMLElement;
  update(changes: Partial<ContextCardProps>): void;
  show(text: string): void;
  press(key: string, options?: KeyboardEventInit): void;
  click(target: Element | null | undefined): void;
  button(name: string | RegExp): HTMLButtonElement | undefined;
  row(path: string): HTMLElement | undefined;
  unmount(): void;
}

export function mountCard(text: string | null, changes: Partial<ContextCardProps> = {}): MountedCard {
  const element = document.createElement('div');
  document.body.append(element);
  let version = 1;
  let props: ContextCardProps = {
    context: text === null ? null : { text, version, updatedAt: new Date(Date.now() - 12_000).toISOString() },
    state: 'ready',
    conversationId: 'c-1',
    allowedImageOrigins: [],
    baseUrl: window.location.origin,
    howToHref: '/docs/context',
    locale: 'en-GB',
    onRetry: () => undefined,
    ...changes,
  };
  const draw = () => act(() => render(<ContextCard {...props} />, element));
  draw();
  const buttons = () => [...element.querySelectorAll('button')];
  return {
    element,
    update(next) {
      props = { ...props, ...next };
      draw();
    },
    show(next) {
      version += 1;
      props = { ...props, context: { text: next, version, updatedAt: new Date().toISOString() } };
      draw();
    },
    press(key, options = {}) {
      const target = document.activeElement ?? element;
      act(() => {
        target.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...options }));
      });
    },
    click(target) {
      act(() => {
        if (target instanceof HTMLElement) target.click();
      });
    },
    button: (name) =>
      buttons().find((found) => {
        const label = found.getAttribute('aria-label') ?? found.textContent ?? '';
        return typeof name === 'string' ? label === name : name.test(label);
      }),
    row: (path) =>
      [...element.querySelectorAll<HTMLElement>('[data-row]')].find((row) => row.getAttribute('data-path') === path),
    unmount() {
      act(() => render(null, element));
      element.remove();
    },
  };
}
