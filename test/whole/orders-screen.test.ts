import { rmSync } from 'node:fs'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { isExit } from '#shared/domain/order.ts'
import { decimal } from '#shared/lib/decimal.ts'
import { deskOrder } from '#test/builders/orders.ts'
import { parentOf } from '#test/builders/parent-orders.ts'
import { findChromium } from '#test/e2e/chromium.ts'
import { makeClimbingHome } from '#test/e2e/climbing-home.ts'
import { type DeskPage, launchBrowser, openDesk, picture } from '#test/e2e/desk-page.ts'
import { endHosts, type Host, isBuilt, startHost, until } from '#test/e2e/host.ts'
import { onMadeUpDesk } from '#test/e2e/made-up-desk.ts'
import type { PageDesk } from '#test/fakes/page-desk.ts'

const workingRows = (page: Page) => page.getByRole('table', { name: 'Working orders' }).locator('tbody tr')
const endedRows = (page: Page) => page.getByRole('table', { name: 'Ended orders' }).locator('tbody tr')

describe.skipIf(!isBuilt || findChromium() === undefined)(
  'the Orders screen (skipped without out/ or a browser)',
  () => {
    let browser: Browser
    beforeAll(async () => {
      browser = await launchBrowser()
    })
    afterAll(async () => {
      await browser?.close()
      await endHosts()
    })

    describe('of a desk that has bought', () => {
      let home: string
      let host: Host
      let opened: DeskPage | undefined
      beforeAll(async () => {
        home = await makeClimbingHome()
        host = await startHost(home)
        const { id } = await host.client.runs.start({ instrument: 'BTC/USDT' })
        await host.ended(id)
        await until(async () => (await host.client.trading.working()).length === 2, 'a stop and a target work')
      })
      afterEach(async () => {
        const complaints = opened?.complaints ?? []
        await opened?.page.close()
        opened = undefined
        expect(complaints).toEqual([])
      })
      afterAll(async () => {
        await host?.end('SIGTERM')
        if (home !== undefined) rmSync(home, { recursive: true, force: true })
      })

      async function open(hash = '#/orders'): Promise<Page> {
        opened = await openDesk(browser, host, hash)
        return opened.page
      }
      const working = async (leg: string) =>
        (await host.client.trading.working()).find(
          ({ contingency }) => contingency?.kind === 'OCO' && contingency.leg === leg,
        )

      it('shows the stop and the target that work, the entry that was filled, its fills and its decision', async () => {
        const page = await open('#/desk')
        await page.getByRole('link', { name: 'Orders' }).click()
        await workingRows(page).nth(1).waitFor()
        expect((await workingRows(page).allTextContents()).join('\n')).toMatch(/Working.*Target[\s\S]*Working.*Stop/)
        await picture(page, 'orders')
        const entry = endedRows(page).first()
        expect(await entry.textContent()).toMatch(/Filled.*BUY.*Entry/)
        await entry.focus()
        await page.keyboard.press('Enter')
        const [bought] = (await host.client.trading.orders({})).filter((order) => !isExit(order))
        const detail = page.getByRole('region', { name: `Order ${bought?.clientOrderId}` })
        await detail.getByRole('table', { name: 'Fills of the order' }).waitFor()
        expect(await detail.textContent()).toContain(bought?.venueOrderId ?? 'no id')
        const report = detail.getByLabel('Execution')
        const words = (await report.textContent()) ?? ''
        expect(words).toMatch(/Arrival price[\d\s.]+Average paid/)
        expect(words).toMatch(/Implementation shortfall\+[\d.]+ USDT \(\+[\d.]+ bp\)/)
        expect(words).toMatch(/Fill rate100.%Time to the first fill\d+/)
        expect(words).toContain('Confirmationconfirmed by the venue')
        await picture(page, 'orders-detail')
        await detail.getByRole('button', { name: 'Stop', exact: true }).click()
        const stop = await working('stop')
        await page.getByRole('region', { name: `Order ${stop?.clientOrderId}` }).waitFor()
        await page.getByRole('link', { name: 'Decision and its evidence ›' }).click()
        await page.waitForURL(/run=/)
      })

      it('KS-21 moves a stop, and keeps it there when a part of the position is closed', async () => {
        const page = await open()
        const before = await working('stop')
        const price = decimal(String(Math.floor(Number(before?.stopPrice) - 5)))
        await workingRows(page).filter({ hasText: 'Stop' }).getByRole('button', { name: 'Change…' }).click()
        const dialog = page.getByRole('dialog', { name: 'Change the order' })
        expect(await dialog.getByLabel('Quantity').count()).toBe(0)
        await dialog.getByLabel('Stop price').fill('0')
        await dialog.getByText('Enter more than zero.').waitFor()
        expect(await dialog.getByRole('button', { name: 'Send the change' }).isDisabled()).toBe(true)
        await dialog.getByLabel('Stop price').fill(price)
        await picture(page, 'orders-change')
        await dialog.getByRole('button', { name: 'Send the change' }).click()
        await until(async () => (await working('stop'))?.stopPrice === price, 'the stop is moved')
        await page.getByText(new RegExp(`stop ${price}`)).waitFor()

        const close = { key: 'half of it', instrument: 'BTC/USDT', quantity: decimal('1'), reason: 'Enough' }
        await host.client.trading.close(close)
        await until(async () => {
          const stop = await working('stop')
          return stop !== undefined && stop.quantity !== before?.quantity && stop.stopPrice === price
        }, 'a smaller stop stands where it was moved to')
        const change = { clientOrderId: (await working('stop'))?.clientOrderId ?? '', quantity: decimal('1') }
        await expect(host.client.trading.change(change)).rejects.toMatchObject({ code: 'EXIT_SIZE_FOLLOWS_ENTRY' })
      })

      it('keeps Cancel in sight where the table is wider than the window', async () => {
        const page = await open()
        await page.setViewportSize({ width: 1_000, height: 800 })
        const cancel = workingRows(page).filter({ hasText: 'Target' }).getByRole('button', { name: 'Cancel…' })
        const box = await cancel.boundingBox()
        expect((box?.x ?? Number.POSITIVE_INFINITY) + (box?.width ?? 0)).toBeLessThanOrEqual(1_000)
      })

      it('compares with the venue when asked', async () => {
        const page = await open()
        await page.getByRole('button', { name: 'Compare with the venue' }).click()
        await page.getByText('2 orders match the venue, positions match').waitFor()
      })

      it('HO-16 asks before a target is taken away, with the focus where nothing happens; the desk puts no other there', async () => {
        const page = await open()
        await workingRows(page).filter({ hasText: 'Target' }).getByRole('button', { name: 'Cancel…' }).click()
        const dialog = page.getByRole('dialog', { name: 'Cancel the target?' })
        await dialog.getByText('Its stop stays.', { exact: false }).waitFor()
        await until(
          async () => (await page.evaluate('document.activeElement.textContent')) === 'Keep it',
          'the focus is on the way back',
        )
        await picture(page, 'orders-cancel-target')
        await dialog.getByRole('button', { name: 'Cancel the target' }).click()
        await until(async () => (await workingRows(page).count()) === 1, 'the stop works alone')
        await page.waitForTimeout(2_500)
        expect((await host.client.trading.working()).map(({ type }) => type)).toEqual(['STOP_MARKET'])
      })

      it('cancels all after a question, what protects a position only where that is said', async () => {
        const page = await open()
        await page.getByRole('button', { name: 'Cancel all…' }).click()
        const dialog = page.getByRole('dialog', { name: 'Cancel all working orders?' })
        const verb = dialog.getByRole('button', { name: /^Cancel \d/ })
        expect(await verb.isDisabled()).toBe(true)
        await dialog.getByRole('checkbox').check()
        await picture(page, 'orders-cancel-all')
        await verb.click()
        await page.getByText('No working orders').waitFor()
        expect(await host.client.trading.working()).toEqual([])
      })
    })

    describe('of a desk with orders of every kind', () => {
      let desk: PageDesk
      let page: Page
      onMadeUpDesk((made) => {
        ;({ desk, page } = made)
      })

      it('OL-3 OL-11 says plainly what is of unknown outcome and what came from outside', async () => {
        desk.addOrder({ status: 'ACCEPTED', venueOrderId: 'v-7' })
        desk.addOrder({ status: 'UNKNOWN', createdAt: Date.now() - 60_000 })
        desk.addOrder({ status: 'PARTIALLY_FILLED', filledQuantity: decimal('0.005'), venueOrderId: 'v-8' })
        desk.addOrder({ status: 'FILLED', by: 'external', runId: null, limitPrice: null, type: 'MARKET' })
        await page.goto(`${desk.url}#/orders`)
        await page.getByText('1 order with UNKNOWN outcome', { exact: false }).waitFor()
        expect(await workingRows(page).first().textContent()).toContain('Unknown')
        await page.getByRole('img', { name: /filled: 33 %/ }).waitFor()
        await endedRows(page).getByText('EXTERNAL', { exact: true }).waitFor()
        await picture(page, 'orders-kinds')
      })

      it('UX-9 ended orders come a page at a time, and by how they ended', async () => {
        for (let number = 1; number <= 120; number++)
          desk.addOrder({
            status: number % 10 === 0 ? 'REJECTED' : 'CANCELED',
            quantity: decimal(`0.${number + 1_000}`),
          })
        await page.goto(`${desk.url}#/orders`)
        await endedRows(page).nth(49).waitFor()
        const newest = await endedRows(page).first().textContent()
        await page.getByRole('button', { name: 'Older ›' }).click()
        await page.getByText('page 2').waitFor()
        await until(async () => (await endedRows(page).first().textContent()) !== newest, 'older ones are shown')
        await page.getByRole('button', { name: '‹ Newer' }).click()
        await until(async () => (await endedRows(page).first().textContent()) === newest, 'the newest are shown again')
        await page.getByRole('combobox', { name: 'Status' }).click()
        await page.getByRole('option', { name: 'Rejected' }).click()
        await until(async () => (await endedRows(page).count()) === 12, 'the rejected alone are shown')
        expect(page.url()).toContain('ended=REJECTED')
        await page.getByRole('combobox', { name: 'Instrument' }).click()
        await page.getByRole('option', { name: 'SOL/USDT' }).click()
        await page.getByText('No matching orders').waitFor()
        await page.getByRole('button', { name: 'Show all orders' }).click()
        await endedRows(page).nth(49).waitFor()
      })

      it('an order in parts is one row with its progress, unfolds and opens, and the rest of it is cancelled', async () => {
        const now = Date.now()
        const part = (index: number, price: string) =>
          deskOrder({
            clientOrderId: `part-${index}`,
            sliceOf: { parentId: 'parent-7', index },
            status: 'FILLED',
            filledQuantity: decimal(1),
            averagePrice: decimal(price),
            createdAt: now - 90_000 + index * 60_000,
            updatedAt: now - 90_000 + index * 60_000,
          })
        const touch = { bid: decimal('63999'), ask: decimal('64001'), at: now - 90_000 }
        const times = { startedAt: now - 90_000, endsAt: now + 150_000, updatedAt: now - 30_000 }
        const benchmark = { decided: touch, arrival: touch, expectedPrice: null }
        const exits = { stopPrice: decimal('62000'), targetPrice: decimal('66000') }
        desk.addParent({
          ...parentOf({ id: 'parent-7', ...times, benchmark, exits }),
          filledQuantity: decimal(2),
          children: [part(0, '64010'), part(1, '64054')],
        })
        await page.goto(`${desk.url}#/orders`)
        const table = page.getByRole('table', { name: 'Parent orders' })
        const row = table.locator('tbody tr').first()
        await row.waitFor()
        expect(await row.textContent()).toMatch(/Working.*BUY.*TWAP.*of 4 min.*\+5\.0 bp/)
        await page.getByRole('img', { name: 'parent-7, filled: 50 %' }).waitFor()
        await page.getByRole('button', { name: '2 parts of parent-7' }).press('Enter')
        expect(await page.getByRole('table', { name: 'Parts of parent-7' }).locator('tbody tr').count()).toBe(2)
        await picture(page, 'orders-in-parts')
        await row.focus()
        await page.keyboard.press('Enter')
        const detail = page.getByRole('region', { name: 'Parent order parent-7' })
        await detail
          .getByRole('img', { name: /^50.% is filled after .* of 4 min 00 s\. 50.% was due by then\.$/ })
          .waitFor()
        expect(await detail.getByLabel('Execution').textContent()).toContain('Implementation shortfall')
        await picture(page, 'orders-in-parts-detail')
        await detail.getByRole('table', { name: 'Parts of parent-7' }).locator('tbody tr').first().press('Enter')
        await page.getByText('ORDER_NOT_FOUND').waitFor()
        await page.getByRole('button', { name: 'Close the order' }).click()
        await detail.getByRole('button', { name: 'Cancel the rest…' }).click()
        const dialog = page.getByRole('dialog', { name: 'Cancel the rest?' })
        await dialog.getByText('Buy 4 BTC/USDT: the remaining 2 is not sent', { exact: false }).waitFor()
        await picture(page, 'orders-in-parts-cancel')
        await dialog.getByRole('button', { name: 'Cancel the rest' }).click()
        await row.getByText('Cancelled').waitFor()
        await page.keyboard.press('Escape')
      })

      it('an order that is not there is an error with its code, and Escape leaves it', async () => {
        await page.goto(`${desk.url}#/orders?order=nobody`)
        await page.getByText('ORDER_NOT_FOUND').waitFor()
        await page.getByRole('button', { name: 'Close the order' }).focus()
        await page.keyboard.press('Escape')
        await until(async () => !page.url().includes('nobody'), 'the detail is closed')
      })
    })
  },
)
