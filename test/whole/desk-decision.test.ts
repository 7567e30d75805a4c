import { rmSync } from 'node:fs'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { isExit } from '#shared/domain/order.ts'
import { makeHome } from '#test/builders/home.ts'
import { findChromium } from '#test/e2e/chromium.ts'
import { makeClimbingHome } from '#test/e2e/climbing-home.ts'
import { type DeskPage, decideButton, launchBrowser, messageList, openDesk, picture } from '#test/e2e/desk-page.ts'
import { endHosts, type Host, isBuilt, sleep, startHost, until } from '#test/e2e/host.ts'

/** What the page shows of a run at one moment of it. */
interface Moment {
  readonly at: number
  readonly running: boolean
  readonly messages: number
  readonly speakers: readonly string[]
  readonly done: number
  readonly ballots: number
}

/** Notes in the page itself, at every change of it, how far the run is that it shows. */
async function watchRun(page: Page): Promise<() => Promise<Moment[]>> {
  await page.evaluate(`(() => {
    const moments = []
    const count = (selector) => document.querySelectorAll(selector).length
    const note = () => {
      const log = document.querySelector('[role=log]')
      const speakers = [...(log?.querySelectorAll('article header > :first-child') ?? [])].map((each) => each.textContent)
      const rows = [...(log?.querySelectorAll('[data-index]') ?? [])].map((each) => Number(each.dataset.index) + 1)
      const moment = {
        at: performance.now(),
        running: [...document.querySelectorAll('button')].some((each) => each.textContent === 'Deciding…'),
        messages: Math.max(0, ...rows),
        speakers: [...new Set(speakers)],
        done: count('[aria-label="Steps of the plan"] [aria-label="succeeded"]'),
        ballots: count('[aria-label="Ballots, dissent first"] > li'),
      }
      const before = moments.at(-1)
      if (before === undefined || JSON.stringify({ ...moment, at: 0 }) !== JSON.stringify({ ...before, at: 0 })) moments.push(moment)
    }
    new MutationObserver(note).observe(document.body, { subtree: true, childList: true, characterData: true })
    window.moments = moments
  })()`)
  return () => page.evaluate('window.moments') as Promise<Moment[]>
}

async function toFirstWords(page: Page): Promise<void> {
  await messageList(page).waitFor()
  await page.evaluate('document.querySelector("[role=log]").scrollTop = 0')
}

