import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { decidePlan } from '#engine/desk/planning/decide-plan.ts'
import { planningConfigSchema } from '#shared/domain/profile.ts'
import type { Run } from '#shared/domain/run.ts'
import { hasNoBrowser, onMadeUpDesk } from '#test/e2e/made-up-desk.ts'
import type { PageDesk } from '#test/fakes/page-desk.ts'

let desk: PageDesk
let page: Page
onMadeUpDesk((opened) => {
  ;({ desk, page } = opened)
})

const node = (id: string) => page.locator(`[data-step="${id}"]`)
const row = (id: string) => page.locator(`[data-row="${id}"]`)
const inspector = () => page.getByRole('complementary')
const focused = () =>
  page.evaluate('document.activeElement.dataset.step ?? document.activeElement.textContent') as Promise<string>

async function open(second: number): Promise<void> {
  desk.playTo(second)
  await page.goto(`${desk.url}#/plans`)
  await page.getByRole('heading', { name: 'Decide on BTC/USDT' }).waitFor()
  await node('plan').waitFor()
}

/** The plan that the desk makes of its own configuration, as a run that has just begun. */
function newestRun(): Run {
  const text = readFileSync(new URL('../../resources/config/planning.yaml', import.meta.url), 'utf8')
  const goal = { instrument: 'BTC/USDT', profile: 'conservative', policy: 'weighted' } as const
  const { plan } = decidePlan('plan_large', goal, planningConfigSchema.parse(parse(text)), (words) =>
    createHash('sha256').update(words).digest('hex'),
  )
  const idle = { attempt: 0, startedAt: null, endedAt: null, usd: 0, reason: null }
  return {
    id: 'run_large',
    goal,
    status: 'running',
    startedAt: Date.now(),
    endedAt: null,
    usd: 0,
    stepsDone: 0,
    stepsTotal: plan.steps.length,
    outcome: null,
    reason: null,
    plan,
    steps: plan.steps.map(({ id }) => ({ ...idle, id, state: 'pending' })),
  }
}

