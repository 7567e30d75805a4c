import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { hasNoBrowser, onMadeUpDesk } from '#test/e2e/made-up-desk.ts'
import type { PageDesk } from '#test/fakes/page-desk.ts'

let desk: PageDesk
let page: Page
onMadeUpDesk((opened) => {
  ;({ desk, page } = opened)
})

async function choose(on: Page, field: string, option: string): Promise<void> {
  await on.getByRole('combobox', { name: field }).click()
  await on.getByRole('option', { name: option }).click()
}

describe.skipIf(hasNoBrowser)('risk and portfolio (skipped: there is no Chromium here)', () => {
  it('a desk that holds nothing says so, with what it may use', async () => {
    await page.goto(`${desk.url}#/risk`)
    await page.getByText('No positions', { exact: true }).first().waitFor()
    await page.getByRole('img', { name: 'Value at risk, used: 0 %' }).waitFor()
    await page.goto(`${desk.url}#/portfolio`)
    await page.getByText('Nothing is invested, so there is nothing to trade.').waitFor()
    await page.getByRole('img', { name: /^The efficient frontier\. The suggestion is at 51/ }).waitFor()
  })

  it('each number of what is held has its date, and its instrument leads to the decision behind it', async () => {
    await desk.play(Number.POSITIVE_INFINITY)
    await page.goto(`${desk.url}#/risk`)
    const tails = page.getByRole('table', { name: 'One-day VaR and expected shortfall' })
    await tails.waitFor()
    expect(await tails.getByRole('row').count()).toBe(5)
    expect(await page.getByText(/from 400 closed 1d bars/).textContent()).toMatch(/\d{4}.* to .*\d{4}/)
    await page.getByRole('img', { name: 'Loss today, used: 86 %' }).waitFor()
    await page.getByRole('link', { name: 'BTC/USDT' }).click()
    expect(page.url()).toContain('run=')
  })

  it('perpetuals show leverage, margin ratio, liquidation price and funding, on both screens', async () => {
    await desk.play(Number.POSITIVE_INFINITY)
    for (const screen of ['risk', 'portfolio']) {
      await page.goto(`${desk.url}#/${screen}`)
      const held = page.getByRole('table', { name: 'Perpetuals' })
      await held.getByText('ETH/USDT:USDT').waitFor()
      const row = await held.getByRole('row').nth(1).textContent()
      expect(row).toMatch(/−2.*3.112\.20.*3.122\.40.*−20\.40.*52.481\.30.*\+1\.87.*\+0\.010/)
      await page.getByText(/leverage 0\.06 of 3.*margin ratio 0\.025/).waitFor()
    }
  })

  it('the suggestion follows the goal that is chosen, and trades are shown and not sent', async () => {
    await desk.play(Number.POSITIVE_INFINITY)
    await page.goto(`${desk.url}#/portfolio`)
    const held = page.getByRole('table', { name: 'Holdings' })
    await held.getByText('44.0').waitFor()
    await choose(page, 'Goal', 'Minimum variance')
    await held.getByText('81.0').waitFor()
    await page.getByRole('table', { name: 'Trades to get there' }).waitFor()
    await page.getByText(/Nothing is sent from here/).waitFor()
  })

  it('by the desk’s views it shows each with its run, and the cash beside what is held', async () => {
    await desk.play(Number.POSITIVE_INFINITY)
    await page.goto(`${desk.url}#/portfolio`)
    await choose(page, 'Goal', 'Desk views, with cash')
    const views = page.getByRole('table', { name: 'Desk views' })
    await views.getByText('58').waitFor()
    await page.getByRole('table', { name: 'Holdings' }).getByText('Cash').waitFor()
    await page.getByRole('combobox', { name: 'Risk profile' }).waitFor()
    await views.getByRole('link', { name: /BTC\/USDT up/ }).click()
    expect(page.url()).toContain('run=')
  })

  it('of the choices it says what each gives up, and leads to its trades', async () => {
    await desk.play(Number.POSITIVE_INFINITY)
    await page.goto(`${desk.url}#/portfolio`)
    const choices = page.getByRole('table', { name: 'Choices' })
    await choices.getByText('Current positions').click()
    await page.getByText(/Against the best value of each measure it gives up 1\.80.% of return\./).waitFor()
    await choices.getByText('Choice A').click()
    await page.getByText(/gives up 6\.00.% more volatility, 40\.00.% more turnover/).waitFor()
    await page.getByText(/Getting there costs about 0\.040.% of equity\./).waitFor()
  })
})