describe.skipIf(!isBuilt || findChromium() === undefined)('a decision (skipped without out/ or a browser)', () => {
  let browser: Browser
  let home: string
  let host: Host
  const pages: DeskPage[] = []

  beforeAll(async () => {
    browser = await launchBrowser()
  })
  afterEach(async () => {
    const complaints = pages.flatMap((each) => each.complaints)
    for (const { page } of pages.splice(0)) await page.close()
    expect(complaints).toEqual([])
  })
  afterAll(async () => {
    await browser?.close()
    await endHosts()
  })

  async function open(hash = ''): Promise<Page> {
    const opened = await openDesk(browser, host, hash)
    pages.push(opened)
    return opened.page
  }

  describe('on the simulated exchange', { tags: ['day'] }, () => {
    beforeAll(async () => {
      home = makeHome()
      host = await startHost(home)
    })
    afterAll(async () => {
      await host.end('SIGTERM')
      rmSync(home, { recursive: true, force: true })
    })

    it('UX-17 streams into the conversation while it runs: several agents speak, the steps tick, the ballots come in', async () => {
      const page = await open('#/desk?symbol=BTC%2FUSDT')
      await decideButton(page).waitFor()
      await picture(page, 'empty')
      const moments = await watchRun(page)
      await decideButton(page).click()
      await page.getByText('Deciding…').waitFor()
      const [run] = await host.client.runs.list({})
      if (run === undefined) throw new Error('The click started no run.')
      await until(async () => (await host.client.runs.get({ runId: run.id })).stepsDone > 0, 'a step is done')
      await picture(page, 'running')
      const { stepsTotal } = await host.settled(run.id)
      await page.getByRole('button', { name: 'Jump to decision', disabled: false }).waitFor()
      await decideButton(page).waitFor()
      await picture(page, 'decided')

      const during = (await moments()).filter(({ running }) => running)
      const grew = (of: (moment: Moment) => number) => new Set(during.map(of)).size
      expect(grew(({ messages }) => messages)).toBeGreaterThanOrEqual(3)
      expect(grew(({ done }) => done)).toBeGreaterThanOrEqual(3)
      expect(new Set((await moments()).flatMap(({ speakers }) => speakers)).size).toBeGreaterThanOrEqual(5)

      const said = await host.client.runs.messages({ runId: run.id })
      const { ballots, tally } = await host.client.runs.vote({ runId: run.id })
      await page.getByText(`${stepsTotal} of ${stepsTotal}`).waitFor()
      await until(async () => (await moments()).at(-1)?.messages === said.length, 'every message is there')
      expect(ballots.length).toBeGreaterThanOrEqual(8)
      await until(async () => (await moments()).at(-1)?.ballots === ballots.length, 'every ballot is there')
      if (tally === null) throw new Error('The votes were not counted.')
      await page.getByRole('region', { name: 'Vote' }).getByText(tally.rule.sentence, { exact: true }).waitFor()
    })

    it('opens the evidence that words cite', async () => {
      const { id: runId } = await host.client.runs.start({ instrument: 'LTC/USDT' })
      await host.settled(runId)
      const page = await open('#/desk?symbol=LTC%2FUSDT')
      const evidence = await host.client.runs.evidence({ runId })
      const number = evidence.findIndex(({ status }) => status === 'value') + 1
      const cited = evidence[number - 1]
      if (cited?.status !== 'value') throw new Error('The desk found nothing.')
      await toFirstWords(page)
      await page
        .getByRole('button', { name: `Evidence ${number}`, exact: true })
        .first()
        .click()
      const card = page.getByRole('dialog')
      await card.getByText(cited.summary).waitFor()
      await card.getByText(cited.source.replaceAll('_', ' ')).first().waitFor()
      await picture(page, 'evidence')
    })

    it('shows two pages the same, and a page that is loaded again in the middle of a run all that was said', async () => {
      const first = await open('#/desk?symbol=ETH%2FUSDT')
      const second = await open('#/desk?symbol=ETH%2FUSDT')
      await decideButton(second).waitFor()
      await decideButton(first).click()
      await second.getByText('Deciding…').waitFor()
      await until(async () => (await host.client.runs.list({ limit: 1 }))[0]?.stepsDone !== 0, 'a step is done')
      await first.reload()
      const [run] = await host.client.runs.list({ limit: 1 })
      if (run === undefined) throw new Error('The click started no run.')
      await host.settled(run.id)
      const said = await host.client.runs.messages({ runId: run.id })
      for (const page of [first, second]) {
        await page.getByRole('button', { name: 'Jump to decision', disabled: false }).waitFor()
        const words: string[] = []
        await toFirstWords(page)
        await messageList(page).hover()
        await until(async () => {
          const shown = (await page.evaluate(
            '[...document.querySelectorAll("[role=log] [data-index]")].map((row) => [Number(row.dataset.index), row.querySelector("p").firstChild.textContent])',
          )) as [number, string][]
          for (const [index, text] of shown) words[index] = text
          await page.mouse.wheel(0, 300)
          return words.filter((each) => each !== undefined).length === said.length
        }, 'the whole conversation was seen')
        expect(words.map((each) => each.trim())).toEqual(said.map(({ text }) => text))
      }
    })

    it('nothing jumps while the market moves and the desk decides', async () => {
      const page = await open('#/desk?symbol=SOL%2FUSDT')
      await decideButton(page).waitFor()
      await sleep(500)
      await page.evaluate(`(() => {
        window.shifts = []
        new PerformanceObserver((list) => {
          for (const entry of list.getEntries()) {
            window.shifts.push([entry.value, entry.sources.map(({ node }) => node?.className ?? node?.nodeName)])
          }
        }).observe({ type: 'layout-shift' })
      })()`)
      await page.evaluate('document.activeElement?.blur()')
      const { id } = await host.client.runs.start({ instrument: 'SOL/USDT' })
      await page.getByText('Deciding…').waitFor()
      await host.settled(id)
      await decideButton(page).waitFor()
      await sleep(2_000)
      const shifts = (await page.evaluate('window.shifts')) as [number, unknown][]
      const total = shifts.reduce((sum, [value]) => sum + value, 0)
      console.log(`cumulative layout shift ${total.toFixed(4)} in ${shifts.length} shifts`)
      // A tenth of what the Web Vitals call good.
      expect(total, JSON.stringify(shifts)).toBeLessThan(0.01)
    })

    it('lets nobody in without the token, and a browser that has shown it stays in', async () => {
      const page = await open()
      expect(page.url()).not.toContain('token')
      const status = `fetch('/api/status').then((reply) => reply.status)`
      expect(await page.evaluate(status)).toBe(200)
      const origin = new URL(host.address).origin
      for (const path of ['/', '/api/status', '/api/journal', '/metrics', '/api/openapi.json']) {
        expect((await fetch(origin + path)).status, path).toBe(401)
        const headers = { authorization: 'Bearer a-token-of-somebody-else-altogether-and-long' }
        expect((await fetch(origin + path, { headers })).status, path).toBe(401)
      }
      const stranger = await browser.newContext()
      const reply = await (await stranger.newPage()).goto(origin)
      expect(reply?.status()).toBe(401)
      await stranger.close()
    })
  })

  describe('on a replayed market that climbs', () => {
    beforeAll(async () => {
      home = await makeClimbingHome()
      host = await startHost(home)
    })
    afterAll(async () => {
      await host.end('SIGTERM')
      rmSync(home, { recursive: true, force: true })
    })

    it('fills the order that the desk agreed on, draws its mark on the chart, and shows the position', async () => {
      const page = await open('#/desk?timeframe=1d')
      const marks = page.getByRole('list', { name: 'Marks on the chart' }).getByRole('listitem')
      await decideButton(page).waitFor()
      expect(await marks.count()).toBe(0)
      await decideButton(page).click()
      await page.getByText('BUY', { exact: true }).first().waitFor()
      await picture(page, 'replay')
      const [run] = await host.client.runs.list({})
      const { decision } = await host.client.runs.vote({ runId: run?.id ?? '' })
      expect(decision).toMatchObject({ status: 'agreed', action: 'buy' })

      await until(async () => (await host.client.trading.orders({})).length === 3, 'the entry, its stop and its target')
      const orders = await host.client.trading.orders({})
      const exits = orders.filter((one) => isExit(one))
      const [order] = orders.filter((one) => !isExit(one))
      expect(exits.map(({ quantity }) => quantity)).toEqual([order?.filledQuantity, order?.filledQuantity])
      expect(order).toMatchObject({ status: 'FILLED', side: 'buy', runId: run?.id, decisionId: decision?.id })
      const [fill] = await host.client.trading.fills({})
      if (fill === undefined) throw new Error('There is no fill.')
      await until(async () => (await marks.count()) === 2, 'the fill and the decision are marked')
      const words = await marks.allTextContents()
      expect(words.join('\n')).toContain(`Bought ${fill.quantity} at ${fill.price}`)
      expect(words.join('\n')).toContain('The desk decided: BUY')

      const position = page.getByRole('table', { name: 'Positions' }).getByRole('row').nth(1)
      expect(await position.innerText()).toMatch(/BTC\/USDT\s+long\s+\+/)
      expect(await host.client.trading.positions()).toMatchObject([{ instrument: 'BTC/USDT', quantity: fill.quantity }])
      await page.getByRole('tab', { name: 'Orders' }).click()
      await page.getByRole('table', { name: 'Orders' }).getByText('filled', { exact: false }).first().waitFor()

      await page.getByRole('button', { name: 'Data table' }).click()
      const bars = page.getByRole('table', { name: 'Bars of BTC/USDT' })
      await bars.getByText(`Bought ${fill.quantity} at ${fill.price}`).waitFor()
      await picture(page, 'replay-table')
    })
  })
})
