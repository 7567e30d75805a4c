import { describe, expect, it } from 'vitest'
import { type VotingSeat, votingSeats } from '#shared/domain/agent.ts'
import type { Proposal } from '#shared/domain/proposal.ts'
import { toNumber } from '#shared/lib/decimal.ts'
import { shippedPlanning } from '#test/builders/desk-kernel.ts'
import { on, type Tampers, tamperedDesk } from '#test/builders/tampered-desk.ts'

const questionIn = (input: unknown) => (input as { briefing: { proposal: Proposal } }).briefing.proposal

/** Everybody is for the trade; the optimizer only at no more than this share of the size first proposed. */
function wantingLess(share: number): { readonly tampers: Tampers; readonly asked: Proposal[] } {
  const asked: Proposal[] = []
  const votes = (seat: VotingSeat) =>
    on('assess', async (_answer, input) => {
      const proposal = questionIn(input)
      if (seat === 'optimizer') asked.push(proposal)
      const first = asked[0] ?? proposal
      const isTooMuch = toNumber(proposal.quantity) > share * toNumber(first.quantity) * 1.0001
      const option = seat === 'optimizer' && isTooMuch ? 'hold' : proposal.action
      return {
        assessment: { choice: { kind: 'option', option }, confidence: 0.9, reasons: ['So.'], evidence: [] },
        remarks: [],
      }
    })
  return { tampers: Object.fromEntries(votingSeats.map((seat) => [seat, votes(seat)])), asked }
}

async function decided(share: number, votesAgain = 2) {
  const { tampers, asked } = wantingLess(share)
  const replanning = { ...shippedPlanning.replanning, votesAgain }
  const desk = await tamperedDesk(tampers, { options: { planning: { ...shippedPlanning, replanning } } })
  const memory = await desk.decide({ policy: 'unanimous' })
  return { ...desk, memory, asked, steps: desk.stepsOf(memory.runId) }
}

describe('a purchase that is rejected for its size', () => {
  it('that is agreed at once is not voted on again', async () => {
    const { memory, asked } = await decided(1)
    expect(asked[0]?.action).toBe('buy')
    expect(memory.replans).toEqual([])
    expect(memory.decision?.action).toBe('buy')
  })

  it('is halved, sized and voted on again before the trader is asked, and carried out at the size that was agreed', async () => {
    const { memory, asked, steps, queries } = await decided(0.5)
    expect(memory.replans.map(({ strategy }) => strategy)).toEqual(['revision'])
    expect(asked).toHaveLength(2)
    expect(memory.tally).toMatchObject({ status: 'agreed', outcome: 'buy' })
    expect(memory.decision).toMatchObject({ status: 'agreed', action: 'buy' })
    for (const id of ['revise-2', 'risk-2', 'ballot-optimizer-2', 'decide-2']) {
      expect([id, steps[`review/${id}`]?.state]).toEqual([id, 'succeeded'])
    }
    const [first, second] = asked.map(({ quantity }) => toNumber(quantity))
    expect(second).toBeCloseTo((first ?? 0) / 2, 3)
    const ordered = queries.listOrders(undefined, 10).filter(({ side }) => side === 'buy')
    expect(ordered).toHaveLength(1)
    for (const { quantity } of ordered) expect(toNumber(quantity)).toBe(second)
    expect(memory.messages.map(({ text }) => text).join('\n')).toMatch(/votes again, round 2 of at most 3/)
  })

  it('at most so often: then the last count stands', async () => {
    const { memory, asked } = await decided(0.01)
    expect(asked).toHaveLength(3)
    expect(memory.replans.map(({ strategy }) => strategy)).toEqual(['revision', 'revision'])
    expect(memory.ended?.status).toBe('completed')
    expect(memory.decision?.status).not.toBe('agreed')
    expect((await decided(0.01, 0)).asked).toHaveLength(1)
  })
})
