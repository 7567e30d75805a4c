import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { JournalRecord } from '#shared/domain/journal.ts'
import { makeHome } from '#test/builders/home.ts'
import { findChromium } from '#test/e2e/chromium.ts'
import { copyHome, makeClimbingHome } from '#test/e2e/climbing-home.ts'
import { decideButton, launchBrowser, openDesk, picture, steps, stopButton } from '#test/e2e/desk-page.ts'
import { endHosts, type Host, isBuilt, sleep, startHost, until } from '#test/e2e/host.ts'

const coolDownMs = 30_000

const haltedAt = (journal: readonly JournalRecord[]) =>
  journal.findIndex(
    ({ kind, data }) => kind === 'tradingStateChanged' && (data['after'] as { state: string }).state === 'HALTED',
  )

/** What the stop must have left behind, by the journal: the run has ended, and nothing went to the broker after it. */
async function expectStopped(host: Host, runId: string): Promise<readonly JournalRecord[]> {
  await host.ended(runId)
  await sleep(400)
  const journal = await host.journal()
  const stop = haltedAt(journal)
  expect(stop).toBeGreaterThan(0)
  const idOf = ({ data }: JournalRecord) => String(data['clientOrderId'])
  const sent = (records: readonly JournalRecord[]) => records.filter(({ kind }) => kind === 'orderSubmitted').map(idOf)
  const before = new Set(sent(journal.slice(0, stop)))
  for (const record of journal.slice(stop)) {
    if (record.kind === 'orderAccepted') expect(before, `order ${idOf(record)}`).toContain(idOf(record))
  }
  for (const order of await host.client.trading.orders({})) {
    if (!before.has(order.clientOrderId)) expect(order.status).toBe('DENIED')
  }
  const end = journal.findIndex(({ kind }) => kind === 'runEnded')
  if (end > stop) expect(journal[end]?.data).toMatchObject({ status: 'cancelled' })
  await expect(host.client.runs.start({ instrument: 'BTC/USDT' })).rejects.toMatchObject({ code: 'TRADING_HALTED' })
  expect(await host.client.journal.verify()).toMatchObject({ status: 'verified' })
  return journal
}

