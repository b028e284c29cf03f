// Finds a Chromium for the page's tests; without one they are skipped, with the reason printed.
import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const candidates = [
  process.env.STOCKPULSE_CHROMIUM ?? '',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
];

export const chromiumPath = candidates.find((path) => path !== '' && existsSync(path)) ?? null;

export const whyNoBrowser =
  'no Chromium found: set STOCKPULSE_CHROMIUM to one, or install the package chromium';

export async function launchChromium(): Promise<Browser> {
  if (chromiumPath === null) throw new Error(whyNoBrowser);
  return chromium.launch({
    executablePath: chromiumPath,
    // Only our own page on loopback is opened; as root Chromium has no sandbox.
    args: ['--no-sandbox', '--no-proxy-server'],
  });
}
