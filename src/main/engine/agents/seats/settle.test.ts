import { beforeAll, describe, expect, it } from 'vitest'
import type { ProposalBriefing } from '#engine/agents/seat.ts'
import { firstChoices } from '#shared/domain/ballot.ts'
import type { RaisedConflict } from '#shared/domain/conflict.ts'
import type { Insight } from '#shared/domain/insight.ts'
import type { Book } from '#shared/domain/quote.ts'
import { compare, decimal, fromNumber, multiply, toNumber } from '#shared/lib/decimal.ts'
import { idsFrom, simulatedBriefing, simulatedPortfolio } from '#test/builders/briefing.ts'
import { assess } from './assess.ts'
import { propose } from './propose.ts'
import { settleTerms } from './settle.ts'

let base: ProposalBriefing
const up: Insight = {
  agent: 'analyst',
  instrument: 'BTC/USDT',
  direction: 'up',
  magnitude: 0.06,
  confidence: 0.7,
  horizonMs: 10 * 86_400_000,
  reasons: [],
  evidence: [],
}

beforeAll(async () => {
  const briefing = await simulatedBriefing(1)
  const proposal = propose(briefing, up, [], idsFrom(1)).find(({ action }) => action === 'buy')
  if (proposal === undefined) throw new Error('There is nothing to buy.')
  // As much as nine tenths of what may be lost at the stop.
  const { equity } = briefing.account
  const distance = toNumber(proposal.entry) - toNumber(proposal.stop ?? proposal.entry)
  const most = (0.9 * toNumber(equity ?? decimal(0)) * briefing.profile.riskPerTrade) / distance
  base = {
    ...briefing,
    proposal: { ...proposal, quantity: fromNumber(most, 4) },
    insight: up,
    debate: [],
    outcomes: [],
    portfolio: simulatedPortfolio(1),
    risk: null,
    recalled: [],
    outgoing: [],
  }
})

