import { describe, expect, it } from 'vitest'
import { readTemplates } from '#main/config/templates.ts'
import { type VotingSeat, votingSeats } from '#shared/domain/agent.ts'
import { isFinalStep } from '#shared/domain/plan.ts'
import type { PlanWish } from '#shared/domain/plan-wish.ts'
import type { Proposal } from '#shared/domain/proposal.ts'
import { defaultSettings } from '#shared/domain/settings.ts'
import { toNumber } from '#shared/lib/decimal.ts'
import { shippedPlanning, shippedReviewPolicy } from '#test/builders/desk-kernel.ts'
import { type Asked, on, type Tampers, tamperedDesk } from '#test/builders/tampered-desk.ts'
import { pass, passUntil, settle } from '#test/builders/virtual-time.ts'

const trader = { kind: 'human', id: 'trader' } as const
const templates = readTemplates(undefined).value

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

  it('is decided on once, after the last round, and goes to the trader where no round brought agreement', async () => {
    const { memory, records } = await decided(0.01)
    const made = records.flatMap(({ kind, data }) => (kind === 'decisionMade' ? [data.decision] : []))
    expect(made).toHaveLength(1)
    expect(records.filter(({ kind }) => kind === 'tallyTaken')).toHaveLength(3)
    expect(memory.decision).toMatchObject({ status: 'review', action: 'buy' })
    expect(memory.review?.rules).toContainEqual({
      code: 'NO_AGREEMENT',
      sentence: 'It was revised and voted on again 2 times, and is still not agreed: the trader decides.',
    })
    expect(memory.review?.agreed).toBe(false)
    expect(records.filter(({ kind }) => kind === 'orderSubmitted')).toEqual([])
  })
})

describe('a plan whose purchase is rejected for its size', () => {
  async function planned(share: number, wish: Partial<PlanWish> = {}) {
    const { tampers, asked } = wantingLess(share)
    const reviewPolicy = { ...shippedReviewPolicy, aboveNotional: null, driftLimitBps: 10_000 }
    const desk = await tamperedDesk(tampers, { options: { templates, reviewPolicy } })
    const { kernel, clock } = desk
    const made = kernel.plans.create(
      { template: 'daily-trading-strategy', instrument: 'BTC/USDT', policy: 'unanimous', ...wish },
      defaultSettings,
      trader,
    )
    const { id } = await settle(clock, made)
    await passUntil(
      clock,
      () =>
        ['inReview', 'executing', 'completed'].includes(kernel.plans.get(id).state) ||
        kernel.plans.get(id).endedAt !== null,
    )
    return { ...desk, id, asked, state: kernel.plans.get(id).state }
  }

  it('stays open to the vote until a round is agreed on', async () => {
    const { kernel, id, asked, queries, records } = await planned(0.5)
    expect(asked.length).toBeGreaterThan(1)
    expect(kernel.plans.get(id).moves.map(({ state }) => state)).not.toContain('rejected')
    expect(['approved', 'executing', 'completed']).toContain(kernel.plans.get(id).state)
    expect(records.filter(({ kind }) => kind === 'decisionMade')).toHaveLength(1)
    expect(queries.getVote(kernel.plans.get(id).runId ?? '').decision?.status).toBe('agreed')
  })

  it('goes to the trader after as many rounds as the plan says', async () => {
    const { kernel, asked, state, queries } = await planned(0.01, { votesAgain: 1 })
    expect(asked).toHaveLength(2)
    expect(state).toBe('inReview')
    expect(kernel.reviews.waiting()[0]?.rules.map(({ code }) => code)).toContain('NO_AGREEMENT')
    expect(queries.listOrders(undefined, 9)).toEqual([])
    const never = await planned(0.01, { votesAgain: 0 })
    expect(never.asked).toHaveLength(1)
    expect(never.state).toBe('rejected')
  })

  it('KS-12 KS-13 that is stopped while it is revised or voted on again is cancelled whole, with no order and no decision', async () => {
    for (const seat of ['strategist', 'optimizer'] as const) {
      const { tampers } = wantingLess(0.5)
      let open: () => void = () => {}
      const opened = new Promise<void>((resolve) => {
        open = resolve
      })
      let votes = 0
      const held: Tampers = {
        ...tampers,
        [seat]: async (asked: Asked, answer: () => Promise<unknown>) => {
          const isHeld = seat === 'strategist' ? asked.action === 'revise' : asked.action === 'assess' && ++votes > 1
          if (isHeld) await opened
          return tampers[seat]?.(asked, answer) ?? answer()
        },
      }
      const desk = await tamperedDesk(held, { options: { templates, coolDownMs: 0 } })
      const { kernel, clock, kinds, queries, records } = desk
      const wish = { template: 'daily-trading-strategy', instrument: 'BTC/USDT', policy: 'unanimous' } as const
      const { id } = await settle(clock, kernel.plans.create(wish, defaultSettings, trader))
      await passUntil(clock, () => kinds().includes('planReplanned'))
      await pass(clock, 1_000)
      kernel.halt(2, trader, 'drill')
      await pass(clock, 1_000)
      open()
      await pass(clock, 20_000)
      await settle(clock, kernel.runs.drained())
      expect(kernel.plans.get(id).state).toBe('cancelled')
      expect(queries.getPlan(id)).toEqual(kernel.plans.get(id))
      const run = queries.getRun(kernel.plans.get(id).runId ?? '')
      expect(run?.status).toBe('cancelled')
      expect(run?.steps.filter((step) => !isFinalStep(step.state))).toEqual([])
      expect(records.filter(({ kind }) => kind === 'decisionMade' || kind === 'orderSubmitted')).toEqual([])
    }
  })
})
