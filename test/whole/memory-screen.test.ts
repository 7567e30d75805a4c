import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { hasNoBrowser, onMadeUpDesk } from '#test/e2e/made-up-desk.ts'
import type { PageDesk } from '#test/fakes/page-desk.ts'

let desk: PageDesk
let page: Page
onMadeUpDesk((opened) => {
  ;({ desk, page } = opened)
})

it.skipIf(hasNoBrowser)(
  'what is remembered stands beside what was said: searched by words and by what it was about, with its run',
  async () => {
    await page.goto(`${desk.url}#/conversations`)
    await page.getByText('Memory', { exact: true }).click()
    const found = page.getByRole('region', { name: 'Search results' }).getByRole('button')
    await found.first().waitFor()
    expect(await found.count()).toBe(5)
    await page.getByRole('textbox', { name: 'Search memory' }).fill('funding')
    await expect.poll(() => found.count()).toBe(1)
    expect(await found.first().textContent()).toContain('Funding is stretched.')

    const run = page.getByRole('region', { name: 'Memory of the run' })
    await run.getByText('Agreed: buy').first().waitFor()
    const alike = run.getByRole('table', { name: 'Similar situations' })
    expect(await alike.textContent()).toMatch(/Bought\+2\.10\s%/)
    expect(await alike.getByRole('link').getAttribute('href')).toContain('run=run-older')

    await page.getByRole('textbox', { name: 'Search memory' }).fill('nothing like it')
    await page.getByText('No matching memories').waitFor()
  },
)
