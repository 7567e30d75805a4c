import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest'
import { buildPage } from '#test/fakes/page-build.ts'
import { type PageDesk, startPageDesk } from '#test/fakes/page-desk.ts'
import { chromiumFlags, findChromium } from './chromium.ts'
import { longestMs } from './host.ts'

const executablePath = findChromium()
/** True where no browser can show the page: its tests are skipped then. */
export const hasNoBrowser = executablePath === undefined

/**
 * Gives each test of a file the page as it is shipped on a made-up desk of its own, and fails those in which the page
 * complained: of an error thrown, one written to the console, or what its content security policy refused.
 */
export function onMadeUpDesk(begin: (opened: { readonly page: Page; readonly desk: PageDesk }) => unknown): void {
  if (executablePath === undefined) return
  let folder: string
  let browser: Browser
  let page: Page
  let desk: PageDesk
  let complaints: Set<string>

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'parley-page-'))
    await buildPage(folder)
    browser = await chromium.launch({ executablePath, args: chromiumFlags })
  })
  afterAll(async () => {
    await browser?.close()
    await rm(folder, { recursive: true, force: true })
  })

  beforeEach(async () => {
    desk = await startPageDesk(folder)
    complaints = new Set()
    page = await browser.newPage({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' })
    page.setDefaultTimeout(longestMs)
    page.on('pageerror', (error) => complaints.add(error.message))
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.add(message.text())
    })
    await begin({ page, desk })
  })
  afterEach(async () => {
    await page.close()
    await desk.close()
    expect([...complaints]).toEqual([])
  })
}
