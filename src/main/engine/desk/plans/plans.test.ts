import { describe, expect, it } from 'vitest'
import type { Bus } from '#engine/bus/bus.ts'
import { portfolioRisk } from '#engine/desk/reports/portfolio-risk.ts'
import type { DeskRecord } from '#engine/journal/journal.ts'
import { readTemplates } from '#main/config/templates.ts'
import { type PlanState, planTransitions } from '#shared/domain/collaborative-plan.ts'
import { isClosed, isExit } from '#shared/domain/order.ts'
import type { PlanWish } from '#shared/domain/plan-wish.ts'
import { defaultSettings } from '#shared/domain/settings.ts'
import { type TraderBallot, traderBallotSchema } from '#shared/domain/trader-ballot.ts'
import { decimal } from '#shared/lib/decimal.ts'
import { deskKernel, shippedMandate, shippedReviewPolicy } from '#test/builders/desk-kernel.ts'
import { pass, passUntil, settle } from '#test/builders/virtual-time.ts'

const trader = { kind: 'human', id: 'trader' } as const
const refusal = (code: string) => expect.objectContaining({ code })
const templates = readTemplates(undefined).value

/** A bus on which a seat never answers to one action. */
const hanging = (seat: string, action: string) => (bus: Bus) => ({
  ...bus,
  request: (...[topic, body, options]: Parameters<Bus['request']>) =>
    topic === `agent.${seat}` && (body as { action: string }).action === action
      ? new Promise<never>(() => {})
      : bus.request(topic, body, options),
})

async function started(given: Parameters<typeof deskKernel>[0] = {}) {
  const desk = deskKernel({ seed: 2, ...given, options: { templates, ...given.options } })
  await desk.start()
  const { kernel, clock, queries } = desk
  const create = (wish: Partial<PlanWish> = {}) =>
    settle(clock, kernel.plans.create({ instrument: 'BTC/USDT', ...wish }, defaultSettings, trader))
  const ended = async (planId: string) => {
    await passUntil(clock, () => queries.getPlan(planId)?.endedAt !== null)
    return kernel.plans.get(planId)
  }
  const statesOf = (planId: string): readonly PlanState[] => kernel.plans.get(planId).moves.map(({ state }) => state)
  return { ...desk, create, ended, statesOf }
}

