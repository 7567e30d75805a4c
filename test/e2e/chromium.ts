import { existsSync } from 'node:fs'
import { chromium } from 'playwright-core'

/** A Chromium or Chrome on this machine: PARLEY_CHROMIUM, the system's, or Playwright's own; undefined without one. */
export function findChromium(): string | undefined {
  const candidates = [
    process.env['PARLEY_CHROMIUM'],
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
    chromium.executablePath(),
  ]
  return candidates.find((path) => path !== undefined && path !== '' && existsSync(path))
}

/** Quiet, without a screen, and able to run as root in a container. */
export const chromiumFlags = [
  '--headless=new',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]
