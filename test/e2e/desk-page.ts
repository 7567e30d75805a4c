import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { type Browser, chromium, type Page } from 'playwright-core'
import { chromiumFlags, findChromium } from './chromium.ts'
import { type Host, longestMs } from './host.ts'

/** A browser without a screen. Throws where this machine has none. */
export function launchBrowser(): Promise<Browser> {
  const executablePath = findChromium()
  if (executablePath === undefined) throw new Error('There is no Chromium on this machine; PARLEY_CHROMIUM names one.')
  return chromium.launch({ executablePath, args: chromiumFlags })
}

/** A page of the desk as a trader has it open, and what it complained of. */
export interface DeskPage {
  readonly page: Page
  /** Errors thrown, and whatever was written to the console as one. */
  readonly complaints: readonly string[]
}

/** Opens the desk with the address that lets a browser in, each page with cookies of its own. */
export async function openDesk(browser: Browser, host: Host, hash = ''): Promise<DeskPage> {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
  page.setDefaultTimeout(longestMs)
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text())
  })
  await page.goto(`${host.address}${hash}`)
  await page
    .getByText('ACTIVE', { exact: true })
    .or(page.getByText('HALTED', { exact: true }))
    .first()
    .waitFor()
  return { page, complaints }
}

/** Keeps a picture of a moment where PARLEY_PICTURES names a folder. */
export async function picture(page: Page, name: string): Promise<void> {
  const folder = process.env['PARLEY_PICTURES']
  if (folder === undefined) return
  mkdirSync(folder, { recursive: true })
  // What opens has faded in by then.
  await page.waitForTimeout(200)
  await page.screenshot({ path: join(folder, `e2e-${name}.png`) })
}

export const decideButton = (page: Page) => page.getByRole('button', { name: 'Decide', exact: true })
export const stopButton = (page: Page) => page.getByRole('button', { name: /^STOP/ })
export const messageList = (page: Page) => page.getByRole('log', { name: 'Messages' })
export const steps = (page: Page, state: string) =>
  page.getByLabel('Steps of the plan').getByLabel(state, { exact: true })