describe('a collaborative plan', () => {
  it('from a template is carried out by one run: proposed, voted on, approved, executed, completed', async () => {
    const { create, ended, queries, statesOf } = await started()
    const { id } = await create({ template: 'daily-trading-strategy', policy: 'simple-majority' })
    const plan = await ended(id)
    expect(statesOf(id)).toEqual(['draft', 'proposing', 'voting', 'approved', 'executing', 'completed'])
    expect(plan).toMatchObject({ state: 'completed', traded: true, priority: 'medium', initiator: trader })
    const { tally, decision } = queries.getVote(plan.runId ?? '')
    expect(tally?.support.length).toBeGreaterThan(0)
    expect(decision?.status).toBe('agreed')
    expect(queries.listOrders(undefined, 10).every(({ runId }) => runId === plan.runId)).toBe(true)
  })

  it('whose review is void ends rejected, and says why', async () => {
    const reviewPolicy = { ...shippedReviewPolicy, aboveNotional: decimal(1), driftLimitBps: 0.01 }
    const { create, ended, statesOf } = await started({ options: { templates, reviewPolicy } })
    const { id } = await create({ template: 'daily-trading-strategy', policy: 'simple-majority' })
    expect(await ended(id)).toMatchObject({
      state: 'rejected',
      traded: false,
      reason: expect.stringMatching(/^The price moved \d+ basis points/),
    })
    expect(statesOf(id)).toEqual(['draft', 'proposing', 'voting', 'inReview', 'rejected'])
  })

  it('that only finds out ends with the vote, and nothing is sent', async () => {
    const { create, ended, queries, statesOf } = await started()
    const { id } = await create({ template: 'analyse-symbol' })
    const { runId } = await ended(id)
    expect(statesOf(id)).toEqual(['draft', 'proposing', 'voting', 'completed'])
    expect(queries.getVote(runId ?? '').decision).not.toBeNull()
    expect(queries.listOrders(undefined, 10)).toEqual([])
  })

  it('counts the votes of who takes part, with the weights that it gives them, and the guards always do', async () => {
    const { create, ended, queries } = await started()
    const { id } = await create({
      template: 'daily-trading-strategy',
      participants: [{ voter: 'bull', weight: 3 }],
      without: ['bear', 'risk', 'privacy'],
    })
    const { runId, participants } = await ended(id)
    expect(participants.map(({ voter }) => voter).toSorted()).toEqual(
      ['analyst', 'bull', 'evaluator', 'executor', 'optimizer', 'privacy', 'risk', 'strategist'].toSorted(),
    )
    const { ballots, tally } = queries.getVote(runId ?? '')
    expect(ballots.map(({ voter }) => voter)).not.toContain('bear')
    const bull = [...(tally?.support ?? []), ...(tally?.dissent ?? [])].find(({ ballot }) => ballot.voter === 'bull')
    expect(bull?.weight).toBe(3)
    expect(bull?.countsFor).toBeCloseTo(3 * (bull?.ballot.confidence ?? 0))
  })

  it('made by hand has everybody take part, and what was said of it', async () => {
    const { create } = await started()
    const plan = await create({ title: 'Look at it', objectives: ['Be sure.'], seconds: { vote: 7 }, draft: true })
    expect(plan).toMatchObject({ template: null, title: 'Look at it', objectives: ['Be sure.'], state: 'draft' })
    expect(plan.participants).toHaveLength(9)
    expect(plan.seconds.vote).toBe(7)
  })

  it.each([
    ['a template that is not there', { template: 'astrology' }, 'TEMPLATE_NOT_FOUND'],
    ['an instrument that is not there', { instrument: 'XYZ/USDT' }, 'INSTRUMENT_NOT_FOUND'],
    ['a parameter that nobody takes', { parameters: { luck: 1 } }, 'PARAMETER_UNKNOWN'],
  ])('%s is refused, and nothing is made', async (_what, wish, code) => {
    const { create, kinds } = await started()
    await expect(create(wish)).rejects.toEqual(refusal(code))
    expect(kinds()).not.toContain('collaborativePlanDrafted')
  })

  it('left a draft begins when it is told to, once', async () => {
    const { create, kernel, clock, ended } = await started()
    const { id } = await create({ draft: true })
    await pass(clock, 600_000)
    expect(kernel.plans.get(id).state).toBe('draft')
    expect((await settle(clock, kernel.plans.start(id, trader))).state).toBe('proposing')
    await expect(settle(clock, kernel.plans.start(id, trader))).rejects.toEqual(refusal('PLAN_BEGUN'))
    expect((await ended(id)).runId).not.toBeNull()
  })

  it('waits while its instrument is being decided on, and the most urgent one that waits goes first', async () => {
    const { create, kernel, clock, statesOf, queries } = await started()
    const first = await create({ template: 'analyse-symbol' })
    const low = await create({ template: 'analyse-symbol', priority: 'low' })
    const high = await create({ template: 'analyse-symbol', priority: 'critical' })
    expect(low.state).toBe('draft')
    await passUntil(clock, () => queries.getPlan(first.id)?.endedAt !== null)
    await passUntil(clock, () => kernel.plans.get(high.id).state === 'proposing')
    expect(statesOf(low.id)).toEqual(['draft'])
    await passUntil(clock, () => kernel.plans.get(low.id).state === 'proposing')
    expect(statesOf(high.id).at(-1)).toBe('completed')
  })

  it('of an emergency has a decision that is not yet made give way', async () => {
    const { create, kernel, clock } = await started()
    const usual = await create({ template: 'daily-trading-strategy' })
    const emergency = await create({ template: 'analyse-symbol', priority: 'emergency' })
    await passUntil(clock, () => kernel.plans.get(emergency.id).state === 'proposing')
    expect(kernel.plans.get(usual.id)).toMatchObject({
      state: 'cancelled',
      reason: expect.stringContaining('emergency'),
    })
  })

  it('that is cancelled has its run cancelled, and cannot be cancelled again', async () => {
    const { create, kernel, clock, ended, queries } = await started()
    const { id, runId } = await create()
    await settle(clock, kernel.plans.cancel(id, 'changed my mind', trader))
    expect(await ended(id)).toMatchObject({ state: 'cancelled', reason: 'changed my mind' })
    await settle(clock, kernel.runs.drained())
    expect(queries.getRun(runId ?? '')?.status).toBe('cancelled')
    await expect(settle(clock, kernel.plans.cancel(id, 'again', trader))).rejects.toEqual(refusal('PLAN_ENDED'))
  })
})