describe.skipIf(hasNoBrowser)('the Plan screen', () => {
  it('is reached by its name and from the runs, and shows the run under way', async () => {
    desk.playTo(12)
    await page.goto(`${desk.url}#/runs`)
    await page.getByRole('link', { name: 'Plans' }).click()
    await page.getByRole('heading', { name: 'Decide on BTC/USDT' }).waitFor()
    await page.goto(`${desk.url}#/runs`)
    await page
      .getByRole('row', { name: /ETH\/USDT/ })
      .getByRole('link', { name: 'plan ›' })
      .click()
    await page.getByRole('heading', { name: 'Decide on ETH/USDT' }).waitFor()
    expect(page.url()).toMatch(/#\/plans\/run_/)
    await page.getByRole('link', { name: 'on the Desk ›' }).click()
    await page.waitForURL(/#\/desk\?symbol=ETH/)
  })

  it('UX-16 follows the run: states, times, cost, and nothing moves but what changed', async () => {
    await page.goto(`${desk.url}#/plans`)
    const over = desk.play(4)
    await page.getByRole('heading', { name: 'Decide on BTC/USDT' }).waitFor()
    await node('debate').and(page.locator('[data-state="running"]')).waitFor()
    await node('debate').and(page.locator('[data-state="succeeded"]')).waitFor()
    expect(await page.evaluate('document.getAnimations().length')).toBe(0)
    await over
    await page.getByText('19 of 19 ended').waitFor()
    await page.getByText('completed BUY').waitFor()
    expect(await page.getByRole('button', { name: 'Cancel run' }).count()).toBe(0)
    expect(await node('macro').getAttribute('aria-label')).toContain('SOURCE_TIMEOUT')
    expect(await node('keywords').getAttribute('data-state')).toBe('skipped')
  })

  it('says how far the run is of its estimate, its limit and its lower bound', async () => {
    await open(12)
    await page.getByText('10 of 19 ended').waitFor()
    await page.getByText(/^\d+ s of an estimated 31 s$/).waitFor()
    await page.getByText('$0.09 of at most $0.50, $0.11 estimated').waitFor()
    await page.getByText('no schedule is shorter than 31 s').waitFor()
    await page.getByText(/research 4 in parallel/).waitFor()
    await page.getByText(/Speedup: planned 2\.1×, actual \d\.\d×/).waitFor()
  })

  it('UX-16 is walked by the arrow keys; Enter opens a step, Escape leads back', async () => {
    await open(26)
    await node('plan').focus()
    await page.keyboard.press('ArrowRight')
    await expect.poll(focused).toBe('technical')
    await page.keyboard.press('ArrowRight')
    await expect.poll(focused).toBe('patterns')
    await page.keyboard.press('ArrowRight')
    await expect.poll(focused).toBe('validate')
    await page.keyboard.press('End')
    await expect.poll(focused).toBe('evaluate')
    await page.keyboard.press('ArrowLeft')
    await expect.poll(focused).toBe('execute')
    await page.keyboard.press('Enter')
    await inspector().getByText('Why this step').waitFor()
    await expect.poll(focused).toBe('Place and watch the order')
    await page.keyboard.press('Escape')
    await inspector().waitFor({ state: 'detached' })
    await expect.poll(focused).toBe('execute')
  })

  it('explains a step: why it is here, its times and cost, its evidence or its ballots', async () => {
    await open(26)
    await node('sentiment').click()
    await inspector().getByText('It starts when “Plan the research” has ended.').waitFor()
    await inspector().getByText('38 headlines in 24 hours').waitFor()
    await inspector().getByText('$0.02 of an estimated $0.02').waitFor()
    await inspector()
      .getByText(/than planned$/)
      .waitFor()
    await inspector()
      .getByRole('button', { name: /Validate the dossier/ })
      .click()
    await inspector().getByText('“Bull and bear debate, 2 rounds” and “Market view” wait for it.').waitFor()
    await row('vote').click()
    await inspector().getByText('BUY if the stop stays at 62 700 or closer').waitFor()
    await inspector()
      .getByText(/Funding is stretched/)
      .waitFor()
    await row('macro').click()
    await inspector().getByText('the calendar did not answer in 2 s').first().waitFor()
  })

  it('UX-20 shows exact numbers of a bar on hover and on focus, and walks the rows by arrow keys', async () => {
    await open(26)
    await row('onchain').hover()
    await page.getByText('0.5 s to 9 s (8.5 s)').waitFor()
    await page.mouse.move(5, 5)
    await row('plan').focus()
    await page.keyboard.press('ArrowDown')
    await page.getByText(/^0\.5 s to 3 s \(2\.5 s\)$/).waitFor()
    expect(await row('technical').getAttribute('aria-label')).toContain('planned 1 s to 5 s (4.0 s)')
  })

  it('UX-16 tells the same facts in a table', async () => {
    await open(26)
    await page.getByText('Table', { exact: true }).click()
    const table = page.getByRole('table', { name: 'Steps of the plan' })
    expect(await table.getByRole('row').count()).toBe(20)
    await table.getByRole('row', { name: /On-chain flows Researcher succeeded no 1 s to 9 s/ }).click()
    await inspector().getByText('funding rates').waitFor()
  })

  it('cancels the run', async () => {
    await open(12)
    await page.getByRole('button', { name: 'Cancel run' }).click()
    await page.getByText('This run was cancelled: Cancelled by the trader').waitFor()
  })

  it('UX-23 says that there is no such run', async () => {
    await page.goto(`${desk.url}#/plans/run_of_yesterday`)
    await page.getByText('No such run').waitFor()
    await page.getByRole('combobox', { name: 'Run' }).waitFor()
  })

  it('shows a plan of the desk’s own making whole, in letters that can be read', async () => {
    const run = newestRun()
    desk.add(run)
    await page.goto(`${desk.url}#/plans/run_large`)
    await node('evaluate').waitFor()
    const [outside, letters] = (await page.evaluate(`(() => {
      const box = document.querySelector('.react-flow').getBoundingClientRect()
      const nodes = [...document.querySelectorAll('[data-step]')]
      const outside = nodes.filter((each) => {
        const { left, right, top, bottom } = each.getBoundingClientRect()
        return left < box.left || right > box.right || top < box.top || bottom > box.bottom
      })
      const scale = nodes[0].getBoundingClientRect().width / nodes[0].offsetWidth
      return [outside.length, scale * parseFloat(getComputedStyle(nodes[0].firstElementChild).fontSize)]
    })()`)) as [number, number]
    expect(await page.locator('[data-step]').count()).toBe(run.plan.steps.length)
    expect(outside).toBe(0)
    expect(letters).toBeGreaterThan(9)
    const width = async () => (await node('validate').boundingBox())?.width ?? 0
    const whole = await width()
    await page.getByRole('button', { name: 'Zoom in' }).click()
    await expect.poll(width).toBeGreaterThan(whole * 1.1)
    await page.getByRole('button', { name: 'Show the whole plan' }).click()
    await expect.poll(width).toBeCloseTo(whole, 0)
  })

  it('UX-21 shows the focus wherever Tab leads, and the graph is one stop of it', async () => {
    await open(26)
    const reached: string[] = []
    const unseen: string[] = []
    for (let press = 0; press < 40; press++) {
      await page.keyboard.press('Tab')
      const [name, outlined] = (await page.evaluate(`(() => {
        const element = document.activeElement
        const marked = [element, element.nextElementSibling, element.parentElement].some((each) => {
          if (each === null) return false
          const style = getComputedStyle(each)
          return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0
        })
        return [element.dataset.step !== undefined ? 'node' : element.getAttribute('aria-label') ?? element.textContent, marked || element === document.body]
      })()`)) as [string, boolean]
      reached.push(name)
      if (!outlined) unseen.push(name)
    }
    expect(unseen).toEqual([])
    for (const name of [
      'Plans',
      'Run',
      'on the Desk ›',
      'Zoom in',
      'node',
      'Height of the graph',
      'Schedule of the steps',
    ]) {
      expect(reached).toContain(name)
    }
    const first = reached.indexOf('node')
    expect(reached[first + 1]).not.toBe('node')
  })

  it.each([
    [2_560, 1_440],
    [1_440, 900],
    [1_280, 800],
    [640, 400],
  ])('UX-21 fits %i × %i without scrolling sideways', async (width, height) => {
    await page.setViewportSize({ width, height })
    await open(26)
    await row('risk').click()
    await inspector().waitFor()
    const wide = await page.evaluate(`(() => {
      const screen = document.querySelector('main')
      return [document.documentElement.scrollWidth - innerWidth, screen.scrollWidth - screen.clientWidth]
    })()`)
    expect(wide).toEqual([0, 0])
  })
})
