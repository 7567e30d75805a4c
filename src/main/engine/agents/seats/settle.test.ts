import { beforeAll, describe, expect, it } from 'vitest'
import type { ProposalBriefing } from '#engine/agents/seat.ts'
import { firstChoices } from '#shared/domain/ballot.ts'
import type { Insight } from '#shared/domain/insight.ts'
import { compare, decimal, fromNumber, multiply, toNumber } from '#shared/lib/decimal.ts'
import { idsFrom, simulatedBriefing } from '#test/builders/briefing.ts'
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
    portfolio: null,
    recalled: [],
    outgoing: [],
  }
})

describe('settling the terms of a purchase', () => {
  it('the strategist and the risk manager give way until both would sign, and every offer is in words', () => {
    const { conflicts, said, revised } = settleTerms(base)
    expect(conflicts).toMatchObject([{ kind: 'size', between: ['strategist', 'risk'] }])
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
    expect(said.some(({ text }) => text.includes('There is no common ground.'))).toBe(true)
  })

  it('a view that points the other way is a conflict over direction, which only the vote can settle', () => {
    const { conflicts } = settleTerms({ ...base, insight: { ...up, direction: 'down' } })
    expect(conflicts).toContainEqual(expect.objectContaining({ kind: 'direction', settled: 'open' }))
  })
})
