import type { FrameLocator, Page } from 'playwright-core';

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

/** Writes and sends a message as a visitor; the window must be open on a thread. */
export async function say(page: Page, text: string): Promise<void> {
  await chat(page).locator('.ib-widget-message-input').fill(text);
  await chat(page).locator('[data-testid="input-submit"]').click();
}
