import { describe, expect, it } from 'vitest'
import type { Bus } from '#engine/bus/bus.ts'
import { readTemplates } from '#main/config/templates.ts'
import type { RaisedConflict } from '#shared/domain/conflict.ts'
import type { PlanWish } from '#shared/domain/plan-wish.ts'
import { defaultSettings } from '#shared/domain/settings.ts'
import { traderBallotSchema } from '#shared/domain/trader-ballot.ts'
import { traderProposalSchema } from '#shared/domain/trader-proposal.ts'
import { decimal } from '#shared/lib/decimal.ts'
import { deskKernel } from '#test/builders/desk-kernel.ts'
import { passUntil, settle } from '#test/builders/virtual-time.ts'

const trader = { kind: 'human', id: 'trader' } as const
const templates = readTemplates(undefined).value
const refusal = (code: string) => expect.objectContaining({ code })

/** A plan that is being voted on: the trader takes part, so that the vote stays open. */
async function voting(wish: Partial<PlanWish> = {}, wrapBus?: (bus: Bus) => Bus, seed = 2) {
  const desk = deskKernel({ seed, ...(wrapBus && { wrapBus }), options: { templates } })
  await desk.start()
  const { kernel, clock, queries, kinds } = desk
  const made = kernel.plans.create(
    {
      instrument: 'BTC/USDT',
      template: 'daily-trading-strategy',
      policy: 'simple-majority',
      participants: [{ voter: 'trader', weight: 1 }],
      seconds: { propose: 60, vote: 30, execute: 600 },
      ...wish,
    },
    defaultSettings,
    trader,
  )
  const { id, runId } = await settle(clock, made)
  const votes = () => queries.getVote(runId ?? '').ballots.length
  await passUntil(clock, () => votes() >= 8)
  const raise = (kind: RaisedConflict['kind'], between: RaisedConflict['between'], description = 'They differ.') =>
    settle(clock, kernel.plans.resolveConflict(id, between, kind, description, trader))
  const propose = (given: object) =>
    settle(clock, kernel.plans.propose(id, traderProposalSchema.parse({ reason: 'I know better.', ...given }), trader))
  const ended = async () => {
    await passUntil(clock, () => kernel.plans.get(id).endedAt !== null)
    return kernel.plans.get(id)
  }
  const said = () => queries.listMessages(runId ?? '', undefined, 1_000).map(({ agent, text }) => `${agent}: ${text}`)
  return { ...desk, id, runId: runId ?? '', votes, raise, propose, ended, said, kinds }
}

