import { describe, expect, it } from 'vitest'
import type { DeskRecord } from '#engine/journal/journal.ts'
import type { Broker } from '#engine/ports/broker.ts'
import { readTemplates } from '#main/config/templates.ts'
import { isEndedPlan } from '#shared/domain/collaborative-plan.ts'
import type { EventKind } from '#shared/domain/event.ts'
import { isClosed } from '#shared/domain/order.ts'
import { isFinalStep } from '#shared/domain/plan.ts'
import { isClosedReview } from '#shared/domain/review.ts'
import { defaultSettings } from '#shared/domain/settings.ts'
import type { StopLevel } from '#shared/domain/trading-state.ts'
import { decimal } from '#shared/lib/decimal.ts'
import { deskKernel, shippedReviewPolicy } from '#test/builders/desk-kernel.ts'
import { on, type Tampers, tamperedDesk } from '#test/builders/tampered-desk.ts'
import { pass, passUntil, settle } from '#test/builders/virtual-time.ts'

const trader = { kind: 'human', id: 'trader' } as const
const templates = readTemplates(undefined).value

/** What is in flight when the stop comes; released after it. */
class Gate {
  #open: () => void = () => {}
  readonly opened = new Promise<void>((resolve) => {
    this.#open = resolve
  })
  open(): void {
    this.#open()
  }
}

/** The answer is made, and comes only when the gate is opened. */
const held = (action: string, gate: Gate) =>
  on(action, async (answer) => {
    const said = await answer()
    await gate.opened
    return said
  })

interface Phase {
  readonly phase: string
  /** The state of the collaborative plan in which the stop finds it. */
  readonly state: string
  /** Journalled once, the desk is in the middle of it. */
  readonly after: EventKind
  readonly hold?: (gate: Gate) => Tampers
  readonly holdBroker?: true
  readonly askTrader?: true
  readonly approve?: true
  /** Orders that had left before the stop. */
  readonly left: number
}

const phases: readonly Phase[] = [
  { phase: 'researching', state: 'proposing', after: 'evidenceGathered', left: 0 },
  {
    phase: 'arguing',
    state: 'proposing',
    after: 'argumentMade',
    hold: (gate) => ({ bear: held('argue', gate) }),
    left: 0,
  },
  {
    phase: 'proposing',
    state: 'proposing',
    after: 'argumentMade',
    hold: (gate) => ({ strategist: held('propose', gate) }),
    left: 0,
  },
  {
    phase: 'negotiating',
    state: 'voting',
    after: 'ballotCast',
    hold: (gate) => ({ planner: held('settle', gate) }),
    left: 0,
  },
  { phase: 'voting', state: 'voting', after: 'ballotCast', hold: (gate) => ({ bear: held('assess', gate) }), left: 0 },
  { phase: 'waiting for the trader', state: 'inReview', after: 'reviewOpened', askTrader: true, left: 0 },
  {
    phase: 'carrying out an approval',
    state: 'inReview',
    after: 'reviewOpened',
    askTrader: true,
    approve: true,
    left: 0,
  },
  { phase: 'having decided', state: 'approved', after: 'decisionMade', left: 0 },
  { phase: 'executing', state: 'executing', after: 'orderSubmitted', holdBroker: true, left: 1 },
]
const levels: readonly StopLevel[] = [1, 2, 3]
// Each phase with one of the levels in turn; what is at the broker already, with all of them.
const cases = phases.flatMap((phase, index) => {
  const tried = phase.left > 0 ? levels : levels.filter((level) => level === 1 + (index % levels.length))
  return tried.map((level) => ({ ...phase, level }))
})

describe('KS-12 KS-13 a stop', () => {
  it.each(cases)(
    'of level $level while $phase leaves a consistent plan and no order, then and after re-arming',
    async ({ after, hold, holdBroker, askTrader, approve, level, left, state }) => {
      const gate = new Gate()
      const wrapBroker = (broker: Broker): Broker => ({
        ...broker,
        submit: async (order) => {
          await gate.opened
          return broker.submit(order)
        },
      })
      const reviewPolicy = {
        ...shippedReviewPolicy,
        driftLimitBps: 10_000,
        aboveNotional: askTrader ? decimal(1) : null,
      }
      const desk = await tamperedDesk(hold?.(gate) ?? {}, {
        ...(holdBroker && { wrapBroker }),
        options: { templates, reviewPolicy, coolDownMs: 0 },
      })
      const { kernel, clock, kinds, queries, records, journal } = desk
      const wish = { template: 'daily-trading-strategy', instrument: 'BTC/USDT', policy: 'simple-majority' } as const
      const { id } = await settle(clock, kernel.plans.create(wish, defaultSettings, trader))
      await passUntil(clock, () => kinds().includes(after))
      expect(kernel.plans.get(id).state).toBe(state)
      const [review] = kernel.reviews.waiting()
      const approving = approve && review && kernel.reviews.approve(review.id, review.orderHash, {}, trader)

      kernel.halt(level, trader, 'drill')
      const stoppedAt = records.length
      if (approving) await settle(clock, approving)
      await pass(clock, 5_000)
      gate.open()
      await pass(clock, 20_000)
      await settle(clock, kernel.runs.drained())

      const sent = (from: readonly DeskRecord[]) => from.filter(({ kind }) => kind === 'orderSubmitted').length
      const isConsistent = () => {
        const plan = kernel.plans.get(id)
        const run = queries.getRun(plan.runId ?? '')
        expect(plan).toMatchObject({ state: 'cancelled', endedAt: expect.any(Number) })
        expect(isEndedPlan(plan.state)).toBe(true)
        expect(queries.getPlan(id)).toEqual(plan)
        expect(run?.status).toBe('cancelled')
        expect(run?.steps.filter((step) => !isFinalStep(step.state)).map((step) => [step.id, step.state])).toEqual([])
        expect(kernel.runs.active()).toEqual([])
        expect(queries.listReviews(9).filter(({ status }) => !isClosedReview(status))).toEqual([])
        expect(queries.listOrders(undefined, 9).filter(({ status }) => !isClosed(status))).toEqual([])
        expect(sent(records)).toBe(left)
        expect(sent(records.slice(stoppedAt))).toBe(0)
      }
      isConsistent()
      kernel.rearm(trader, { reason: 'I have looked at it', account: 'paper', mode: 'paper' })
      await pass(clock, 20_000)
      isConsistent()
      expect(await journal.verify()).toMatchObject({ status: 'verified' })

      // Neither does the next process take any of it up.
      const next = deskKernel({ clock, journal, options: { templates, reviewPolicy } })
      await next.start()
      await pass(clock, 20_000)
      expect(next.kernel.runs.active()).toEqual([])
      expect(sent(next.records)).toBe(0)
    },
  )
})
