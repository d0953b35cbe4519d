import type { Frame, FrameLocator, Page } from 'playwright-core';
import { expect } from 'vitest';
import type { Beckon } from './beckon';
import { conversationWith } from './conversations';

/** What a command's callback was given. */
export interface Outcome {
  error?: { code: number; name: string; message: string };
  result?: {
    pending: boolean;
    conversations: { threadId: string; conversationId: string; version: number }[];
    ignored: { key: string; reason: string }[];
  };
}

/** Calls `liveChat` as the site's code does and waits for its callback. */
export function liveChat(page: Page, command: string, argument?: unknown): Promise<Outcome> {
  return page.evaluate(
    ([name, value]) =>
      new Promise<Outcome>((resolve) => {
        const callback = (error: Outcome['error'], result: Outcome['result']) =>
          resolve({ ...(error ? { error } : {}), ...(result ? { result } : {}) });
        const call = (window as unknown as { liveChat: (...values: unknown[]) => void }).liveChat;
        if (value === undefined) call(name, callback);
        else call(name, value, callback);
      }),
    [command, argument] as const,
  );
}

/** The inside of the widget's iframe. */
export function chat(page: Page): FrameLocator {
  return page.frameLocator('#ib-iframe-messaging');
}

/** The same as a frame, which axe needs. */
export async function chatFrame(page: Page): Promise<Frame> {
  const frame = await (await page.locator('#ib-iframe-messaging').elementHandle())?.contentFrame();
  if (!frame) throw new Error('the chat is not loaded');
  return frame;
}

/** Writes and sends a message as a visitor; the window must be open on a thread. */
export async function say(page: Page, text: string): Promise<void> {
  await chat(page).locator('.ib-widget-message-input').fill(text);
  await chat(page).locator('[data-testid="input-submit"]').click();
}

/** The messages on the visitor's screen, top to bottom. */
export function shown(page: Page): Promise<string[]> {
  return chat(page).getByRole('log').locator('.ib-widget-message-text').allTextContents();
}

/** Scrolls the messages of the open thread as a reader does; the chat knows of it when this resolves. */
export function scrollLog(page: Page, top: number): Promise<void> {
  return chat(page)
    .getByRole('log')
    .evaluate(
      (box, to) =>
        new Promise<void>((resolve) => {
          box.addEventListener('scroll', () => resolve(), { once: true });
          box.scrollTo(0, to);
        }),
      top,
    );
}

/** What browsers tell a page when the network has come back: it need not wait for its own next try. */
export async function networkIsBack(page: Page): Promise<void> {
  for (const frame of page.frames()) await frame.evaluate(() => window.dispatchEvent(new Event('online')));
}

/** Calls `send_contextual_data` and returns its result; an error fails the test. */
export async function send(
  page: Page,
  metadata: Record<string, unknown>,
  multiThreadStrategy?: 'ACTIVE' | 'ALL' | 'ALL_PLUS_NEW',
): Promise<NonNullable<Outcome['result']>> {
  const argument = { metadata, ...(multiThreadStrategy ? { multiThreadStrategy } : {}) };
  const { error, result } = await liveChat(page, 'send_contextual_data', argument);
  expect(error).toBeUndefined();
  if (!result) throw new Error('send_contextual_data called back without a result');
  return result;
}

/** Begins a new conversation with `text` as a visitor and returns its id once it is stored. The window is left open on it. */
export async function startThread(page: Page, beckon: Beckon, text: string): Promise<string> {
  expect((await liveChat(page, 'open_new_thread')).error).toBeUndefined();
  expect((await liveChat(page, 'open')).error).toBeUndefined();
  await say(page, text);
  return conversationWith(beckon, text);
}

/** Whether the chat window is on screen. */
export function windowIsOpen(page: Page): Promise<boolean> {
  return page.locator('#ib-iframe-messaging').isVisible();
}

/** Writes with the keyboard, one Enter a message, as fast as the page takes it. */
export async function typeEach(page: Page, texts: string[]): Promise<void> {
  await chat(page)
    .locator('.ib-widget-message-input')
    .evaluate(async (input, lines) => {
      const area = input as HTMLTextAreaElement;
      const set = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(area), 'value')?.set;
      for (const line of lines) {
        set?.call(area, line);
        area.dispatchEvent(new Event('input', { bubbles: true }));
        await new Promise((resolve) => setTimeout(resolve));
        area.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true }));
        await new Promise((resolve) => setTimeout(resolve));
      }
    }, texts);
}

/** `name 1`, `name 2` and so on. */
export const numbered = (name: string, count: number) => Array.from({ length: count }, (_, at) => `${name} ${at + 1}`);
