import { describe, expect, it } from 'vitest'
import { readTemplates } from '#main/config/templates.ts'
import type { PlanWish } from '#shared/domain/plan-wish.ts'
import type { Proposal } from '#shared/domain/proposal.ts'
import { defaultSettings } from '#shared/domain/settings.ts'
import { compare, decimal } from '#shared/lib/decimal.ts'
import { deskKernel, shippedReviewPolicy } from '#test/builders/desk-kernel.ts'
import { on, tamperedDesk } from '#test/builders/tampered-desk.ts'
import { pass, passUntil, settle } from '#test/builders/virtual-time.ts'
import { scoreOf } from './vote-scorer.ts'

const trader = { kind: 'human', id: 'trader' } as const
const templates = readTemplates(undefined).value
const refusal = (code: string) => expect.objectContaining({ code })

/** Looks only twenty seconds ahead. */
const soon = on('propose', async (answer) => {
  const proposals = (await answer()) as Proposal[]
  return proposals.map((proposal) => ({ ...proposal, horizonMs: 20_000 }))
})

async function started(given: Parameters<typeof deskKernel>[0] = {}) {
  const reviewPolicy = { ...shippedReviewPolicy, aboveNotional: null, driftLimitBps: 10_000 }
  const desk = await tamperedDesk(
    { strategist: soon },
    { ...given, options: { templates, reviewPolicy, ...given.options } },
  )
  const { kernel, clock, queries, records } = desk
  const planned = async (wish: Partial<PlanWish>) => {
    const made = kernel.plans.create(
      { template: 'daily-trading-strategy', instrument: 'BTC/USDT', policy: 'weighted', ...wish },
      defaultSettings,
      trader,
    )
    const { id } = await settle(clock, made)
    await passUntil(clock, () => queries.getVote(kernel.plans.get(id).runId ?? '').tally !== null)
    return queries.getVote(kernel.plans.get(id).runId ?? '')
  }
  const scores = () => records.flatMap(({ kind, data }) => (kind === 'voteScored' ? [data.score] : []))
  return { ...desk, planned, scores }
}

describe('the ballots of a decision', () => {
  it('are scored once its horizon is over, by where the price went, once and in the journal', async () => {
    const { decide, clock, scores, queries, journal } = await started()
    const { runId, decision, tally, proposals } = await decide({ policy: 'simple-majority' })
    const proposal = proposals.find(({ id }) => id === decision?.proposalId)
    const dueAt = (decision?.at ?? 0) + (proposal?.horizonMs ?? 0)
    expect(scores()).toEqual([])
    await pass(clock, Math.max(0, dueAt - clock.now()) - 2_000)
    expect(scores()).toEqual([])
    await pass(clock, 5_000)
    expect(scores()).toHaveLength(1)
    const [score] = scores()
    expect(score).toMatchObject({ runId, decisionId: decision?.id, price: decision?.price, dueAt })
    const rose = compare(score?.priceAfter ?? decimal(0), score?.price ?? decimal(0)) > 0
    expect(score?.right).toBe(rose === (proposal?.action === 'buy'))
    expect(score?.ballots).toHaveLength((tally?.support.length ?? 0) + (tally?.dissent.length ?? 0))
    await settle(clock, journal.settled())
    expect(queries.listScoredVotes(9)).toEqual(scores())
    expect(queries.listUnscoredVotes(9)).toEqual([])

    // The next process learns the same, and scores nothing twice.
    const next = deskKernel({ clock, journal, options: { templates } })
    await next.start()
    await pass(clock, 5_000)
    expect(next.records.filter(({ kind }) => kind === 'voteScored')).toEqual([])
  })

  it('of a proposal to hold say nothing, nor does a price that did not move', () => {
    const about = { instrument: 'BTC/USDT', runId: 'run_1' }
    const none = { support: [], dissent: [] }
    const same = { price: decimal(5), priceAfter: decimal(5), dueAt: 1 }
    expect(scoreOf({ ...about, action: 'hold' }, 'dec_1', none, { ...same, priceAfter: decimal(6) })).toBeNull()
    expect(scoreOf({ ...about, action: 'buy' }, 'dec_1', none, same)).toBeNull()
  })
})

describe('a plan', () => {
  it('that learns its weights is counted by them, from what was scored by then; one with fixed weights is not', async () => {
    const { planned, decide, clock, scores } = await started()
    const { decision, proposals } = await decide({ policy: 'simple-majority' })
    const horizonMs = proposals.find(({ id }) => id === decision?.proposalId)?.horizonMs ?? 0
    const early = await planned({ combination: 'hedge' })
    expect(early.tally?.learned).toMatchObject({ combination: 'hedge', decisions: 0 })
    expect(early.tally?.learned?.voters.every(({ weight, prior }) => weight === prior)).toBe(true)
    await pass(clock, horizonMs + 1_000)
    expect(scores().length).toBeGreaterThan(0)
    const known = scores().length
    const late = await planned({ combination: 'hedge', instrument: 'ETH/USDT' })
    expect(late.tally?.learned?.decisions).toBe(known)
    expect(late.tally?.rule.sentence).toMatch(/^Hedge weights, from \d+ scored decision/)
    expect((await planned({ instrument: 'SOL/USDT' })).tally?.learned).toBeUndefined()
  })

  it('cannot learn weights for a vote that counts heads', async () => {
    const { planned } = await started()
    await expect(planned({ combination: 'hedge', policy: 'unanimous' })).rejects.toEqual(refusal('COMBINATION_UNFIT'))
  })
})
