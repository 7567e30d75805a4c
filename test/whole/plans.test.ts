import { execFile } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { PlanView, ScheduleView } from '#shared/contract/plans.ts'
import { isEndedPlan } from '#shared/domain/collaborative-plan.ts'
import type { PlanConflict } from '#shared/domain/conflict.ts'
import { findChromium } from '#test/e2e/chromium.ts'
import { copyHome, makeClimbingHome, replayAt } from '#test/e2e/climbing-home.ts'
import { type DeskPage, launchBrowser, messageList, openDesk, picture } from '#test/e2e/desk-page.ts'
import { endHosts, type Host, isBuilt, startHost, until } from '#test/e2e/host.ts'

const root = join(import.meta.dirname, '../..')

/** Runs the command line on a home, and gives what it printed as JSON. */
function parley<Answer>(home: string, ...args: readonly string[]): Promise<Answer> {
  const all = [join(root, 'src/main/cli.ts'), ...args, '--home', home, '--json']
  return new Promise((resolve, reject) =>
    execFile(process.execPath, all, { maxBuffer: 1 << 24 }, (error, out, wrong) => {
      if (error === null) resolve(JSON.parse(out) as Answer)
      else reject(new Error(wrong))
    }),
  )
}

/** What was said in a run that the page shows, from the first word to the last. */
async function conversationOn(page: Page, plan: PlanView): Promise<string> {
  await page.evaluate(`location.hash = '#/desk?symbol=${encodeURIComponent(plan.instrument)}&run=${plan.runId}'`)
  await messageList(page).locator('article').first().waitFor()
  const words = new Set<string>()
  // Only what is in sight is in the page: it is scrolled through.
  // A list that has just been opened may go to its end once more as its words are measured.
  const toTop = async () => {
    await page.evaluate('document.querySelector("[role=log]").scrollTop = 0')
    await page.waitForTimeout(150)
    return (await page.evaluate('document.querySelector("[role=log]").scrollTop')) as number
  }
  await until(async () => (await toTop()) === 0, 'the conversation is shown from its beginning')
  for (let top = 0, last = -1; top !== last; ) {
    last = top
    await page.waitForTimeout(60)
    for (const text of await messageList(page).locator('article').allInnerTexts()) words.add(text)
    top = (await page.evaluate(
      `(() => { const log = document.querySelector('[role=log]'); log.scrollTop += log.clientHeight * 0.7; return log.scrollTop })()`,
    )) as number
  }
  return [...words].join('\n')
}

const tableOfPlans = (page: Page) => page.getByRole('table', { name: 'Plans of the desk' })

async function toPlans(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Plans' }).first().click()
  await page.getByRole('button', { name: 'New plan' }).waitFor()
}

async function choose(page: Page, label: string, option: string): Promise<void> {
  await page.getByRole('combobox', { name: label, exact: true }).click()
  await page.getByRole('option', { name: option, exact: true }).click()
}

