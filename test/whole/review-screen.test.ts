import { execFile } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { isExit } from '#shared/domain/order.ts'
import { findChromium } from '#test/e2e/chromium.ts'
import { type DeskPage, decideButton, launchBrowser, openDesk, picture, stopButton } from '#test/e2e/desk-page.ts'
import { hasRealBars, makeDisagreeingHome, withReviews } from '#test/e2e/disagreeing-home.ts'
import { endHosts, type Host, isBuilt, startHost, until } from '#test/e2e/host.ts'

const missing = [
  !isBuilt && 'out/ is not built',
  findChromium() === undefined && 'there is no browser',
  !hasRealBars && '../shared/reference/prices is not there',
].filter((reason) => reason !== false)

describe.skipIf(missing.length > 0)(
  `HO-3 a disagreement on real bars waits for the trader${missing.length > 0 ? ` (skipped: ${missing.join(', ')})` : ''}`,
  () => {
    let browser: Browser
    let disagreeing: string
    let home: string
    let host: Host
    let opened: DeskPage | undefined

    beforeAll(async () => {
      browser = await launchBrowser()
      disagreeing = await makeDisagreeingHome()
    })
    afterEach(async () => {
      const complaints = opened?.complaints ?? []
      await opened?.page.close()
      opened = undefined
      await host.end('SIGTERM')
      rmSync(home, { recursive: true, force: true })
      expect(complaints).toEqual([])
    })
    afterAll(async () => {
      await browser?.close()
      await endHosts()
      if (disagreeing !== undefined) rmSync(disagreeing, { recursive: true, force: true })
    })

    /** Has the desk decide in the page, and opens the review that comes of it from the alert in the navigation. */
    async function decide(terms: Parameters<typeof withReviews>[1]): Promise<Page> {
      home = withReviews(disagreeing, terms)
      host = await startHost(home)
      opened = await openDesk(browser, host, '#/desk?symbol=BTC%2FUSDT')
      const { page } = opened
      await decideButton(page).click()
      await page.getByRole('link', { name: /^Review\s*1$/ }).click()
      // A price that moves at once may have voided it by the time that it is shown.
      await page.getByRole('heading', { name: /^Why you (are|were) asked$/ }).waitFor()
      return page
    }

    const review = async () => {
      const [only, ...others] = await host.client.reviews.list({})
      if (only === undefined || only.isBlind || others.length > 0) throw new Error('There is not one review on show.')
      return only
    }
    const records = async (kind: string) => (await host.journal()).filter((record) => record.kind === kind)
    const closes = (status: string) => until(async () => (await review()).status === status, `the review is ${status}`)
    const entries = async () => (await host.client.trading.orders({})).filter((order) => !isExit(order))
    async function nothingWasSent(): Promise<void> {
      await host.ended((await review()).runId)
      expect(await host.client.trading.orders({})).toEqual([])
      expect(await records('orderInitialized')).toEqual([])
    }

    /** Runs the command as a person would, from source. */
    function parley(...args: string[]): Promise<{ code: number; out: string; err: string }> {
      const cli = join(import.meta.dirname, '../../src/main/cli.ts')
      return new Promise((resolve) => {
        execFile(process.execPath, [cli, ...args, '--home', home], (error, out, err) => {
          resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, err })
        })
      })
    }

    it('shows dissent first and the rule that sent it there; HO-5 expires, and has sent nothing', async () => {
      const page = await decide({ seconds: 6 })
      await page.getByText(/Disagreement is \d+ %; more than 60 % is reviewed\. DISAGREEMENT/).waitFor()
      const headings = await page.getByRole('heading', { level: 3 }).allTextContents()
      expect(headings.indexOf('Votes against')).toBeLessThan(headings.indexOf('Votes for'))
      expect(await page.getByRole('list', { name: 'Votes against' }).getByRole('listitem').count()).toBeGreaterThan(0)
      await picture(page, 'review-waits')
      await page.getByText('expired: rejected').first().waitFor()
      expect(await page.getByRole('button', { name: /^Approve/ }).count()).toBe(0)
      await picture(page, 'review-expired')
      await closes('expired')
      await nothingWasSent()
    })

    it('HO-10 of the hardest neither order, votes nor conversation are shown before the trader has said what he thinks', async () => {
      const page = await decide({ hardAboveDisagreement: 0.1 })
      await page.getByRole('heading', { name: 'A decision on BTC/USDT' }).waitFor()
      expect(await page.getByText(/^(BUY|SELL) /).count()).toBe(0)
      expect(await page.getByRole('button', { name: /^Approve/ }).isDisabled()).toBe(true)
      await picture(page, 'review-blind')
      await page.getByRole('link', { name: 'Run on the Desk ›' }).click()
      await page.getByText('What they said is shown after').waitFor()
      await page.getByText('The votes are shown after').waitFor()
      await stopButton(page).waitFor()
      await picture(page, 'review-blind-desk')
      await page.getByRole('link', { name: 'Open the review ›' }).first().click()
      await page.getByText('Hold', { exact: true }).click()
      await page.getByRole('button', { name: 'Record and show the votes' }).click()
      await page.getByRole('heading', { name: 'Votes against' }).waitFor()
      await page.getByText(/^Your view before the votes: HOLD/).waitFor()
      const { order } = await review()
      await page
        .getByRole('heading', { name: `${order.side.toUpperCase()} ${order.quantity} ${order.instrument} at market` })
        .waitFor()
      expect(await page.getByRole('button', { name: /^Approve/ }).isDisabled()).toBe(false)
      await picture(page, 'review-judged')
      expect(await host.client.trading.orders({})).toEqual([])
    })

    it('HO-6 approved sends exactly the order shown, once', async () => {
      const page = await decide({})
      const shown = await review()
      const { side, quantity, instrument, type, timeInForce, limitPrice } = shown.order
      await page.getByRole('heading', { name: `${side.toUpperCase()} ${quantity} ${instrument} at market` }).waitFor()
      await page.getByRole('button', { name: /^Approve/ }).click()
      const dialog = page.getByRole('dialog', { name: 'Send this order?' })
      await dialog.getByText(`${side.toUpperCase()} ${quantity} ${instrument} at market`).waitFor()
      await picture(page, 'review-approve')
      await dialog.getByRole('button', { name: 'Send the order' }).click()
      await closes('approved')
      await host.ended(shown.runId)
      await page.getByText('approved').first().waitFor()
      await picture(page, 'review-approved')
      expect(await entries()).toMatchObject([
        { side, quantity, instrument, type, timeInForce, limitPrice, status: 'FILLED', decisionId: shown.decisionId },
      ])
      const [approval] = await records('reviewApproved')
      expect(approval).toMatchObject({ actor: { kind: 'human' }, data: { orderHash: shown.orderHash } })
    })

    it('HO-6 edited to go out in parts it has another hash, goes out so, and the rest can be cancelled', async () => {
      const page = await decide({})
      const shown = await review()
      await page.getByRole('button', { name: /^Edit/ }).click()
      const dialog = page.getByRole('dialog', { name: 'Change the order' })
      await dialog.getByRole('combobox', { name: 'Execution' }).click()
      await page.getByRole('option', { name: 'TWAP' }).click()
      await dialog.getByLabel('Minutes').fill('601')
      await dialog.getByText('0.1 to 600, or empty').waitFor()
      await dialog.getByLabel('Minutes').fill('5')
      await dialog.getByRole('combobox', { name: 'Reason' }).click()
      await page.getByRole('option', { name: 'Another reason' }).click()
      await dialog.getByLabel('In your words').fill('Slowly')
      await picture(page, 'review-edit')
      await dialog.getByRole('button', { name: 'Show the changed order' }).click()
      await page.getByRole('heading', { name: /at market, by TWAP over 5 min$/ }).waitFor()
      const edited = await review()
      expect(edited.order.execution).toEqual({ algorithm: 'twap', minutes: 5 })
      expect(edited.orderHash).not.toBe(shown.orderHash)
      await picture(page, 'review-edited')
      await page.getByRole('button', { name: /^Approve/ }).click()
      await page.getByRole('button', { name: 'Send the order' }).click()
      const parents = () => host.client.trading.parents({})
      await until(async () => (await parents())[0]?.children.length === 1, 'the first part is sent')
      const [parent] = await parents()
      expect(parent).toMatchObject({ schedule: { algorithm: 'twap' }, quantity: shown.order.quantity })
      await host.client.trading.cancelParent({ parentId: parent?.id ?? '' })
      await host.ended(shown.runId)
    })

    it('HO-6 a price drift voids it, and an approval then sends nothing', async () => {
      const page = await decide({ speed: 1_000, driftLimitBps: 0.5 })
      const shown = await review()
      await page.getByText('void', { exact: true }).first().waitFor()
      expect(await page.getByRole('button', { name: /^Approve/ }).count()).toBe(0)
      await page.getByText(/The price moved \d+ basis points since it was shown/).waitFor()
      await picture(page, 'review-void')
      const late = await parley('review', 'approve', shown.id, '--hash', shown.orderHash)
      expect(late).toMatchObject({ code: 1, out: '', err: expect.stringContaining('REVIEW_CLOSED') })
      await nothingWasSent()
      expect(await records('reviewActedOnLate')).toHaveLength(1)
    })

    it('KS-13 a stop voids it, and nothing is sent', async () => {
      const page = await decide({})
      await stopButton(page).click()
      await page.getByText('void', { exact: true }).first().waitFor()
      await page.getByText('The desk turned HALTED').first().waitFor()
      expect(await host.client.runs.get({ runId: (await review()).runId })).toMatchObject({ status: 'cancelled' })
      await nothingWasSent()
    })

    it('is listed, shown and approved by its hash in a terminal; another hash sends nothing', async () => {
      await decide({})
      const shown = await review()
      const list = await parley('review', 'list')
      expect(list.out).toContain(`${shown.id}  BUY ${shown.order.quantity} BTC/USDT at market  waits for you, `)
      const { out } = await parley('review', 'show', shown.id)
      expect(out).toContain(`Hash of the order: ${shown.orderHash}`)
      expect(out).toMatch(/DISAGREEMENT: Disagreement is \d+ %/)
      const wrong = await parley('review', 'approve', shown.id, '--hash', 'f'.repeat(64), '--json')
      expect(JSON.parse(wrong.err)).toMatchObject({ error: { code: 'REVIEW_ORDER_CHANGED' } })
      expect(await host.client.trading.orders({})).toEqual([])
      const done = await parley('review', 'approve', shown.id, '--hash', shown.orderHash.slice(0, 12), '--json')
      expect(JSON.parse(done.out)).toMatchObject({ id: shown.id, status: 'approved' })
      await host.ended(shown.runId)
      expect(await entries()).toMatchObject([{ quantity: shown.order.quantity, status: 'FILLED' }])
    })
  },
)
