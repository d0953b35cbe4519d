import type { Page } from 'playwright-core';

const HIDDEN = 'test:hidden';

/**
 * A browser without a screen shows every tab. From the next page on, this one is looked at or not as `look` says, in all its frames; `hidden`: it is
 * opened in the background.
 */
export async function watchable(page: Page, hidden = false): Promise<void> {
  await page.addInitScript(
    ([key, first]) => {
      const isHidden = () => {
        try {
          return (sessionStorage.getItem(key) ?? first) === 'yes';
        } catch {
          return first === 'yes';
        }
      };
      Object.defineProperty(Document.prototype, 'visibilityState', { get: () => (isHidden() ? 'hidden' : 'visible') });
      Object.defineProperty(Document.prototype, 'hidden', { get: isHidden });
    },
    [HIDDEN, hidden ? 'yes' : 'no'] as const,
  );
}

/** The tab is looked at, or left. */
export async function look(page: Page, visible: boolean): Promise<void> {
  for (const frame of page.frames()) {
    await frame.evaluate(
      ([key, value]) => {
        sessionStorage.setItem(key, value);
        document.dispatchEvent(new Event('visibilitychange'));
      },
      [HIDDEN, visible ? 'no' : 'yes'] as const,
    );
  }
}