describe('the deadlines of a plan', () => {
  it('an expired proposal is no trade', async () => {
    const { create, ended, kinds, statesOf } = await started({ wrapBus: hanging('analyst', 'analyse') })
    const { id } = await create({ template: 'daily-trading-strategy', seconds: { propose: 5 } })
    expect(await ended(id)).toMatchObject({ state: 'expired', reason: 'Nothing was proposed in time.' })
    expect(statesOf(id)).toEqual(['draft', 'proposing', 'expired'])
    expect(kinds()).not.toContain('orderInitialized')
  })

  it('a plan that cannot begin in time expires', async () => {
    const { create, kernel, clock } = await started({ wrapBus: hanging('analyst', 'analyse') })
    await create({ template: 'daily-trading-strategy' })
    const late = await create({ template: 'analyse-symbol', seconds: { propose: 5 } })
    await passUntil(clock, () => kernel.plans.get(late.id).endedAt !== null)
    expect(kernel.plans.get(late.id)).toMatchObject({ state: 'expired', reason: 'It could not begin in time.' })
  })

  it('an agent that hangs costs its vote and not the plan: what is there by the deadline is counted', async () => {
    const { create, ended, queries } = await started({ wrapBus: hanging('bear', 'assess') })
    const { id } = await create({ template: 'daily-trading-strategy', policy: 'simple-majority', seconds: { vote: 5 } })
    const plan = await ended(id)
    const { tally } = queries.getVote(plan.runId ?? '')
    expect(tally?.absent).toContain('bear')
    const voting = plan.moves.find(({ state }) => state === 'voting')?.at ?? 0
    expect((tally?.at ?? 0) - voting).toBeLessThan(6_000)
  })
})

describe('a stop', () => {
  it.each(['collaborativePlanDrafted', 'evidenceGathered', 'proposalMade', 'ballotCast', 'decisionMade'] as const)(
    'KS-12 after %s leaves a plan that has ended, and no order',
    async (kind) => {
      const { create, kernel, clock, kinds, records } = await started()
      const { id } = await create({ template: 'daily-trading-strategy', policy: 'simple-majority' })
      await passUntil(clock, () => kinds().includes(kind))
      kernel.halt(2, trader, 'drill')
      await settle(clock, kernel.runs.drained())
      expect(kernel.plans.get(id).state).toBe('cancelled')
      const sent = records.filter((record) => record.kind === 'orderSubmitted')
      expect(sent).toEqual([])
    },
  )

  it('KS-10 a desk that begins halted does not take a plan up again', async () => {
    const { create, journal, clock, latchStore, kernel, kinds } = await started()
    const { id } = await create({ template: 'daily-trading-strategy' })
    await passUntil(clock, () => kinds().includes('evidenceGathered'))
    kernel.latch.change({ state: 'HALTED', level: 2, by: trader, reason: 'drill' })
    await settle(clock, journal.settled())
    const again = deskKernel({ seed: 2, journal, clock, latchStore, options: { templates } })
    await again.start()
    await pass(clock, 1_000)
    expect(again.kernel.plans.get(id).state).toBe('cancelled')
  })

  it('of the process leaves a plan that the next one carries on with', async () => {
    // The dead process says nothing more.
    const { create, journal, clock, latchStore, kinds } = await started({ wrapBus: hanging('bear', 'assess') })
    const { id, runId } = await create({ template: 'analyse-symbol' })
    await passUntil(clock, () => kinds().includes('ballotCast'))
    await settle(clock, journal.settled())
    const again = deskKernel({ seed: 2, journal, clock, latchStore, options: { templates } })
    await again.start()
    await passUntil(clock, () => again.kernel.plans.get(id).endedAt !== null)
    expect(again.kernel.plans.get(id)).toMatchObject({ state: 'completed', runId })
    expect(again.kinds()).toContain('runResumed')
  })
})