describe('a conflict that is raised', () => {
  it('over size is negotiated offer by offer, voted on again, and journalled', async () => {
    const { raise, said, votes, queries, id, runId, records, ended } = await voting()
    const before = votes()
    const conflict = await raise('size', ['strategist', 'risk'], 'Half of it would do.')
    expect(conflict).toMatchObject({
      kind: 'size',
      by: 'trader',
      settled: expect.stringMatching(/concession|mediation/),
    })
    expect(votes()).toBeGreaterThanOrEqual(before + 8)
    const texts = said()
    expect(texts).toContainEqual(
      'trader: I raise a conflict over size between the strategic planner and the risk manager: Half of it would do.',
    )
    expect(texts.filter((text) => /^(strategist|risk): I (offer|accept)/.test(text)).length).toBeGreaterThan(1)
    expect(texts).toContainEqual(
      expect.stringMatching(/^planner: Conflict over size between .+ Half of it would do\. They/),
    )
    expect(queries.listPlanConflicts(id, runId)).toContainEqual(conflict)
    expect(records.filter(({ kind }) => kind === 'conflictRaised')).toMatchObject([{ actor: trader }])
    const plan = await ended()
    expect(plan.state).toBe('completed')
    const last = queries.getVote(runId).proposals.find(({ id }) => id === plan.question?.proposalId)
    const order = queries.listOrders(undefined, 20).find((one) => one.runId === runId && one.type === 'MARKET')
    expect(order?.quantity).toBe(last?.quantity)
  })

  it('over direction is voted on again, and goes to the trader where they still take different sides', async () => {
    /** The bear is against it, whatever it hears. */
    const stubborn = (bus: Bus): Bus => ({
      ...bus,
      async request(...[topic, body, options]) {
        const answer = await bus.request(topic, body, options)
        if (topic !== 'agent.bear' || (body as { action: string }).action !== 'assess') return answer
        const { assessment, ...rest } = answer as { assessment: object }
        return { ...rest, assessment: { ...assessment, choice: { kind: 'option', option: 'hold' } } }
      },
    })
    const { raise, ended, kernel, clock, queries, runId, id } = await voting({}, stubborn)
    const sides = queries
      .getVote(runId)
      .ballots.flatMap(({ voter, choice }) => ('option' in choice ? [[voter, choice.option] as const] : []))
    const forIt = sides.find(([, option]) => option === 'buy')?.[0]
    const against = sides.find(([, option]) => option === 'hold')?.[0]
    if (forIt === undefined || against === undefined) throw new Error(`They all agree: ${JSON.stringify(sides)}`)
    const between = [forIt, against] as RaisedConflict['between']
    expect(await raise('direction', between)).toMatchObject({ settled: 'open' })
    await passUntil(clock, () => kernel.plans.get(id).state === 'inReview')
    const [review] = kernel.reviews.waiting()
    expect(review?.rules.map(({ code }) => code)).toContain('CONFLICT')
    expect(queries.listOrders(undefined, 9)).toEqual([])
    expect(['expired', 'rejected']).toContain((await ended()).state)
    expect(queries.listOrders(undefined, 9)).toEqual([])
  })

  it('of those who take the same side is settled by the vote', async () => {
    const { raise, queries, runId } = await voting()
    const forIt = queries
      .getVote(runId)
      .ballots.flatMap(({ voter, choice }) => ('option' in choice && choice.option === 'buy' ? [voter] : []))
    const [one, other] = [...new Set(forIt)]
    if (one === undefined || other === undefined) throw new Error('Nobody agrees.')
    expect(await raise('goal', [one, other] as RaisedConflict['between'])).toMatchObject({ settled: 'vote' })
  })

  it('over size that nothing settles is revised and voted on again as often as the plan says, and then goes to the trader', async () => {
    /** Nobody mediates, and the bear is against it at any size. */
    const stubborn = (bus: Bus): Bus => ({
      ...bus,
      async request(...[topic, body, options]) {
        if (topic === 'agent.planner') throw new Error('gone')
        const answer = await bus.request(topic, body, options)
        if (topic !== 'agent.bear' || (body as { action: string }).action !== 'assess') return answer
        const { assessment, ...rest } = answer as { assessment: object }
        return { ...rest, assessment: { ...assessment, choice: { kind: 'option', option: 'hold' } } }
      },
    })
    const { raise, said, records, kernel, clock, id, queries } = await voting({ votesAgain: 3 }, stubborn)
    const conflict = await raise('size', ['strategist', 'bear'])
    expect(conflict).toMatchObject({ settled: 'open', rounds: 3 })
    expect(said().filter((text) => /^strategist: Round \d of at most 3\./.test(text))).toHaveLength(2)
    expect(said()).toContainEqual(expect.stringMatching(/It is not settled after 3 more votes\. The trader decides\.$/))
    const revisions = records.flatMap(({ kind, data }) =>
      kind === 'proposalRevised' ? [Number(data.proposal.quantity)] : [],
    )
    expect(revisions).toEqual([...revisions].sort((a, b) => b - a))
    await passUntil(clock, () => kernel.plans.get(id).state === 'inReview')
    expect(kernel.reviews.waiting()[0]?.rules).toContainEqual(
      expect.objectContaining({ code: 'CONFLICT', sentence: expect.stringMatching(/after 3 more votes/) }),
    )
    expect(queries.listOrders(undefined, 9)).toEqual([])
  })

  it('over a planner that does not answer stays open, and the votes are counted all the same', async () => {
    const hanging = (bus: Bus): Bus => ({
      ...bus,
      request: (...[topic, body, options]: Parameters<Bus['request']>) =>
        topic === 'agent.planner' ? Promise.reject(new Error('gone')) : bus.request(topic, body, options),
    })
    const { raise, said, ended } = await voting({}, hanging)
    await raise('size', ['strategist', 'bear'])
    expect(said()).toContainEqual(expect.stringMatching(/^planner: It could not be negotiated: gone/))
    expect((await ended()).moves.map(({ state }) => state)).toContain('voting')
  })

  it('comes too early before a proposal, and too late after the vote', async () => {
    const { kernel, clock, id, ended } = await voting()
    const early = await settle(
      clock,
      kernel.plans.create({ instrument: 'ETH/USDT', template: 'daily-trading-strategy' }, defaultSettings, trader),
    )
    const raise = (planId: string) =>
      settle(clock, kernel.plans.resolveConflict(planId, ['bull', 'bear'], 'goal', 'So.', trader))
    await expect(raise(early.id)).rejects.toEqual(refusal('NOTHING_TO_RESOLVE'))
    await ended()
    await expect(raise(id)).rejects.toEqual(refusal('NOTHING_TO_RESOLVE'))
  })
})

