import { describe, expect, it } from 'vitest'
import { readTemplates } from '#main/config/templates.ts'
import type { PlanTemplate } from '#shared/domain/plan-template.ts'
import type { PlanWish } from '#shared/domain/plan-wish.ts'
import { defaultSettings } from '#shared/domain/settings.ts'
import { deskKernel } from '#test/builders/desk-kernel.ts'
import { pass, passUntil, settle } from '#test/builders/virtual-time.ts'

const trader = { kind: 'human', id: 'trader' } as const
const shipped = readTemplates(undefined).value

async function started(templates: readonly PlanTemplate[] = shipped) {
  const desk = deskKernel({ seed: 2, options: { templates } })
  await desk.start()
  const { kernel, clock, queries } = desk
  const create = (wish: Partial<PlanWish>) =>
    settle(clock, kernel.plans.create({ instrument: 'BTC/USDT', ...wish }, defaultSettings, trader))
  const ended = async (planId: string) => {
    await passUntil(clock, () => queries.getPlan(planId)?.endedAt !== null)
    await settle(clock, desk.journal.settled())
    return kernel.plans.get(planId)
  }
  const said = (runId: string | null) => queries.listMessages(runId ?? '', undefined, 1_000).map(({ text }) => text)
  const children = (planId: string) => queries.listPlans(50).filter(({ parentId }) => parentId === planId)
  const weights = () => {
    const worth = new Map(
      [...kernel.book.positions.values()].map(({ instrument, quantity }) => [
        instrument,
        Number(quantity) * Number(desk.feed.quote(instrument)?.last),
      ]),
    )
    const total = [...worth.values()].reduce((sum, one) => sum + one, 0)
    return new Map([...worth].map(([instrument, one]) => [instrument, one / total]))
  }
  return { ...desk, create, ended, said, children, weights }
}

describe('a performance review', () => {
  it('reads the record and ends in a conclusion, in the conversation and in memory, and sends nothing', async () => {
    const { create, ended, said, decide, queries, records, kinds } = await started()
    await decide({ policy: 'simple-majority' })
    const sent = kinds().filter((kind) => kind === 'orderSubmitted').length
    const { id } = await create({ template: 'performance-review' })
    const plan = await ended(id)
    expect(plan).toMatchObject({ state: 'completed', traded: false })
    const texts = said(plan.runId)
    expect(texts).toContainEqual(
      expect.stringMatching(
        /^Decisions on BTC\/USDT: 1, of which 1 trade was carried out.+Calibration: fewer than five trades/,
      ),
    )
    expect(texts).toContainEqual('In the last 30 days: 1 decision on 1 instrument, of which 1 trade was carried out.')
    expect(texts.at(-1)).toContain('There is too little to judge the desk on BTC/USDT by')
    const written = records.find(({ kind }) => kind === 'conclusionWritten')
    expect(written).toMatchObject({ actor: { id: 'evaluator' }, data: { conclusion: texts.at(-1) } })
    expect(queries.getRemembered(plan.runId ?? '')?.entries).toMatchObject([
      { kind: 'learned', agent: 'evaluator', text: texts.at(-1) },
    ])
    expect(kinds().filter((kind) => kind === 'orderSubmitted')).toHaveLength(sent)
  })
})