describe('an orderly close', () => {
  const reviewed = { ...shippedReviewPolicy, aboveNotional: decimal(1), driftLimitBps: 10_000 }
  const wish: Partial<PlanWish> = { template: 'daily-trading-strategy', policy: 'simple-majority' }
  /** Closes the desk once something was journalled, and opens another one so much later. */
  async function reopened(kind: DeskRecord['kind'], laterMs: number, reviewPolicy = shippedReviewPolicy) {
    const { create, kernel, clock, journal, latchStore, kinds, records } = await started({ options: { reviewPolicy } })
    const { id } = await create(wish)
    await passUntil(clock, () => kinds().includes(kind))
    const { state } = kernel.plans.get(id)
    const [review] = kernel.reviews.waiting()
    await settle(clock, kernel.stop('closed by the trader.'))
    await settle(clock, journal.settled())
    const closed = records.length
    await pass(clock, laterMs)
    expect(records).toHaveLength(closed)
    const again = deskKernel({ seed: 2, journal, clock, latchStore, options: { templates, reviewPolicy } })
    await again.start()
    const plan = () => again.kernel.plans.get(id)
    const ended = () => passUntil(clock, () => plan().endedAt !== null)
    const said = () => again.queries.listMessages(plan().runId ?? '', undefined, 1_000).map(({ text }) => text)
    return {
      ...again,
      state,
      review,
      plan,
      ended,
      said,
      sent: () => again.queries.listOrders(undefined, 9).filter(({ type }) => type === 'MARKET'),
    }
  }

  it.each([
    ['evidenceGathered', 'proposing'],
    ['argumentMade', 'proposing'],
    ['ballotCast', 'voting'],
  ] as const)('after %s leaves a plan in %s that goes on when the desk opens again', async (kind, state) => {
    const desk = await reopened(kind, 5_000)
    expect(desk.state).toBe(state)
    expect(desk.plan().state).toBe(state)
    expect(desk.said()).toContainEqual(expect.stringMatching(/^The desk closes: closed by the trader/))
    await desk.ended()
    expect(desk.plan()).toMatchObject({ state: 'completed', traded: true })
    expect(desk.sent()).toHaveLength(1)
    expect(await desk.journal.verify()).toMatchObject({ status: 'verified' })
  })

  it('HO-15 leaves a review that waits on with the same deadline, and an approval of it sends its order', async () => {
    const { review, kernel, clock, plan, ended, sent } = await reopened('reviewOpened', 60_000, reviewed)
    const [still] = kernel.reviews.waiting()
    expect(still).toMatchObject({ id: review?.id, expiresAt: review?.expiresAt, status: 'open' })
    await settle(clock, kernel.reviews.approve(still?.id ?? '', still?.orderHash ?? '', {}, trader))
    await ended()
    expect(plan()).toMatchObject({ state: 'completed', traded: true })
    expect(sent()).toMatchObject([{ quantity: review?.order.quantity, status: 'FILLED' }])
  })

  it.each([
    ['evidenceGathered', 'Nothing was proposed in time: its deadline passed while the desk was closed.'],
    ['ballotCast', 'The vote was not counted in time: its deadline passed while the desk was closed.'],
  ] as const)(
    'after %s for longer than the deadline leaves a plan that is expired, and said so',
    async (kind, reason) => {
      const { plan, queries, kernel, clock, sent } = await reopened(kind, 3_600_000)
      expect(plan()).toMatchObject({ state: 'expired', reason })
      await pass(clock, 5_000)
      expect(queries.getRun(plan().runId ?? '')?.status).toBe('cancelled')
      expect(kernel.runs.active()).toEqual([])
      expect(sent()).toEqual([])
    },
  )

  it('HO-5 for longer than a review lives leaves it rejected', async () => {
    const { plan, ended, sent, queries } = await reopened('reviewOpened', 3_600_000, reviewed)
    await ended()
    expect(plan().state).toBe('expired')
    expect(queries.listReviews(1)).toMatchObject([{ status: 'expired' }])
    expect(sent()).toEqual([])
  })

  it('ends what is decided and on its way, as a stop would', async () => {
    const { plan, clock, sent } = await reopened('decisionMade', 5_000)
    expect(plan()).toMatchObject({ state: 'cancelled', reason: 'closed by the trader.' })
    await pass(clock, 20_000)
    expect(sent().filter(({ status }) => status === 'FILLED')).toEqual([])
  })
})

