import { formatDecimal } from '#renderer/ui/format.ts'
import type { Bar, Timeframe } from '#shared/domain/bar.ts'
import { timeframeMs } from '#shared/domain/bar.ts'
import { type Fill, isInFlight, isOpen, type Order } from '#shared/domain/order.ts'
import type { PositionView } from '#shared/domain/position.ts'
import type { RunSummary } from '#shared/domain/run.ts'
import { toNumber } from '#shared/lib/decimal.ts'

/** A mark on the chart at a bar: a fill, or where a run ended in a decision. */
export interface ChartMark {
  readonly id: string
  /** When it happened, UTC epoch milliseconds. */
  readonly at: number
  readonly kind: 'buy' | 'sell' | 'decision'
  readonly text: string
}

/** Fills as arrows and decisions as dots, oldest first; several fills of one order at one bar are one arrow. */
export function chartMarks(fills: readonly Fill[], runs: readonly RunSummary[], timeframe: Timeframe): ChartMark[] {
  const marks = new Map<string, ChartMark>()
  for (const fill of fills) {
    const bar = Math.floor(fill.at / timeframeMs[timeframe])
    marks.set(`fill ${fill.clientOrderId} ${bar}`, {
      id: `order ${fill.clientOrderId}`,
      at: fill.at,
      kind: fill.side,
      text: '',
    })
  }
  for (const { id, endedAt, outcome } of runs) {
    if (endedAt === null || outcome === null) continue
    marks.set(id, { id, at: endedAt, kind: 'decision', text: outcome.toUpperCase() })
  }
  return [...marks.values()].sort((a, b) => a.at - b.at)
}

/** A level on the chart. */
export interface ChartLine {
  readonly id: string
  readonly price: number
  readonly kind: 'average' | 'order' | 'stop'
  readonly title: string
}

/** The average as a solid line, working orders dashed, the stop (UX-18). */
export function chartLines(
  position: Pick<PositionView, 'averagePrice' | 'quantity'> | undefined,
  orders: readonly Order[],
  stop: string | null,
  quantityPlaces: number,
): ChartLine[] {
  const lines: ChartLine[] = []
  if (position !== undefined && position.averagePrice !== null) {
    const title = `avg ${formatDecimal(position.quantity, { places: quantityPlaces, signed: true })}`
    lines.push({ id: 'average', price: toNumber(position.averagePrice), kind: 'average', title })
    if (stop !== null) lines.push({ id: 'stop', price: Number(stop), kind: 'stop', title: 'stop' })
  }
  for (const order of orders) {
    if (order.limitPrice === null || !(isOpen(order.status) || isInFlight(order.status))) continue
    const title = `${order.side} ${formatDecimal(order.quantity, { places: quantityPlaces })}`
    lines.push({ id: order.clientOrderId, price: toNumber(order.limitPrice), kind: 'order', title })
  }
  return lines
}

const dayMs = 86_400_000

/** The change over the last 24 hours as a fraction; null where the bars do not go back so far. */
export function changeOverDay(bars: readonly Bar[], last: number | null): number | null {
  const newest = bars.at(-1)
  if (newest === undefined || last === null) return null
  const before = bars.findLast(({ time }) => time <= newest.time - dayMs)
  return before === undefined || before.close === 0 ? null : last / before.close - 1
}
