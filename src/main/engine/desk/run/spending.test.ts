import { describe, expect, it } from 'vitest'
import { goal, shippedPlanning } from '#test/builders/desk-kernel.ts'
import { deskWithSources } from '#test/builders/slow-sources.ts'
import { pass, settle } from '#test/builders/virtual-time.ts'

const trader = { kind: 'human', id: 'trader' } as const
const dayMs = 86_400_000
const { profiles } = shippedPlanning
const withDay = (dailyCostLimitUsd: number) => ({ planning: { dailyCostLimitUsd } })

async function started(given: Parameters<typeof deskWithSources>[0] = {}) {
  const desk = deskWithSources(given)
  await desk.start()
  return { ...desk, begin: (about = {}) => settle(desk.clock, desk.kernel.runs.start({ ...goal, ...about }, trader)) }
}

describe('the budget of a day', () => {
  it('is what all steps of all runs have cost, and survives a restart', async () => {
    const { kernel, decide, clock, journal, queries, latchStore } = await started()
    expect(kernel.runs.spending).toMatchObject({ limitUsd: shippedPlanning.dailyCostLimitUsd })
    expect(kernel.runs.spending.today()).toBe(0)
    const { runId } = await decide()
    const usd = queries.getRun(runId)?.usd ?? 0
    expect(usd).toBeGreaterThan(0.1)
    expect(kernel.runs.spending.today()).toBeCloseTo(usd, 9)
    await settle(clock, kernel.stop('restart'))
    const again = deskWithSources({ clock, journal, latchStore })
    expect(again.kernel.runs.spending.today()).toBeCloseTo(usd, 9)
  })

  it('begins anew with the day, and a clock that is set back gives nothing back', async () => {
    const { kernel, decide, clock } = await started()
    await decide()
    clock.jump(dayMs)
    await pass(clock, 500)
    expect(kernel.runs.spending.today()).toBe(0)
    await decide()
    const spent = kernel.runs.spending.today()
    clock.jump(-dayMs)
    await pass(clock, 500)
    expect(kernel.runs.spending.today()).toBe(spent)
  })

  it('leaves research out that would go over it, says so, and never spends more', async () => {
    const { kernel, decide } = await started(withDay(0.16))
    const memory = await decide()
    const left = [...memory.steps].flatMap(([id, end]) =>
      'skipped' in end && end.skipped.startsWith('BUDGET') ? [id] : [],
    )
    expect(left.length).toBeGreaterThan(0)
    expect(kernel.runs.spending.today()).toBeLessThanOrEqual(0.16)
    const said = memory.messages.filter(({ kind, agent }) => kind === 'system' && agent === 'planner')
    expect(
      said.some(({ text }) => /is left out: it would cost \$0\.\d+, more than is left of the budget/.test(text)),
    ).toBe(true)
  })

  it('refuses a decision whose needed research is more than is left, and says what to do', async () => {
    const { decide, begin, kinds } = await started(withDay(0.25))
    await decide()
    const runs = kinds().filter((kind) => kind === 'runStarted').length
    await expect(begin()).rejects.toMatchObject({
      code: 'DAILY_BUDGET_SPENT',
      details: { limitUsd: 0.25, spentUsd: expect.any(Number), neededUsd: expect.any(Number) },
      wayOut: expect.stringContaining('dailyCostLimitUsd'),
    })
    expect(kinds().filter((kind) => kind === 'runStarted')).toHaveLength(runs)
  })

  it('holds over runs under way at the same time, whatever each of them may cost', async () => {
    const { begin, clock, kernel } = await started({
      ways: { news: 10, onchain: 10, price_data: 10 },
      ...withDay(0.25),
    })
    const first = await begin()
    const second = await begin({ instrument: 'ETH/USDT' })
    await settle(clock, Promise.all([first.ended, second.ended]))
    expect(kernel.runs.spending.today()).toBeLessThanOrEqual(0.25 + 1e-9)
  })

  it('a decision that costs more than one may is refused whatever is left of the day', async () => {
    const tight = { ...profiles, balanced: { ...profiles.balanced, costLimitUsd: 0.05 } }
    const { begin } = await started({ planning: { profiles: tight } })
    await expect(begin()).rejects.toMatchObject({
      code: 'BUDGET_TOO_SMALL',
      wayOut: expect.stringContaining('costLimitUsd'),
    })
  })
})
