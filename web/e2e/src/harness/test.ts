import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { test as base, inject } from 'vitest';
import { Beckon, type BeckonOptions } from './beckon';
import { Cable } from './cable';
import { Site } from './site';
import { SocketAgent } from './socket_agent';
import { Watch } from './watch';

export interface AgentOptions extends BrowserContextOptions {
  email?: string;
  name?: string;
  role?: 'admin' | 'supervisor' | 'agent';
  /** Another server than that of the file. */
  beckon?: Beckon;
}

const PASSWORD = 'correct horse battery staple';
/** How long a page may take to do what a test waits for: a guard, not a measurement. */
const ACTION_MS = 15_000;

interface Fixtures {
  $file: {
    browser: Browser;
    /** The server of this test file. */
    beckon: Beckon;
    /** The customer's site of this test file. */
    site: Site;
    /** An agent without a screen on the file's server. */
    colleague: SocketAgent;
  };
  $test: {
    /** A server of this test only, for tests that stop, kill or configure it. */
    ownBeckon: (options?: BeckonOptions) => Promise<Beckon>;
    /** A server of this test only that browsers reach through a network that can be cut, at `cable.origin`. */
    cabledBeckon: (options?: BeckonOptions) => Promise<{ beckon: Beckon; cable: Cable }>;
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
  colleague: [
    async ({ beckon }, use) => {
      const colleague = await SocketAgent.signIn(beckon, 'Mila');
      await use(colleague);
      colleague.leave();
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
  cabledBeckon: async ({ ownBeckon }, use) => {
    const laid: Cable[] = [];
    await use(async ({ args = [], ...options } = {}) => {
      const cable = await Cable.lay();
      laid.push(cable);
      const beckon = await ownBeckon({ ...options, args: [...args, '--public-url', cable.origin] });
      cable.leadTo(beckon.port);
      return { beckon, cable };
    });
    for (const cable of laid) await cable.dispose();
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
    await use(async ({ email, name, role, beckon: server = beckon, ...options } = {}) => {
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
      await server.admin([...args, '--password-stdin'], `${PASSWORD}\n`);
      const page = await newVisitor({ viewport: { width: 1440, height: 900 }, ...options });
      const answer = await page.context().request.post(`${server.origin}/console/1/session`, {
        data: { email: address, password: PASSWORD },
        headers: { origin: server.origin },
      });
      if (answer.status() !== 200) throw new Error(`sign-in answered ${answer.status()}: ${await answer.text()}`);
      await page.goto(`${server.origin}/console/`);
      return page;
    });
  },
});
