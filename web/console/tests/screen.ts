import { createElement, render } from 'preact';
import { act } from 'preact/test-utils';
import { expect, vi } from 'vitest';
import { App } from '../src/app';
import { resumeSession, session } from '../src/session';

// happy-dom draws no top layer; what is inside a popover is simply there.
HTMLElement.prototype.hidePopover ??= () => undefined;

/** Opens the console at an address, as a browser that was just started would. */
export async function openConsole(hash = ''): Promise<void> {
  close();
  session.value = { state: 'unknown' };
  location.hash = hash;
  dispatchEvent(new Event('hashchange'));
  const place = document.createElement('div');
  document.body.append(place);
  await act(() => render(createElement(App, {}), place));
  await resumeSession();
}

/** Takes the console off the page. */
export function close(): void {
  for (const place of document.body.querySelectorAll(':scope > div')) {
    act(() => render(null, place));
    place.remove();
  }
}

/** All that can be read on the page. */
export function page(): string {
  return document.body.textContent ?? '';
}

/** Waits until a text is on the page. */
export async function see(text: string): Promise<void> {
  await vi.waitFor(() => expect(page()).toContain(text));
}

/** Waits until a text is no longer on the page. */
export async function seeNo(text: string): Promise<void> {
  await vi.waitFor(() => expect(page()).not.toContain(text));
}

/** The button or link with this name. */
export function control(name: string): HTMLElement {
  const found = [...document.querySelectorAll<HTMLElement>('button, a')].filter(
    (element) => (element.getAttribute('aria-label') ?? element.textContent?.trim()) === name,
  );
  const [first] = found;
  if (!first) throw new Error(`no control named ${name} in: ${page()}`);
  return first;
}

export async function press(name: string): Promise<void> {
  // A dialog is drawn a moment before it is open, and one that is not yet open cannot be closed.
  const dialog = control(name).closest('dialog');
  if (dialog) await vi.waitFor(() => expect(dialog.open).toBe(true));
  await act(() => control(name).click());
}

/** Types into a field, by its name or, without one, the composer. */
export async function type(text: string, name?: string): Promise<void> {
  const field = document.querySelector<HTMLInputElement | HTMLTextAreaElement>(name ? `[name=${name}]` : 'textarea');
  if (!field) throw new Error(`no field ${name ?? 'to write in'} in: ${page()}`);
  await act(() => {
    field.value = text;
    field.dispatchEvent(new Event('input', { bubbles: true }));
  });
}

/** Presses a key in the composer. */
export function key(init: KeyboardEventInit): Promise<void> {
  return act(() => {
    document
      .querySelector('textarea')
      ?.dispatchEvent(new KeyboardEvent('keydown', { bubbles: true, cancelable: true, ...init }));
  });
}

export function submit(): Promise<void> {
  return act(() => {
    document.querySelector('form')?.dispatchEvent(new SubmitEvent('submit', { bubbles: true, cancelable: true }));
  });
}