it('no state but an ended one is without a way out, and every state can be reached', () => {
  const reached = new Set(Object.values(planTransitions).flat())
  for (const state of Object.keys(planTransitions)) if (state !== 'draft') expect(reached).toContain(state)
  const ends = Object.entries(planTransitions).filter(([, next]) => next.length === 0)
  expect(ends.map(([state]) => state).toSorted()).toEqual(['cancelled', 'completed', 'expired', 'failed', 'rejected'])
})

describe('the trader in a vote', () => {
  const traderAlone = { participants: [{ voter: 'trader', weight: 5 }] as const }
  const voting = async (wish: Partial<PlanWish> = {}) => {
    const desk = await started()
    const { id } = await desk.create({
      template: 'daily-trading-strategy',
      participants: [...traderAlone.participants],
      seconds: { propose: 60, vote: 30, execute: 60 },
      ...wish,
    })
    await passUntil(desk.clock, () => desk.kernel.plans.get(id).state === 'voting')
    const vote = (ballot: Partial<TraderBallot>) =>
      settle(desk.clock, desk.kernel.plans.vote(id, traderBallotSchema.parse({ reasons: ['So'], ...ballot }), trader))
    return { ...desk, id, vote }
  }

  it('can change the ballot until the deadline; the last counts, and all are kept', async () => {
    const { id, vote, clock, ended, queries } = await voting()
    expect(await vote({ choice: 'approve' })).toMatchObject({ counts: true })
    await pass(clock, 5_000)
    expect(await vote({ choice: 'hold', confidence: 0.9 })).toMatchObject({ counts: true })
    const { runId, deadlines } = await ended(id)
    const { ballots, tally } = queries.getVote(runId ?? '')
    const mine = ballots.filter(({ voter }) => voter === 'trader')
    expect(mine.map(({ choice }) => choice)).toEqual([
      { kind: 'option', option: 'buy' },
      { kind: 'option', option: 'hold' },
    ])
    expect(tally?.at).toBeGreaterThanOrEqual(deadlines?.voteBy ?? 0)
    const counted = [...(tally?.support ?? []), ...(tally?.dissent ?? [])].filter(
      ({ ballot }) => ballot.voter === 'trader',
    )
    expect(counted).toMatchObject([{ weight: 5, ballot: { choice: { option: 'hold' } } }])
    const mineNot = tally?.notCounted.filter(({ voter }) => voter === 'trader')
    expect(mineNot).toMatchObject([{ reason: 'SUPERSEDED' }])
  })

  it('that comes late is kept and not counted, and said so in the conversation', async () => {
    const { id, vote, ended, queries } = await voting({ policy: 'simple-majority' })
    const { runId } = await ended(id)
    const before = queries.getVote(runId ?? '').tally
    expect(await vote({ choice: 'reject' })).toMatchObject({ counts: false })
    const after = queries.getVote(runId ?? '')
    expect(after.tally).toEqual(before)
    expect(after.ballots.at(-1)).toMatchObject({ voter: 'trader', choice: { option: 'hold' } })
    expect(queries.listMessages(runId ?? '', undefined, 1_000).at(-1)).toMatchObject({
      kind: 'vote',
      agent: 'trader',
      text: expect.stringContaining('does not count'),
    })
  })

  it('has nothing to vote on before there is a proposal, and no vote where the plan has none for the trader', async () => {
    const { create, kernel, clock, ended } = await started()
    const { id } = await create({ template: 'daily-trading-strategy' })
    const cast = traderBallotSchema.parse({ choice: 'approve', reasons: ['So'] })
    await expect(settle(clock, kernel.plans.vote(id, cast, trader))).rejects.toEqual(refusal('NOTHING_TO_VOTE_ON'))
    await passUntil(clock, () => kernel.plans.get(id).state === 'voting')
    expect(await settle(clock, kernel.plans.vote(id, cast, trader))).toMatchObject({ counts: false })
    await ended(id)
  })
})