describe.skipIf(!isBuilt || findChromium() === undefined)(
  'plans of the desk (skipped without out/ or a browser)',
  () => {
    let browser: Browser
    let climbing: string
    let home: string
    let host: Host
    let desk: DeskPage
    beforeAll(async () => {
      browser = await launchBrowser()
      climbing = await makeClimbingHome()
    })
    afterEach(async () => {
      expect(desk.complaints).toEqual([])
      await desk.page.close()
      await endHosts()
      rmSync(home, { recursive: true, force: true })
    })
    afterAll(async () => {
      await browser?.close()
      if (climbing !== undefined) rmSync(climbing, { recursive: true, force: true })
    })

    async function open(prepare: (home: string) => void = () => {}): Promise<void> {
      home = copyHome(climbing)
      prepare(home)
      host = await startHost(home)
      desk = await openDesk(browser, host)
    }

    const get = (planId: string) => host.client.plans.get({ planId }) as Promise<PlanView>
    async function ended(planId: string): Promise<PlanView> {
      await until(async () => isEndedPlan((await get(planId)).state), 'the plan has ended').catch(
        async (error: unknown) => {
          throw new Error(`It is ${JSON.stringify((await get(planId)).moves)}`, { cause: error })
        },
      )
      return get(planId)
    }
    const newest = async () => (await host.client.plans.list({ limit: 1 }))[0]?.id ?? ''

    const morning = {
      'the command line': async () =>
        (await parley<PlanView>(home, 'plans', 'create', 'BTC/USDT', '--template', 'daily-trading-strategy')).id,
      'the page': async () => {
        await toPlans(desk.page)
        await desk.page.getByRole('button', { name: 'New plan' }).click()
        await choose(desk.page, 'Template', 'Daily trading strategy')
        await picture(desk.page, 'new-plan')
        await desk.page.getByRole('button', { name: 'Create and start' }).click()
        await tableOfPlans(desk.page).waitFor()
        return newest()
      },
    }

    it.each(Object.entries(morning))(
      'the morning strategy from %s: everybody is heard, they agree, and it is carried out',
      async (_from, make) => {
        await open()
        const plan = await ended(await make())
        expect(plan).toMatchObject({ state: 'completed', traded: true })
        expect(plan.moves.map(({ state }) => state)).toEqual([
          'draft',
          'proposing',
          'voting',
          'approved',
          'executing',
          'completed',
        ])
        await toPlans(desk.page)
        await tableOfPlans(desk.page).getByText('completed').first().waitFor()
        await picture(desk.page, 'plans-of-the-desk')
        const said = await conversationOn(desk.page, plan)
        for (const words of ['The case for a rise', 'I propose to buy', 'Decided: buy', 'Filled: buy']) {
          expect(said).toContain(words)
        }
        for (const who of ['Bull', 'Bear', 'Risk manager', 'Strategic planner', 'Executor']) expect(said).toContain(who)
      },
    )

    it('a schedule from the page makes a plan when it is due; the command line says what is wrong with another, and switches it off', async () => {
      // A minute of this market goes by in a quarter of one.
      await open((folder) => replayAt(folder, 4))
      await toPlans(desk.page)
      await desk.page.getByRole('button', { name: 'Schedules' }).click()
      await choose(desk.page, 'Template', 'Analyse a symbol')
      await choose(desk.page, 'How often', 'custom (cron)')
      await desk.page.getByRole('textbox', { name: 'Cron' }).fill('* 25 * * *')
      await desk.page.getByRole('button', { name: 'Schedule', exact: true }).click()
      await desk.page.getByText('The hour "25" of "* 25 * * *" (field 2) is wrong').waitFor()
      await desk.page.getByRole('textbox', { name: 'Cron' }).fill('* * * * *')
      await desk.page.getByRole('button', { name: 'Schedule', exact: true }).click()
      await until(async () => (await host.client.plans.schedules()).length === 1, 'it is scheduled')
      await desk.page.getByText(/next analyse-symbol on .+ (today|tomorrow) at/).waitFor()
      await desk.page.getByRole('button', { name: 'Schedules' }).click()
      await desk.page.getByRole('table', { name: 'Schedules of plans' }).waitFor()
      await picture(desk.page, 'schedules')
      await until(async () => (await newest()) !== '', 'a plan is made')
      const plan = await ended(await newest())
      expect(plan).toMatchObject({ template: 'analyse-symbol', state: 'completed', initiator: { kind: 'system' } })
      expect(plan.occasion).toMatch(/^Scheduled for /)
      const wrong = ['plans', 'schedule', 'BTC/USDT', '--template', 'analyse-symbol', '--cron', '61 9 * * *']
      await expect(parley(home, ...wrong)).rejects.toThrow('CRON_INVALID')
      const [schedule] = await parley<ScheduleView[]>(home, 'plans', 'schedules')
      const made = (await host.client.plans.list({})).map(({ id }) => id)
      expect(made).toContain(plan.id)
      expect(made).toContain(schedule?.last?.planId)
      const off = await parley<ScheduleView>(home, 'plans', 'unschedule', schedule?.id ?? '')
      expect(off).toMatchObject({ isOn: false, nextAt: null })
      // The first run has taken the place of what was there.
      if (!(await desk.page.getByRole('table', { name: 'Schedules of plans' }).isVisible()))
        await desk.page.getByRole('button', { name: 'Schedules' }).click()
      await desk.page.getByRole('button', { name: 'Switch on' }).waitFor()
    })

    it('a risk emergency starts by itself, those who answer for risk are unanimous, and it is sold within its deadlines', async () => {
      await open((folder) => {
        // A limit that this calm market passes with a usual position.
        const shipped = readFileSync(join(root, 'resources/templates/risk-mitigation.yaml'), 'utf8')
        const strict = shipped.replace(/above: 0\.08/, 'above: 0.002').replace(/target: 0\.06/, 'target: 0.001')
        mkdirSync(join(folder, 'templates'))
        writeFileSync(join(folder, 'templates/risk-mitigation.yaml'), strict)
      })
      const { id } = await parley<PlanView>(home, 'plans', 'create', 'BTC/USDT', '--template', 'daily-trading-strategy')
      expect((await ended(id)).state).toBe('completed')
      const isMitigation = ({ template }: { template: string | null }) => template === 'risk-mitigation'
      const all = () => parley<PlanView[]>(home, 'plans', 'list')
      await until(async () => (await all()).some(isMitigation), 'a mitigation has begun')
      const plan = await ended((await all()).find(isMitigation)?.id ?? '')
      expect(plan).toMatchObject({
        state: 'completed',
        priority: 'emergency',
        traded: true,
        initiator: { kind: 'system' },
      })
      expect(plan.occasion).toContain('above the limit')
      const proposing = plan.moves.find(({ state }) => state === 'proposing')?.at ?? 0
      expect((plan.endedAt ?? 0) - proposing).toBeLessThan(120_000)
      const vote = await host.client.runs.vote({ runId: plan.runId ?? '' })
      expect(vote.tally).toMatchObject({ unanimous: true, outcome: 'sell', rule: { code: 'UNANIMOUS' } })
      expect(vote.ballots.map(({ voter }) => voter).toSorted()).toEqual(['executor', 'optimizer', 'privacy', 'risk'])
      const orders = await host.client.trading.orders({})
      expect(orders.find(({ runId }) => runId === plan.runId)).toMatchObject({ side: 'sell', reduceOnly: true })
      const said = await conversationOn(desk.page, plan)
      expect(said).toContain("Bring the portfolio's risk from")
      expect(said).toContain('Decided: sell')
      expect(said).toContain('Filled: sell')
    })

    it('an exit is decided by a weighted vote in which the trader has changed sides once, from the page and the command line', async () => {
      await open()
      const bought = await parley<PlanView>(home, 'plans', 'create', 'BTC/USDT', '--template', 'daily-trading-strategy')
      expect((await ended(bought.id)).state).toBe('completed')
      const [before] = await host.client.trading.positions()
      const { id } = await parley<PlanView>(
        home,
        'plans',
        'create',
        'BTC/USDT',
        '--template',
        'position-exit',
        '--vote-within',
        '60',
        '--propose-within',
        '60',
        '--with',
        'trader=10',
        '--without',
        'bull',
        'strategist',
        '--param',
        'share=0.5',
      )
      await toPlans(desk.page)
      await until(async () => (await get(id)).state === 'voting', 'it is voted on')
      await parley(home, 'vote', id, 'reject', '--reason', 'It may run on.')
      await desk.page.getByRole('button', { name: 'Join in' }).click()
      await desk.page.getByRole('combobox', { name: 'Between' }).press('ArrowDown')
      await desk.page.getByRole('option', { name: 'Risk manager' }).click()
      await desk.page.getByRole('option', { name: 'Bear' }).click()
      await desk.page.getByRole('textbox', { name: 'Description' }).fill('Is it for good?')
      await picture(desk.page, 'plan-conflict')
      await desk.page.getByRole('button', { name: 'Raise it' }).click()
      await desk.page
        .getByText(/^Conflict over size between the risk manager and the bear\. Is it for good\?/)
        .waitFor()
      await desk.page.getByRole('button', { name: 'Close', exact: true }).click()
      const [raised] = await parley<PlanConflict[]>(home, 'plans', 'conflicts', id)
      expect(raised).toMatchObject({ kind: 'size', by: 'trader', settled: expect.any(String) })
      await desk.page.getByRole('button', { name: 'Vote', exact: true }).click()
      await desk.page.getByRole('textbox', { name: 'Why' }).fill('Half of it is enough.')
      await picture(desk.page, 'plan-ballot')
      await desk.page.getByRole('button', { name: 'Cast the ballot' }).click()
      await desk.page.getByRole('button', { name: 'Cast the ballot' }).waitFor({ state: 'detached' })
      // Those at odds take different sides still: the trader, who raised it, decides.
      await until(async () => (await get(id)).state === 'inReview', 'it waits for the trader')
      const [review] = await host.client.reviews.list({})
      if (review === undefined || review.isBlind) throw new Error('The review does not show what it is about.')
      expect(review.rules.map(({ code }) => code)).toContain('CONFLICT')
      await host.client.reviews.approve({ reviewId: review.id, orderHash: review.orderHash })
      const plan = await ended(id)
      expect(plan).toMatchObject({ state: 'completed', traded: true })
      const { tally, policy } = await host.client.runs.vote({ runId: plan.runId ?? '' })
      expect(policy.rule).toEqual({ kind: 'weighted', threshold: 0.6 })
      // Everybody has voted again over the conflict.
      const superseded = expect.objectContaining({ voter: 'trader', reason: 'SUPERSEDED' })
      expect(tally?.notCounted).toContainEqual(superseded)
      expect(tally?.support[0]).toMatchObject({ ballot: { voter: 'trader' }, weight: 10 })
      const [after] = await host.client.trading.positions()
      expect(Number(after?.quantity)).toBeCloseTo(Number(before?.quantity) / 2, 3)
      const said = await conversationOn(desk.page, plan)
      for (const words of [
        'It may run on.',
        'Half of it is enough.',
        'I raise a conflict over size',
        'The desk leans to sell',
        'The trader approved it.',
        'Filled: sell',
      ]) {
        expect(said).toContain(words)
      }
    })
  },
)
