import { isEntry } from '#engine/agents/sizes.ts'
import type { DeskParts } from '#engine/desk/run/desk-parts.ts'
import { questionOf, type RunState } from '#engine/desk/run/run-state.ts'
import { onlyReduces } from '#engine/trading/gate/reduce-only.ts'
import { leavesQuantity } from '#engine/trading/orders/working.ts'
import { equity, type TradingBook } from '#engine/trading/positions/book.ts'
import { marksOf } from '#engine/trading/positions/marks.ts'
import type { CollaborativePlan } from '#shared/domain/collaborative-plan.ts'
import { isPerpetual } from '#shared/domain/instrument.ts'
import type { Order } from '#shared/domain/order.ts'
import { absolute, type Decimal, multiply, sign, subtract, sum, toNumber, ZERO } from '#shared/lib/decimal.ts'
import type { PlanIntent, SharedLimit } from './plan-conflicts.ts'

type World = Pick<DeskParts, 'book' | 'feed' | 'mandate' | 'planning'>

/** What each of the open plans is about to do; those of which that is not known yet are left out. */
export function intentsOf(
  open: readonly CollaborativePlan[],
  memoryOf: (plan: CollaborativePlan) => RunState | undefined,
  { feed, book }: Pick<World, 'feed' | 'book'>,
): PlanIntent[] {
  const adds = (side: 'buy' | 'sell', instrument: string) =>
    isEntry({ action: side, instrument }, book.positions.get(instrument)?.quantity ?? ZERO)
  return open.flatMap((plan): PlanIntent[] => {
    const memory = memoryOf(plan)
    const side = memory === undefined ? undefined : sideOf(memory)
    if (memory === undefined || side === undefined) {
      const meant = meantSide(plan, book)
      const isOnItsWay = plan.called && (plan.state === 'draft' || plan.state === 'proposing')
      if (meant === undefined || !isOnItsWay) return []
      const reduces = plan.purpose === 'exit' || plan.purpose === 'mitigate'
      const isEntering = !reduces && adds(meant, plan.instrument)
      return [{ plan, side: meant, adds: isEntering, worth: null, isFixed: false, waits: plan.state === 'draft' }]
    }
    if (memory.decision?.status === 'noTrade') return []
    const quantity = requestedQuantity(memory)
    const done = sum(memory.fills.filter((fill) => fill.side === side).map((fill) => fill.quantity))
    const price = feed.quote(plan.instrument)?.last
    const worth = price === undefined ? null : Math.max(0, toNumber(multiply(subtract(quantity, done), price)))
    const isFixed = memory.decision !== null
    return [{ plan, side, adds: adds(side, plan.instrument), worth, isFixed, waits: false }]
  })
}

/** The quantity that a run's order is for, or would be: of a review that which the trader sees. */
export function requestedQuantity(memory: RunState): Decimal {
  return (memory.review?.order.quantity ?? questionOf(memory)?.quantity ?? '0') as Decimal
}

function sideOf(memory: RunState): 'buy' | 'sell' | undefined {
  const action = memory.review?.order.side ?? questionOf(memory)?.action
  return action === 'hold' ? undefined : action
}

/** The side that a plan's purpose tells before anything is proposed; a short position is bought back. */
function meantSide(
  { purpose, parameters, instrument }: CollaborativePlan,
  book: TradingBook,
): 'buy' | 'sell' | undefined {
  const held = book.positions.get(instrument)?.quantity ?? ZERO
  if (purpose === 'exit' || purpose === 'mitigate') return sign(held) < 0 ? 'buy' : 'sell'
  const wanted = purpose === 'shift' ? (parameters['quantity'] ?? 0) : 0
  return wanted === 0 ? undefined : wanted > 0 ? 'buy' : 'sell'
}

/** The limits that open plans use up together: cash, exposure, and the largest position on each of their instruments. */
export function sharedLimits({ book, feed, mandate, planning }: World, intents: readonly PlanIntent[]): SharedLimit[] {
  const mark = marksOf(feed)
  const own = new Set(intents.flatMap(({ plan }) => plan.runId ?? []))
  const others = [...book.orders.values()].filter(({ runId }) => runId === null || !own.has(runId))
  const worth = equity(book, mark)
  const held = heldWorths(book, mark)
  if (worth === undefined || held === undefined) return []
  const reserved = worthOf(
    others.filter(({ side, instrument }) => side === 'buy' && !isPerpetual(instrument)),
    mark,
  )
  const adding = worthOf(
    others.filter((order) => !onlyReduces(order, book)),
    mark,
  )
  const exposed = [...held.values()].reduce((total, each) => total + Math.abs(each), 0)
  const instruments = [...new Set(intents.map(({ plan }) => plan.instrument))]
  return [
    {
      kind: 'resource',
      name: 'the cash',
      room: toNumber(book.cash) - reserved,
      counts: ({ plan }) => !isPerpetual(plan.instrument),
    },
    {
      kind: 'resource',
      name: "the mandate's exposure",
      room: toNumber(mandate.maximumExposure) - exposed - adding,
      counts: () => true,
    },
    ...instruments.map((instrument): SharedLimit => {
      const on = intents.filter(({ plan }) => plan.instrument === instrument)
      const share = Math.min(...on.map(({ plan }) => planning.profiles[plan.profile].maximumPosition))
      return {
        kind: 'size',
        name: `the largest position in ${instrument}`,
        room: share * toNumber(worth) - Math.abs(held.get(instrument) ?? 0),
        counts: ({ plan }) => plan.instrument === instrument,
      }
    }),
  ]
}

/** What is held of each instrument, signed; undefined while a price is missing. */
function heldWorths(
  book: TradingBook,
  mark: (instrument: string) => Decimal | undefined,
): ReadonlyMap<string, number> | undefined {
  const worths = new Map<string, number>()
  for (const { instrument, quantity } of book.positions.values()) {
    const price = mark(instrument)
    if (price === undefined) return undefined
    worths.set(instrument, toNumber(multiply(quantity, price)))
  }
  return worths
}

function worthOf(orders: readonly Order[], mark: (instrument: string) => Decimal | undefined): number {
  return orders.reduce((total, order) => {
    const price = order.limitPrice ?? order.stopPrice ?? mark(order.instrument)
    return price === undefined ? total : total + toNumber(absolute(multiply(leavesQuantity(order), price)))
  }, 0)
}