describe('plans that ask for less of a position', () => {
  const holding = async (given: Parameters<typeof deskKernel>[0] = {}) => {
    const desk = await started(given)
    await desk.decide({ policy: 'simple-majority', profile: 'aggressive' })
    expect(desk.kernel.book.positions.get('BTC/USDT')?.quantity).not.toBe('0')
    return desk
  }

  it('an exit sells reduce-only the share that is asked for, by a weighted vote with the trader in it', async () => {
    const { create, ended, kernel, clock, queries } = await holding()
    const before = Number(kernel.book.positions.get('BTC/USDT')?.quantity)
    const { id } = await create({
      template: 'position-exit',
      parameters: { share: 0.5 },
      participants: [{ voter: 'trader', weight: 10 }],
      seconds: { propose: 60, vote: 20 },
    })
    await passUntil(clock, () => kernel.plans.get(id).state === 'voting')
    const cast = traderBallotSchema.parse({ choice: 'approve', reasons: ['Enough gained'] })
    await settle(clock, kernel.plans.vote(id, cast, trader))
    expect(await ended(id)).toMatchObject({ state: 'completed', traded: true })
    const order = queries
      .listOrders(undefined, 20)
      .find((one) => one.by === 'executor' && one.side === 'sell' && !isExit(one))
    expect(order).toMatchObject({ status: 'FILLED', reduceOnly: true })
    expect(Number(kernel.book.positions.get('BTC/USDT')?.quantity)).toBeCloseTo(before / 2, 3)
  })

  it('HO-8 a sale that waits for the trader can be approved though a stop and a target work for what is held', async () => {
    const { kernel, clock, queries } = await holding()
    await pass(clock, 5_000)
    const working = queries
      .listOrders('BTC/USDT', 20)
      .filter(({ side, status }) => side === 'sell' && !isClosed(status))
    expect(working.length).toBeGreaterThan(0)
    const held = kernel.book.positions.get('BTC/USDT')?.quantity ?? decimal(0)
    const sale = {
      runId: null,
      proposalId: null,
      decisionId: 'a sale',
      by: 'trader',
      instrument: 'BTC/USDT',
      side: 'sell',
      quantity: held,
      limitPrice: null,
      timeInForce: 'IOC',
      reduceOnly: true,
      epoch: kernel.latch.current().epoch,
    } as const
    expect(kernel.orders.denial(sale)).toBeUndefined()
    // They step aside before it is sent, and not otherwise.
    expect(await settle(clock, kernel.orders.submit(sale))).toMatchObject({ status: 'DENIED' })
  })

  it('an exit of nothing sells nothing', async () => {
    const { create, ended, kinds } = await started()
    const { id } = await create({ template: 'position-exit', seconds: { propose: 60, vote: 10 } })
    expect((await ended(id)).state).toBe('rejected')
    expect(kinds()).not.toContain('orderInitialized')
  })

  it('a mitigation starts by itself where the risk passes its limit, sells at once, and the risk is at its target', async () => {
    const low = templates.map((template) =>
      template.name === 'risk-mitigation'
        ? { ...template, parameters: { ...template.parameters, above: 0.02, target: 0.015 } }
        : template,
    )
    const { kernel, clock, feed, queries } = await holding({ options: { templates: low } })
    const before = portfolioRisk(kernel.book, feed, clock.now())
    expect(before?.share).toBeGreaterThan(0.02)
    await passUntil(clock, () => queries.lastPlanOf('risk-mitigation') !== undefined)
    const id = queries.lastPlanOf('risk-mitigation')?.id ?? ''
    await passUntil(clock, () => queries.getPlan(id)?.endedAt !== null)
    const plan = kernel.plans.get(id)
    expect(plan).toMatchObject({ state: 'completed', priority: 'emergency', initiator: { kind: 'system' } })
    expect(plan.occasion).toMatch(/expected shortfall \(97.5 %\) is \d+\.\d % of the equity, above the limit of 2\.0 %/)
    const { tally } = queries.getVote(plan.runId ?? '')
    expect(tally).toMatchObject({ status: 'agreed', outcome: 'sell', unanimous: true })
    expect(portfolioRisk(kernel.book, feed, clock.now())?.share).toBeLessThan(0.016)
    await pass(clock, 60_000)
    expect(queries.listPlans(10)).toHaveLength(1)
  })

  it('the shipped limit of 8 % starts a mitigation, and none below it', async () => {
    const mandate = {
      ...shippedMandate,
      maximumExposure: decimal(90_000),
      maximumValueAtRisk: null,
      maximumExpectedShortfall: null,
    }
    const { kernel, clock, feed, queries } = await started({ options: { templates, mandate } })
    const share = () => portfolioRisk(kernel.book, feed, clock.now())?.share ?? 0
    const buy = async (decisionId: string) => {
      const price = Number(feed.quote('BTC/USDT')?.last)
      const order = {
        runId: null,
        proposalId: null,
        decisionId,
        by: 'trader',
        instrument: 'BTC/USDT',
        side: 'buy',
        quantity: decimal((11_000 / price).toFixed(4)),
        limitPrice: null,
        timeInForce: 'IOC',
        reduceOnly: false,
        epoch: kernel.latch.current().epoch,
      } as const
      await settle(clock, kernel.orders.submit(order))
      await pass(clock, 5_000)
    }
    let below = 0
    for (let bought = 0; bought < 8 && queries.lastPlanOf('risk-mitigation') === undefined; bought++) {
      below = share()
      expect(below).toBeLessThanOrEqual(0.08)
      await buy(`by hand ${bought}`)
    }
    expect(below).toBeGreaterThan(0.02)
    await passUntil(clock, () => queries.lastPlanOf('risk-mitigation') !== undefined)
    const id = queries.lastPlanOf('risk-mitigation')?.id ?? ''
    expect(kernel.plans.get(id).occasion).toContain('above the limit of 8.0 %')
    await passUntil(clock, () => queries.getPlan(id)?.endedAt !== null)
    expect(kernel.plans.get(id)).toMatchObject({ state: 'completed', traded: true })
    expect(share()).toBeLessThan(0.065)
  })

  it('a mitigation that is not unanimous sells nothing', async () => {
    const { create, ended, kernel, kinds } = await holding()
    const orders = kinds().filter((kind) => kind === 'orderInitialized').length
    // The risk is far below the shipped limit: nobody has a reason to sell.
    const { id } = await create({ template: 'risk-mitigation' })
    expect((await ended(id)).state).toBe('rejected')
    expect(kinds().filter((kind) => kind === 'orderInitialized')).toHaveLength(orders)
    expect(kernel.book.positions.get('BTC/USDT')?.quantity).not.toBe('0')
  })
})