describe('settling the terms of a purchase', () => {
  it('the strategist and the risk manager give way until both would sign, and every offer is in words', () => {
    const { conflicts, said, revised } = settleTerms(base)
    expect(conflicts).toMatchObject([{ kind: 'size', between: ['strategist', 'risk', 'optimizer'] }])
    expect(conflicts[0]?.settled).not.toBe('open')
    expect(said.filter(({ text }) => text.startsWith('I offer')).map(({ by }) => by)).toEqual(
      expect.arrayContaining(['strategist', 'risk']),
    )
    expect(said.filter(({ text }) => text.startsWith('I accept')).length).toBeGreaterThan(0)
    expect(revised).not.toBeNull()
    const after = revised ?? base.proposal
    expect(compare(after.quantity, base.proposal.quantity)).toBeLessThanOrEqual(0)
    expect(after).toMatchObject({ id: base.proposal.id, action: 'buy', instrument: 'BTC/USDT' })
    expect(toNumber(after.stop ?? decimal(0))).toBeLessThan(toNumber(after.entry))
    // It would buy, if no more than its other limits allow.
    expect(firstChoices(assess('risk', { ...base, proposal: after }).assessment.choice)).toEqual(['buy'])
  })

  it('the same question is settled in the same way', () => {
    expect(settleTerms(base)).toEqual(settleTerms(base))
  })

  it('what is well within every limit is nothing to be at odds over', () => {
    const quantity = multiply(base.proposal.quantity, decimal('0.2'))
    expect(settleTerms({ ...base, proposal: { ...base.proposal, quantity } })).toEqual({
      conflicts: [],
      said: [],
      revised: null,
    })
  })

  it('without common ground it stays open, and nothing is changed', () => {
    // Ten times the size that the limits allow: nothing that the strategist would sign fits in.
    const quantity = multiply(base.proposal.quantity, decimal(40))
    const { conflicts, said, revised } = settleTerms({ ...base, proposal: { ...base.proposal, quantity } })
    // The cash does not reach for it either.
    expect(conflicts).toMatchObject([
      { kind: 'size', settled: 'open' },
      { kind: 'resource', settled: 'open' },
    ])
    expect(revised).toBeNull()
    expect(said.some(({ text }) => text.includes('No common ground.'))).toBe(true)
  })

  it('a view that points the other way is a conflict over direction, which only the vote can settle', () => {
    const { conflicts } = settleTerms({ ...base, insight: { ...up, direction: 'down' } })
    expect(conflicts).toContainEqual(expect.objectContaining({ kind: 'direction', settled: 'open' }))
  })

  /** A book of so many base units a level, each level three basis points further out. */
  const bookOf = (size: number): Book => {
    const price = toNumber(base.quote.ask)
    const levels = (side: 1 | -1) =>
      Array.from({ length: 40 }, (_, level) => ({
        price: fromNumber(price * (1 + side * 0.0003 * (level + 1)), 2),
        quantity: fromNumber(size, 6),
      }))
    return { instrument: 'BTC/USDT', at: base.now, bids: levels(-1), asks: levels(1) }
  }
  /** Well within every limit of the risk manager. */
  const small = (share: number, change: Partial<ProposalBriefing> = {}): ProposalBriefing => ({
    ...base,
    proposal: { ...base.proposal, quantity: fromNumber(toNumber(base.proposal.quantity) * share, 5) },
    ...change,
  })
  const speakers = (said: readonly { readonly by: string }[]) => [...new Set(said.map(({ by }) => by))].sort()

  it('the executor has the size cut where walking a thin book takes more than half of the gain', () => {
    const briefing = small(0.2)
    const quantity = toNumber(briefing.proposal.quantity)
    const proposal = { ...briefing.proposal, expectedReturn: 0.012 }
    const thin = { ...briefing, proposal, insight: null, book: bookOf(quantity / 38) }
    expect(settleTerms({ ...thin, book: bookOf(quantity * 10) }).conflicts).toEqual([])
    const { conflicts, said, revised } = settleTerms(thin)
    expect(conflicts).toMatchObject([{ kind: 'size', between: ['strategist', 'executor'] }])
    expect(conflicts[0]?.description).toMatch(/^For the executor the round trip costs .+ bp expected\.$/)
    expect(conflicts[0]?.settled).not.toBe('open')
    expect(speakers(said)).toEqual(expect.arrayContaining(['executor', 'strategist']))
    expect(toNumber(revised?.quantity ?? decimal(0))).toBeLessThan(quantity)
  })

  it('the portfolio optimizer has the size cut where the weight would go far past its target', () => {
    const briefing = small(0.4)
    const { conflicts, revised, said } = settleTerms(briefing)
    expect(conflicts).toMatchObject([{ kind: 'size', between: ['strategist', 'optimizer'] }])
    expect(conflicts[0]?.description).toMatch(/the weight becomes .+ is best/)
    expect(said.some(({ by, text }) => by === 'optimizer' && /^I (offer|accept)/.test(text))).toBe(true)
    expect(toNumber(revised?.quantity ?? decimal(0))).toBeLessThan(toNumber(briefing.proposal.quantity))
  })

  it('all who are at odds sit at one table, and nobody signs what it would rather walk away from', () => {
    const quantity = toNumber(base.proposal.quantity)
    const briefing = { ...base, book: bookOf(quantity / 38), proposal: { ...base.proposal, expectedReturn: 0.012 } }
    const { conflicts, said, revised } = settleTerms(briefing)
    const [conflict] = conflicts
    expect(conflict?.between).toEqual(['strategist', 'risk', 'optimizer', 'executor'])
    expect(speakers(said)).toEqual(expect.arrayContaining(['executor', 'optimizer', 'risk', 'strategist']))
    expect(revised).not.toBeNull()
    const after = { ...briefing, proposal: revised ?? briefing.proposal }
    for (const seat of ['risk', 'executor'] as const) {
      expect([seat, firstChoices(assess(seat, after).assessment.choice)]).toEqual([seat, ['buy']])
    }
  })

  it('an offer says what it means to who makes it', () => {
    for (const { by, text } of settleTerms(base).said) {
      if (by === 'strategist') expect(text).toMatch(/: \d+ % of the expected gain is left\.$/)
      if (by === 'risk') expect(text).toMatch(/: it uses up \d+ % of a risk limit\.$/)
    }
  })

  it('a seat whose inputs are missing, or that would sign nothing, is left to vote', () => {
    const blind = small(0.2, { book: null, insight: null })
    expect(settleTerms(blind)).toEqual({ conflicts: [], said: [], revised: null })
    const against = small(0.4, { insight: { ...up, direction: 'down' } })
    expect(settleTerms(against).conflicts.flatMap(({ between }) => between)).not.toContain('optimizer')
  })

  it('what is raised is bargained over by those named who have a stake, else by the risk manager', () => {
    const raise = (between: RaisedConflict['between'], kind: RaisedConflict['kind'] = 'size') =>
      settleTerms(small(0.5, { book: bookOf(toNumber(base.proposal.quantity)) }), {
        kind,
        between,
        description: 'Less.',
      })
    expect(speakers(raise(['strategist', 'executor']).said)).not.toContain('risk')
    expect(speakers(raise(['strategist', 'executor']).said)).toContain('executor')
    expect(speakers(raise(['bull', 'bear']).said)).toContain('risk')
    expect(raise(['bull', 'executor'], 'direction')).toMatchObject({ said: [], conflicts: [{ settled: 'open' }] })
  })
})
