import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { test as base, inject } from 'vitest';
import { Beckon, type BeckonOptions } from './beckon';
import { Site } from './site';
import { Watch } from './watch';

export interface AgentOptions extends BrowserContextOptions {
  email?: string;
  name?: string;
  role?: 'admin' | 'supervisor' | 'agent';
}

const PASSWORD = 'correct horse battery staple';
/** How long a page may take to do what a test waits for: a guard, not a measurement. */
const ACTION_MS = 20_000;

interface Fixtures {
  $file: {
    browser: Browser;
    /** The server of this test file. */
    beckon: Beckon;
    /** The customer's site of this test file. */
    site: Site;
  };
  $test: {
    /** A server of this test only, for tests that stop, kill or configure it. */
    ownBeckon: (options?: BeckonOptions) => Promise<Beckon>;
    /** Everything that pages complain about fails the test, unless it is named here. */
    watch: Watch;
    /** A browser of a new visitor: its own storage. */
    newVisitor: (options?: BrowserContextOptions) => Promise<Page>;
    /** A browser with the console open and a new agent signed in; by default an admin. */
    newAgent: (options?: AgentOptions) => Promise<Page>;
  };
}

let agents = 0;

export const test = base.extend<Fixtures>({
  browser: [
    async ({}, use) => {
      const browser = await chromium.connect(inject('browserEndpoint'));
      await use(browser);
      await browser.close();
    },
    { scope: 'file' },
  ],
  beckon: [
    async ({}, use) => {
      const beckon = await Beckon.start();
      await use(beckon);
      await beckon.dispose();
    },
    { scope: 'file' },
  ],
  site: [
    async ({}, use) => {
      const site = await Site.start();
      await use(site);
      await site.dispose();
    },
    { scope: 'file' },
  ],
  ownBeckon: async ({}, use) => {
    const started: Beckon[] = [];
    await use(async (options) => {
      const beckon = await Beckon.start(options);
      started.push(beckon);
      return beckon;
    });
    for (const beckon of started) await beckon.dispose();
  },
  watch: async ({ task }, use) => {
    const watch = new Watch();
    await use(watch);
    const unexpected = await watch.close(`${task.file.name} ${task.name}`, task.result?.state === 'fail');
    if (unexpected.length > 0) throw new Error(`pages complained:\n${unexpected.join('\n')}`);
  },
  newVisitor: async ({ browser, watch }, use) => {
    await use(async (options) => {
      const context = await browser.newContext(options);
      context.setDefaultTimeout(ACTION_MS);
      await watch.add(context);
      return context.newPage();
    });
  },
  newAgent: async ({ beckon, newVisitor }, use) => {
    await use(async ({ email, name, role, ...options } = {}) => {
      agents += 1;
      const address = email ?? `agent${agents}-${process.pid}@example.com`;
      const args = [
        'agent',
        'create',
        '--email',
        address,
        '--name',
        name ?? `Agent ${agents}`,
        '--role',
        role ?? 'admin',
      ];
      await beckon.admin([...args, '--password-stdin'], `${PASSWORD}\n`);
      const page = await newVisitor({ viewport: { width: 1440, height: 900 }, ...options });
      const answer = await page.context().request.post(`${beckon.origin}/console/1/session`, {
        data: { email: address, password: PASSWORD },
        headers: { origin: beckon.origin },
      });
      if (answer.status() !== 200) throw new Error(`sign-in answered ${answer.status()}: ${await answer.text()}`);
      await page.goto(`${beckon.origin}/console/`);
      return page;
    });
  },
});