describe('the trader’s own proposal', () => {
  it('competes with the desk’s, is marked as the trader’s, and is carried out where it has more support', async () => {
    const { propose, said, ended, queries, runId, kernel, id, clock, feed } = await voting({
      participants: [{ voter: 'trader', weight: 10 }],
    })
    const stop = decimal(Math.floor(0.97 * Number(feed.quote('BTC/USDT')?.last)))
    const mine = await propose({ action: 'buy', quantity: decimal('0.011'), stop })
    expect(mine).toMatchObject({ by: 'trader', action: 'buy', quantity: '0.011' })
    expect(said()).toContainEqual(
      expect.stringMatching(/^planner: The trader's proposal competes with .+ To the vote goes the trader's: buy/),
    )
    expect(kernel.plans.get(id).question).toEqual({ proposalId: mine.id, action: 'buy' })
    expect(queries.getVote(runId).ballots.findLast(({ voter }) => voter === 'bull')?.proposalId).toBe(mine.id)
    const cast = traderBallotSchema.parse({ choice: 'approve', reasons: ['It is mine.'] })
    await settle(clock, kernel.plans.vote(id, cast, trader))
    await ended()
    const order = queries.listOrders(undefined, 9).find((one) => one.runId === runId && one.type === 'MARKET')
    expect(order).toMatchObject({ proposalId: mine.id, quantity: '0.011', status: 'FILLED' })
  })

  it('may sell a perpetual short, with a stop above and a target below, and nothing that is not held on spot', async () => {
    const instrument = 'BTC/USDT:USDT'
    // Where the view is down.
    const wish = { instrument, participants: [{ voter: 'trader', weight: 10 }] } satisfies Partial<PlanWish>
    const { propose, ended, queries, runId, kernel, id, clock, feed } = await voting(wish, undefined, 11)
    const last = Number(feed.quote(instrument)?.last)
    const at = (share: number) => decimal(Math.floor(share * last))
    const short = { action: 'sell', quantity: decimal('0.011') }
    await expect(propose({ ...short, stop: at(0.97) })).rejects.toMatchObject({
      code: 'PROPOSAL_INVALID',
      message: expect.stringContaining('The stop of a short sale is above the price'),
    })
    await expect(propose({ ...short, stop: at(1.03), target: at(1.05) })).rejects.toMatchObject({
      message: expect.stringContaining('The target of a short sale is below the price'),
    })
    const mine = await propose({ ...short, stop: at(1.03), target: at(0.95) })
    expect(Number(mine.riskAtStop)).toBeCloseTo(0.011 * (Number(mine.stop) - Number(mine.entry)), 6)
    expect(mine.expectedReturn).toBeLessThan(0)
    const cast = traderBallotSchema.parse({ choice: 'approve', reasons: ['It is mine.'] })
    await settle(clock, kernel.plans.vote(id, cast, trader))
    await ended()
    const order = queries.listOrders(undefined, 9).find((one) => one.runId === runId && one.type === 'MARKET')
    expect(order).toMatchObject({ proposalId: mine.id, side: 'sell', reduceOnly: false })
    const spot = await voting()
    await expect(spot.propose(short)).rejects.toMatchObject({ message: expect.stringContaining('Only 0 BTC is held') })
  })

  it('with less support leaves the desk’s to the vote', async () => {
    const { propose, kernel, id, said } = await voting({
      without: ['trader'],
      participants: [{ voter: 'trader', weight: 0.1 }],
    })
    const before = kernel.plans.get(id).question
    // Far more than any limit allows: the risk manager and the executor are against it.
    const mine = await propose({ action: 'buy', quantity: decimal('500') })
    expect(kernel.plans.get(id).question).toEqual(before)
    expect(mine.by).toBe('trader')
    expect(said()).toContainEqual(expect.stringContaining("To the vote goes the desk's"))
  })

  it.each([
    ['of no lot', { action: 'buy', quantity: decimal('0.0000001') }],
    ['of what is not held', { action: 'sell', quantity: decimal('1') }],
    ['with a stop above the price', { action: 'buy', quantity: decimal('0.01'), stop: decimal('9000000') }],
  ])('%s is refused', async (_what, given) => {
    const { propose, kinds } = await voting()
    const before = kinds().filter((kind) => kind === 'proposalMade').length
    await expect(propose(given)).rejects.toEqual(refusal('PROPOSAL_INVALID'))
    expect(kinds().filter((kind) => kind === 'proposalMade')).toHaveLength(before)
  })
})
