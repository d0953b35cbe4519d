import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';

/** Where screenshots and traces of failed tests go. */
const evidence = process.env.BECKON_E2E_EVIDENCE ?? join(tmpdir(), 'beckon-e2e-evidence');

/** Listens to every page of a test: what goes wrong in a page fails the test, even if nobody looks at it. */
export class Watch {
  private readonly contexts: BrowserContext[] = [];
  private readonly complaints: string[] = [];
  private readonly expected: RegExp[] = [];

  /** Says that a complaint of a page belongs to the test. */
  expect(complaint: RegExp): void {
    this.expected.push(complaint);
  }

  async add(context: BrowserContext): Promise<void> {
    this.contexts.push(context);
    context.on('weberror', (error) => this.complaints.push(`uncaught: ${error.error().message}`));
    context.on('console', (message) => {
      if (message.type() === 'error') this.complaints.push(`${message.text()} (${message.location().url})`);
    });
    await context.tracing.start({ snapshots: true, sources: false, screenshots: false });
  }

  /** Closes every context; after a failure first keeps a screenshot of each page and a trace. */
  async close(testName: string, failed: boolean): Promise<string[]> {
    const unexpected = this.complaints.filter((complaint) => !this.expected.some((known) => known.test(complaint)));
    const keep = failed || unexpected.length > 0;
    const folder = join(evidence, testName.replace(/[^\w-]+/g, '_').slice(0, 100));
    if (keep) await mkdir(folder, { recursive: true });
    for (const [person, context] of this.contexts.entries()) {
      if (keep) {
        for (const [tab, page] of context.pages().entries())
          await screenshot(page, join(folder, `${person}-${tab}.png`));
        await context.tracing.stop({ path: join(folder, `${person}.zip`) });
      }
      await context.close();
    }
    if (keep) console.log(`screenshots and traces: ${folder}`);
    return unexpected;
  }
}

async function screenshot(page: Page, path: string): Promise<void> {
  try {
    await page.screenshot({ path, timeout: 5_000 });
  } catch {
    // A page that cannot be drawn any more must not hide why the test failed.
  }
}
