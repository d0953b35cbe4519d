import { type Browser, chromium } from 'playwright-core';

/** Debian's Chromium, without anything that talks to the outside. */
export function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env.BECKON_CHROMIUM ?? '/usr/bin/chromium',
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      // In place of playwright's own list, which would take the widget's storage away: it is a frame of another site.
      '--disable-features=HttpsUpgrades,MediaRouter,OptimizationHints,PaintHolding,DestroyProfileOnBrowserClose',
    ],
  });
}
