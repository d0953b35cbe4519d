import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where the one Chromium of this run listens for the test files. */
    browserEndpoint: string;
  }
}

const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** Without anything that talks to the outside. */
export const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // In place of playwright's own list, which names ThirdPartyStoragePartitioning: with that feature off, a frame of
  // another site, as the widget's is, has no storage at all, and people's browsers have it on.
  '--disable-features=HttpsUpgrades,HttpsFirstBalancedModeAutoEnable,MediaRouter,OptimizationHints,PaintHolding,DestroyProfileOnBrowserClose',
];

/** The path of Chromium. */
export function executable(): string {
  const path = process.env.BECKON_CHROMIUM ?? places.find((place) => existsSync(place));
  if (!path) {
    throw new Error('No Chromium found: install it (cargo xtask test says how) or set BECKON_CHROMIUM to its path.');
  }
  return path;
}

/** Starts one Chromium for the whole run; each test file connects to it and each person gets a context of their own. */
export default async function launch(project: TestProject): Promise<() => Promise<void>> {
  const server = await chromium.launchServer({ executablePath: executable(), headless: true, args });
  project.provide('browserEndpoint', server.wsEndpoint());
  return () => server.close();
}
