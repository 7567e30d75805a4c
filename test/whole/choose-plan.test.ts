import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { picture } from '#test/e2e/desk-page.ts'
import { hasNoBrowser, onMadeUpDesk } from '#test/e2e/made-up-desk.ts'
import type { PageDesk } from '#test/fakes/page-desk.ts'

let desk: PageDesk
let page: Page
onMadeUpDesk((opened) => {
  ;({ desk, page } = opened)
})

it.skipIf(hasNoBrowser)(
  'the Desk shows the ways to decide, and starts the one that was chosen by keyboard',
  async () => {
    const started: unknown[] = []
    page.on('websocket', (socket) => socket.on('framesent', ({ payload }) => started.push(String(payload))))
    await page.goto(`${desk.url}#/desk?symbol=SOL%2FUSDT`)
    await page.getByRole('button', { name: 'Plan: choose how to decide' }).click()
    const ways = page.getByRole('table', { name: 'Ways to decide' })
    await ways.waitFor()
    expect(await ways.getByRole('row').count()).toBe(5)
    expect(await page.getByRole('row', { name: /unchanged/ }).getAttribute('aria-current')).toBe('true')
    await page.getByRole('row', { name: /cheapest/ }).focus()
    await page.keyboard.press('Enter')
    await page.getByText('Without macro, keywords and patterns.', { exact: true }).waitFor()
    await page.getByRole('combobox', { name: 'Execution' }).click()
    await page.getByRole('option', { name: 'TWAP' }).click()
    await picture(page, 'choose-plan')
    await page.getByRole('button', { name: 'Decide this way' }).click()
    await expect
      .poll(() => started.filter((frame) => /leaveOut.*macro.*slots.*algorithm.*twap/s.test(String(frame))).length)
      .toBe(1)
  },
)

it.skipIf(hasNoBrowser)('the settings show how the desk plans, and what is overridden', async () => {
  await page.goto(`${desk.url}#/settings`)
  await page.getByRole('table', { name: 'Profiles' }).waitFor()
  await page.getByText('profiles.balanced.parallel: 2 (shipped: 3)').waitFor()
})