describe.skipIf(!isBuilt || findChromium() === undefined)('a stop (skipped without out/ or a browser)', () => {
  let browser: Browser
  let climbing: string
  const homes: string[] = []
  const pages: Page[] = []
  /** Stopped, killed and started again; the cool-down runs while the other tests do. */
  let halted: { host: Host; since: number; journalSize: number }

  beforeAll(async () => {
    browser = await launchBrowser()
    climbing = await makeClimbingHome()
    homes.push(climbing)
    const home = newHome(climbing)
    const before = await startHost(home)
    await before.client.runs.start({ instrument: 'BTC/USDT' })
    await before.client.trading.stop({ level: 2, reason: 'Before the power goes' })
    const { journalSize } = await before.client.system.status()
    await before.end('SIGKILL')
    halted = { host: await startHost(home), since: performance.now(), journalSize }
  })
  afterEach(async () => {
    for (const page of pages.splice(0)) await page.close()
  })
  afterAll(async () => {
    await browser?.close()
    await endHosts()
    for (const home of homes) rmSync(home, { recursive: true, force: true })
  })

  function newHome(from?: string): string {
    const home = from === undefined ? makeHome() : copyHome(from)
    homes.push(home)
    return home
  }

  async function open(host: Host): Promise<Page> {
    const { page } = await openDesk(browser, host)
    pages.push(page)
    return page
  }

  /** A run on the simulated exchange, started from the page and in the middle of its research. */
  async function inResearch(): Promise<{ host: Host; page: Page; runId: string; home: string }> {
    const home = newHome()
    const host = await startHost(home)
    const page = await open(host)
    await decideButton(page).click()
    await steps(page, 'succeeded').first().waitFor()
    const [run] = await host.client.runs.list({})
    if (run === undefined) throw new Error('The click started no run.')
    return { host, page, runId: run.id, home }
  }

  it('KS-7 outlives a killed process: the desk starts halted, with a journal that verifies, and cools down before it is re-armed (KS-9)', async () => {
    const { host, journalSize } = halted
    expect(await host.client.system.status()).toMatchObject({
      latch: { state: 'HALTED', reason: 'Before the power goes' },
    })
    expect(await host.client.journal.verify()).toMatchObject({ status: 'verified' })
    expect((await host.journal()).length).toBeGreaterThan(journalSize)
    const [run] = await host.client.runs.list({})
    expect(run?.status).toBe('cancelled')

    const page = await open(host)
    await page.getByText('Before the power goes').first().waitFor()
    await page.getByRole('button', { name: 'Re-arm…' }).click()
    const confirm = page.getByRole('button', { name: 'Re-arm trading' })
    await page.getByLabel('Why is it safe to trade again?').fill('short')
    await page.getByLabel('Account').fill('paper')
    await page.getByLabel('Mode').fill('paper')
    expect(await confirm.isDisabled()).toBe(true)
    await page.getByLabel('Why is it safe to trade again?').fill('The power is back, and all is compared.')
    await page.getByLabel('Account').fill('somebody')
    expect(await confirm.isDisabled()).toBe(true)
    await page.getByLabel('Account').fill('paper')
    await confirm.click()
    await page
      .getByText(/cools down for \d+ more seconds/)
      .first()
      .waitFor()
    await picture(page, 'rearm-too-soon')
    expect((await host.client.system.status()).latch.state).toBe('HALTED')
  })

  it('KS-1 KS-2 pressed on the page during the research: the run is cancelled, no order leaves, later starts are refused and the page says why', async () => {
    const { host, page, runId } = await inResearch()
    await stopButton(page).click()
    await page.getByText('HALTED', { exact: true }).first().waitFor()
    await page.getByText('All clear').waitFor()
    await picture(page, 'stopped')
    await expectStopped(host, runId)
    expect(await host.client.trading.orders({})).toEqual([])
    await page.getByText('This run was cancelled: Stopped by the trader').waitFor()
    await decideButton(page).click()
    await page.getByText('The desk is halted: Stopped by the trader').first().waitFor()
    await picture(page, 'refused')
  })

  it('KS-1 works by its keys during a run, also from a text field', async () => {
    const { host, page, runId } = await inResearch()
    await page.getByLabel('Search the conversation').focus()
    await page.keyboard.press('Control+Shift+H')
    await page.getByText('HALTED', { exact: true }).first().waitFor()
    await expectStopped(host, runId)
    expect(await host.client.trading.orders({})).toEqual([])
  })

  it('KS-12 during the vote: what the desk would have agreed on is never sent', async () => {
    // From the first ballot to the order are some milliseconds: it may take more than one try to hit them.
    const moments: string[] = []
    for (let attempt = 0; attempt < 8 && !moments.includes('vote'); attempt++) {
      const host = await startHost(newHome(climbing))
      const { id } = await host.client.runs.start({ instrument: 'BTC/USDT' })
      while ((await host.client.runs.vote({ runId: id })).ballots.length === 0);
      await host.client.trading.stop({ level: 2 })
      const journal = await expectStopped(host, id)
      const kinds = journal.slice(0, haltedAt(journal)).map(({ kind }) => kind)
      moments.push(kinds.includes('orderSubmitted') ? 'order' : kinds.includes('ballotCast') ? 'vote' : 'before')
      await host.end('SIGKILL')
    }
    expect(moments).toContain('vote')
  })

  it.each([0, 40, 80, 110, 130, 150])(
    'KS-2 pressed %i ms into a decision to buy, sends nothing afterwards',
    async (delayMs) => {
      const host = await startHost(newHome(climbing))
      const { id } = await host.client.runs.start({ instrument: 'BTC/USDT' })
      await sleep(delayMs)
      await host.client.trading.stop({ level: 2 })
      await expectStopped(host, id)
      await host.end('SIGKILL')
    },
  )

  it('KS-17 a STOP file in the home halts the running desk', async () => {
    const { host, page, runId, home } = await inResearch()
    writeFileSync(join(home, 'STOP'), 'The phone rang')
    await page.getByText('The phone rang').first().waitFor()
    await expectStopped(host, runId)
    expect(existsSync(join(home, 'STOP'))).toBe(false)
  })

  it('KS-17 a STOP file beside a frozen desk wins before any order when it thaws', async () => {
    const home = newHome(climbing)
    const host = await startHost(home)
    const { id } = await host.client.runs.start({ instrument: 'BTC/USDT' })
    host.child.kill('SIGSTOP')
    writeFileSync(join(home, 'STOP'), '')
    await sleep(300)
    host.child.kill('SIGCONT')
    await expectStopped(host, id)
    expect((await host.client.trading.orders({})).filter(({ status }) => status !== 'DENIED')).toEqual([])
  })

  it('KS-9 KS-12 re-armed from the page after the cool-down, the desk decides anew, and nothing of the old run comes back', async () => {
    const { host, since } = halted
    const page = await open(host)
    await sleep(Math.max(0, since + coolDownMs + 500 - performance.now()))
    const before = await host.client.runs.list({})
    await page.getByRole('button', { name: 'Re-arm…' }).click()
    await page.getByLabel('Why is it safe to trade again?').fill('The power is back, and all is compared.')
    await page.getByLabel('Account').fill('paper')
    await page.getByLabel('Mode').fill('PAPER')
    await page.getByRole('button', { name: 'Re-arm trading' }).click()
    await page.getByText('ACTIVE', { exact: true }).first().waitFor()
    await sleep(500)
    expect(await host.client.trading.orders({})).toEqual([])
    expect(await host.client.runs.list({})).toEqual(before)
    const change = (await host.journal()).findLast(({ kind }) => kind === 'tradingStateChanged')
    expect(change).toMatchObject({ actor: { kind: 'human' }, reason: 'The power is back, and all is compared.' })

    await decideButton(page).click()
    await until(async () => (await host.client.trading.fills({})).length === 1, 'the new decision is filled')
  })
})
