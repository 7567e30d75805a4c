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
  folder = await mkdtemp(join(tmpdir(), 'parley-memory-'))
  await buildPage(folder)
  browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] })
  desk = await startPageDesk(folder)
})

afterAll(async () => {
  await browser?.close()
  await desk?.close()
  await rm(folder, { recursive: true, force: true })
})

it('what is remembered stands beside what was said: searched by words and by what it was about, with its run', async () => {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
  await page.goto(`${desk.url}#/conversations`)
  await page.getByText('Remembered').click()
  const found = page.getByRole('region', { name: 'What was found' }).getByRole('button')
  await found.first().waitFor()
  expect(await found.count()).toBe(5)
  await page.getByRole('textbox', { name: 'Search memory' }).fill('funding')
  await expect.poll(() => found.count(), { timeout: 10_000 }).toBe(1)
  expect(await found.first().textContent()).toContain('Funding is stretched.')

  const run = page.getByRole('region', { name: 'What is remembered of the run' })
  await run.getByText('Agreed: buy').first().waitFor()
  const alike = run.getByRole('table', { name: 'Alike before' })
  expect(await alike.textContent()).toMatch(/Bought\+2\.10\s%/)
  expect(await alike.getByRole('link').getAttribute('href')).toContain('run=run-older')

  await page.getByRole('textbox', { name: 'Search memory' }).fill('nothing like it')
  await page.getByText('Nothing like that is remembered').waitFor()
  await page.close()
})
