import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { RunOptions } from 'axe-core';
import type { Frame, Page } from 'playwright-core';
import { afterAll, expect, vi } from 'vitest';
import { accessibilityFaults, type Part } from './accessibility';
import { type Place, STATES, type State } from './states';

/** For a test that goes through many states, and takes pictures: a guard against hanging, far above what it takes. */
const TOUR_MS = 600_000;

/** Where pictures of every state go; without it none are taken. See README. */
const PICTURES = process.env.BECKON_TOUR_PICTURES;
const SIZES = [
  { width: 1440, height: 900 },
  { width: 1024, height: 768 },
  { width: 390, height: 844 },
] as const;
/** What is on the page is the same in the dark; only what depends on colour is looked at again. */
const IN_THE_DARK: RunOptions = { runOnly: { type: 'rule', values: ['color-contrast', 'link-in-text-block'] } };

export interface TourOptions {
  /** Sets a tour apart from another of the same place, as a language does. */
  variant?: string;
  /** What axe looks at; the whole page if left out. */
  part?: Part;
  /** Pictures are taken at these widths only: at others states do not exist, or do not survive a resize. */
  widths?: readonly number[];
}

export interface LookOptions {
  /** What axe looks at in place of the page: the inside of the widget. */
  frame?: Frame;
  /** In place of those of the tour. */
  widths?: readonly number[];
}

/**
 * Goes through every state of a place: axe looks at each in light and dark and, when asked for, pictures are taken. Made at the top of a
 * test file, which fails in the end when a state was left out.
 */
export class Tour<P extends Place> {
  private readonly seen = new Set<string>();

  constructor(
    private readonly place: P,
    private readonly options: TourOptions = {},
  ) {
    vi.setConfig({ testTimeout: TOUR_MS });
    afterAll(({}, { tasks }) => {
      // A tour that broke off has failed, and said why: what it did not come to is no news.
      if (!tasks.some(({ result }) => result?.state === 'fail')) this.finish();
    });
  }

  /** Looks at the state that is on screen now. Faults fail the test at its end, so that one run tells all of them. */
  async look(page: Page, state: State<P>, { frame, widths = this.options.widths }: LookOptions = {}): Promise<void> {
    this.seen.add(state);
    for (const colorScheme of ['light', 'dark'] as const) {
      // Nothing moves, so that no colour is measured on its way to another.
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      const faults = await accessibilityFaults(
        frame ?? page,
        colorScheme === 'dark' ? IN_THE_DARK : {},
        this.options.part,
      );
      const where = [this.place, this.options.variant, state, colorScheme].filter(Boolean).join(' · ');
      expect.soft(faults, where).toEqual([]);
    }
    if (PICTURES !== undefined) await this.picture(page, state, widths);
    await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
  }

  /** Fails when there is a state of the place that was not looked at. */
  private finish(): void {
    expect(STATES[this.place].filter((state) => !this.seen.has(state))).toEqual([]);
  }

  private async picture(page: Page, name: string, widths?: readonly number[]): Promise<void> {
    const folder = join(PICTURES ?? '', this.place, this.options.variant ?? '');
    mkdirSync(folder, { recursive: true });
    const before = page.viewportSize();
    for (const size of SIZES) {
      if (widths && !widths.includes(size.width)) continue;
      if (before?.width !== size.width) await page.setViewportSize(size);
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        const file = `${name.replace(/[^\w-]+/g, '-')}-${size.width}-${colorScheme}.png`;
        await page.screenshot({ path: join(folder, file), animations: 'disabled', caret: 'hide' });
      }
      if (before && before.width !== size.width) await page.setViewportSize(before);
    }
  }
}
