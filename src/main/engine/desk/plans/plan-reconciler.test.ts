import { describe, expect, it } from 'vitest'
import { readTemplates } from '#main/config/templates.ts'
import type { PlanWish } from '#shared/domain/plan-wish.ts'
import { defaultSettings } from '#shared/domain/settings.ts'
import { decimal, toNumber } from '#shared/lib/decimal.ts'
import { deskKernel, shippedMandate, shippedReviewPolicy } from '#test/builders/desk-kernel.ts'
import { pass, passUntil, settle } from '#test/builders/virtual-time.ts'

const trader = { kind: 'human', id: 'trader' } as const
const templates = readTemplates(undefined).value

/** A desk that may hold so much; its plans stay open to the trader's vote. */
async function desk(maximumExposure: number) {
  const mandate = { ...shippedMandate, maximumExposure: decimal(maximumExposure) }
  const reviewPolicy = { ...shippedReviewPolicy, aboveNotional: null, driftLimitBps: 10_000 }
  const made = deskKernel({ seed: 2, options: { templates, mandate, reviewPolicy, coolDownMs: 0 } })
  await made.start()
  const { kernel, clock, queries } = made
  const create = (instrument: string, wish: Partial<PlanWish> = {}) =>
    settle(
      clock,
      kernel.plans.create(
        {
          instrument,
          template: 'daily-trading-strategy',
          policy: 'simple-majority',
          participants: [{ voter: 'trader', weight: 1 }],
          seconds: { propose: 60, vote: 60, execute: 600 },
          ...wish,
        },
        defaultSettings,
        trader,
      ),
    )
  const now = (id: string) => kernel.plans.get(id)
  const said = (id: string) => queries.listMessages(now(id).runId ?? '', undefined, 1_000).map(({ text }) => text)
  const questionOf = (id: string) => {
    const { question, runId } = now(id)
    return queries.getVote(runId ?? '').proposals.find((one) => one.id === question?.proposalId)
  }
  const worthOf = (id: string) =>
    toNumber(questionOf(id)?.quantity ?? decimal(0)) * toNumber(questionOf(id)?.entry ?? decimal(0))
  const conflicts = (id: string) =>
    queries.listPlanConflicts(id, now(id).runId).filter(({ plans }) => plans !== undefined)
  return { ...made, create, now, said, questionOf, worthOf, conflicts }
}

/** Two instruments that the desk would buy at this seed. */
async function twoPurchases(
  maximumExposure: number,
  wishes: readonly [Partial<PlanWish>, Partial<PlanWish>] = [{}, {}],
) {
  const made = await desk(maximumExposure)
  const { create, clock, now, questionOf } = made
  const one = await create('BTC/USDT', wishes[0])
  await passUntil(clock, () => now(one.id).state === 'voting')
  await pass(clock, 2_000)
  const alone = toNumber(questionOf(one.id)?.quantity ?? decimal(0))
  const other = await create('ETH/USDT', wishes[1])
  await passUntil(clock, () => now(other.id).state === 'voting')
  await pass(clock, 6_000)
  return { ...made, one: one.id, other: other.id, alone }
}

describe('plans that together pass a limit', () => {
  it('and are equally urgent share it: both are made smaller, voted on again and told, and what is sent fits', async () => {
    const { one, other, said, worthOf, conflicts, questionOf, clock, kernel, now, kinds } = await twoPurchases(20_000)
    expect([questionOf(one)?.action, questionOf(other)?.action]).toEqual(['buy', 'buy'])
    for (const id of [one, other]) {
      expect(conflicts(id)).toMatchObject([
        {
          kind: 'resource',
          by: 'desk',
          settled: 'mediation',
          plans: expect.arrayContaining([expect.objectContaining({ id, fate: 'cut' })]),
        },
      ])
      expect(said(id)).toContainEqual(
        expect.stringMatching(
          /^Conflict over resource between plans\. Together .+ They are equally urgent, .+ made smaller/,
        ),
      )
    }
    expect(conflicts(one)[0]?.id).toBe(conflicts(other)[0]?.id)
    expect(worthOf(one) + worthOf(other)).toBeLessThanOrEqual(20_000)
    await passUntil(clock, () => [one, other].every((id) => now(id).endedAt !== null))
    const held = [...kernel.book.positions.values()].length
    expect(held).toBe(2)
    expect(kinds()).not.toContain('orderDenied')
  })

  it('of which one is more urgent: that one keeps its size', async () => {
    const { one, other, alone, conflicts, questionOf } = await twoPurchases(20_000, [{}, { priority: 'low' }])
    expect(toNumber(questionOf(one)?.quantity ?? decimal(0))).toBe(alone)
    const [conflict] = conflicts(other)
    expect(conflict?.plans).toMatchObject([
      { id: one, fate: 'keeps' },
      { id: other, fate: expect.stringMatching(/cut|trader/) },
    ])
  })

  it('and do not are not at odds', async () => {
    const { one, other, conflicts } = await twoPurchases(100_000)
    expect([...conflicts(one), ...conflicts(other)]).toEqual([])
  })

  it('KS-12 KS-13 a stop meanwhile leaves both cancelled, and nothing sent', async () => {
    const { one, other, kernel, clock, now, kinds } = await twoPurchases(20_000)
    kernel.halt(2, trader, 'drill')
    await pass(clock, 20_000)
    expect([now(one).state, now(other).state]).toEqual(['cancelled', 'cancelled'])
    expect(kinds()).not.toContain('orderSubmitted')
  })
})

describe('plans in opposite directions on one instrument', () => {
  it('a purchase that is voted on gives way to an exit that is more urgent, which then begins', async () => {
    const { create, clock, now, said, conflicts } = await desk(100_000)
    const buys = await create('BTC/USDT')
    await passUntil(clock, () => now(buys.id).state === 'voting')
    await pass(clock, 2_000)
    const exit = await create('BTC/USDT', { template: 'position-exit', priority: 'critical' })
    await passUntil(clock, () => now(buys.id).endedAt !== null)
    expect(now(buys.id)).toMatchObject({
      state: 'cancelled',
      reason: expect.stringMatching(/^It gives way to a more urgent plan/),
    })
    expect(said(buys.id).join('\n')).toMatch(
      /Conflict over direction between plans\. .+ The more urgent plan goes first\. This plan gives way\./,
    )
    for (const { id } of [buys, exit]) expect(conflicts(id)).toMatchObject([{ kind: 'direction', settled: 'priority' }])
    await passUntil(clock, () => now(exit.id).state !== 'draft')
  })

  it('that are equally urgent go to the trader, who sees why', async () => {
    const { create, clock, now, kernel, queries } = await desk(100_000)
    const buys = await create('BTC/USDT', { priority: 'medium' })
    await passUntil(clock, () => now(buys.id).state === 'voting')
    await create('BTC/USDT', { template: 'position-exit', priority: 'medium' })
    await passUntil(clock, () => now(buys.id).state !== 'voting')
    expect(now(buys.id).state).toBe('inReview')
    expect(kernel.reviews.waiting()[0]?.rules).toContainEqual(
      expect.objectContaining({ code: 'CONFLICT', sentence: expect.stringMatching(/is to buy, .+ to sell\./) }),
    )
    expect(queries.listOrders(undefined, 9)).toEqual([])
  })
})
