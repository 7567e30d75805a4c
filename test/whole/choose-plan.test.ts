import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, chromium } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { buildPage } from '#test/fakes/page-build.ts'
import { type PageDesk, startPageDesk } from '#test/fakes/page-desk.ts'

let folder: string
let browser: Browser
let desk: PageDesk

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley-choose-'))
  await buildPage(folder)
  browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] })
  desk = await startPageDesk(folder)
})

afterAll(async () => {
  await browser?.close()
  await desk?.close()
  await rm(folder, { recursive: true, force: true })
})

it('the Desk shows the ways to decide, and starts the one that was chosen by keyboard', async () => {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
  const started: unknown[] = []
  page.on('websocket', (socket) => socket.on('framesent', ({ payload }) => started.push(String(payload))))
  await page.goto(`${desk.url}#/desk?symbol=SOL%2FUSDT`)
  await page.getByRole('button', { name: 'Plan: choose how to decide' }).click()
  const ways = page.getByRole('table', { name: 'Ways to decide' })
  await ways.waitFor()
  expect(await ways.getByRole('row').count()).toBe(5)
  expect(await page.getByRole('row', { name: /as it is/ }).getAttribute('aria-current')).toBe('true')
  await page.getByRole('row', { name: /cheapest/ }).focus()
  await page.keyboard.press('Enter')
  await page.getByText('Without macro, keywords and patterns.', { exact: true }).waitFor()
  await page.getByRole('button', { name: 'Decide this way' }).click()
  await expect.poll(() => started.filter((frame) => /leaveOut.*macro.*slots/s.test(String(frame))).length).toBe(1)
  await page.close()
})

it('the settings show how the desk plans, and what is overridden', async () => {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
  await page.goto(`${desk.url}#/settings`)
  await page.getByRole('table', { name: 'Profiles' }).waitFor()
  await page.getByText('profiles.balanced.parallel: 2 (shipped: 3)').waitFor()
  await page.close()
})