describe('a rebalancing', () => {
  it('of what has drifted has each trade decided by a plan of its own, sales first, and comes nearer to its weights', async () => {
    const { create, ended, said, decide, children, weights, queries } = await started()
    await decide({ policy: 'simple-majority', profile: 'aggressive' })
    expect(weights().get('BTC/USDT')).toBe(1)
    const { id } = await create({ template: 'rebalance', parameters: { mostCost: 0.01 } })
    const plan = await ended(id)
    expect(plan).toMatchObject({ state: 'completed', purpose: 'rebalance' })
    const made = children(id).toReversed()
    expect(made.length).toBeGreaterThan(1)
    expect(made[0]).toMatchObject({ template: 'rebalance-trade', instrument: 'BTC/USDT', parentId: id, traded: true })
    expect(made[0]?.parameters['quantity']).toBeLessThan(0)
    expect(made.slice(1).every(({ traded }) => traded)).toBe(true)
    expect(weights().get('BTC/USDT')).toBeLessThan(0.7)
    const orders = queries.listOrders(undefined, 50).filter(({ runId }) => made.some((one) => one.runId === runId))
    expect(orders.filter(({ type }) => type === 'MARKET').map(({ side }) => side)).toContain('buy')
    const texts = said(plan.runId)
    expect(texts[0]).toMatch(/is not where it should be; mending it costs .+ To do: sell .+ BTC\/USDT, buy/)
    expect(texts.at(-1)).toContain(`${made.length} of ${made.length} plans of its own were carried out.`)
  })

  it('goes to the weights of the goal that it was asked for, by what the Portfolio screen suggests', async () => {
    const { create, ended, said, decide } = await started()
    await decide({ policy: 'simple-majority', profile: 'aggressive' })
    const words = []
    for (const weights of ['hierarchical-risk-parity', 'mean-variance'] as const) {
      const plan = await ended((await create({ template: 'rebalance', weights, parameters: { mostCost: 0 } })).id)
      expect(plan).toMatchObject({ state: 'completed', weights })
      words.push(said(plan.runId)[0])
    }
    expect(words[0]).toMatch(/^By hierarchical risk parity .+ of what is invested is not where it should be/)
    expect(words[1]).toMatch(/^By mean variance .+ of the equity is not where it should be/)
  })

  it('of what is not worth its cost trades nothing, and says so', async () => {
    const { create, ended, said, decide, children } = await started()
    await decide({ policy: 'simple-majority', profile: 'aggressive' })
    const { id } = await create({ template: 'rebalance', parameters: { mostCost: 0.00001 } })
    const plan = await ended(id)
    expect(plan.state).toBe('completed')
    expect(children(id)).toEqual([])
    expect(said(plan.runId).at(-1)).toContain('is not worth it')
  })
})

describe('plans of its own', () => {
  const round: PlanTemplate = {
    ...(shipped.find(({ name }) => name === 'performance-review') as PlanTemplate),
    name: 'round',
    tasks: ['pursue', 'conclude'],
    subGoals: [
      { template: 'analyse-symbol', parameters: {} },
      { template: 'analyse-symbol', instrument: 'ETH/USDT', parameters: {} },
      { template: 'astrology', parameters: {} },
    ],
    seconds: { propose: 3_600, vote: 60, execute: 60 },
    parameters: {},
  }

  it('are carried out one after the other, also on the parent’s instrument, and what became of each is told in the parent', async () => {
    const { create, ended, said, children } = await started([...shipped, round])
    const { id } = await create({ template: 'round' })
    const plan = await ended(id)
    expect(plan.state).toBe('completed')
    const [second, first] = children(id)
    expect(first).toMatchObject({ instrument: 'BTC/USDT', state: 'completed', parentId: id })
    expect(second?.createdAt).toBeGreaterThanOrEqual(first?.endedAt ?? Number.POSITIVE_INFINITY)
    const texts = said(plan.runId)
    expect(texts).toContainEqual('Analyse a symbol, ETH/USDT: completed')
    expect(texts).toContainEqual(
      expect.stringContaining('No plan could be made for BTC/USDT: There is no template "astrology"'),
    )
  })

  it('end with the parent', async () => {
    const { create, kernel, clock, children, queries } = await started([...shipped, round])
    const { id } = await create({ template: 'round' })
    await passUntil(clock, () => children(id)[0]?.state === 'proposing')
    await settle(clock, kernel.plans.cancel(id, 'Enough', trader))
    await pass(clock, 5_000)
    expect(children(id)).toMatchObject([{ state: 'cancelled', reason: 'The plan that it serves has ended' }])
    expect(kernel.runs.active()).toEqual([])
    expect(queries.listPlans(9)).toHaveLength(2)
  })

  it('HO-15 are not begun twice where the desk is closed meanwhile', async () => {
    const { create, kernel, clock, children, journal, latchStore } = await started([...shipped, round])
    const { id } = await create({ template: 'round' })
    await passUntil(clock, () => children(id)[0]?.state === 'voting')
    await settle(clock, kernel.stop('closed'))
    await settle(clock, journal.settled())
    const again = deskKernel({ seed: 2, journal, clock, latchStore, options: { templates: [...shipped, round] } })
    await again.start()
    await passUntil(clock, () => again.kernel.plans.get(id).endedAt !== null)
    expect(again.kernel.plans.get(id).state).toBe('completed')
    expect(children(id)).toMatchObject([{ instrument: 'ETH/USDT' }, { instrument: 'BTC/USDT', state: 'completed' }])
  })

  it('can be made by hand for a plan under way, and for no other', async () => {
    const { create, children } = await started()
    const { id } = await create({ template: 'daily-trading-strategy' })
    await create({ template: 'analyse-symbol', parentId: id })
    expect(children(id)).toMatchObject([{ state: 'proposing' }])
    await expect(create({ template: 'analyse-symbol', parentId: 'plan_none' })).rejects.toMatchObject({
      code: 'PLAN_ENDED',
    })
  })
})
