import type { Frame, Page } from 'playwright-core';

/** What has the focus, as it is called, after its element's id if it has one; empty when nothing has it. */
export function focused(place: Page | Frame): Promise<string> {
  return place.evaluate(() => {
    const element = document.activeElement;
    if (!element || element === document.body) return '';
    const name = element.getAttribute('aria-label') || element.textContent?.trim() || '';
    return element.id ? `#${element.id} ${name}` : name;
  });
}

/** Presses Tab until what has the focus in `place` is called so; fails when that never comes. */
export async function tabTo(page: Page, wanted: RegExp, place: Page | Frame = page): Promise<void> {
  const passed: string[] = [];
  for (let presses = 0; presses < 40; presses += 1) {
    const here = await focused(place);
    if (wanted.test(here)) return;
    passed.push(here);
    await page.keyboard.press('Tab');
  }
  throw new Error(`Tab never came to ${wanted}; it passed ${passed.join(' | ')}`);
}
