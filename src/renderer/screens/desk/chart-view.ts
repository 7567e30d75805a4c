import { formatDecimal, placesOf } from '#renderer/ui/format.ts'
import type { Bar, Timeframe } from '#shared/domain/bar.ts'
import { timeframeMs } from '#shared/domain/bar.ts'
import { type Fill, isInFlight, isOpen, type Order } from '#shared/domain/order.ts'
import type { PositionView } from '#shared/domain/position.ts'
import type { RunSummary } from '#shared/domain/run.ts'
import { divide, multiply, sum, toNumber } from '#shared/lib/decimal.ts'

/** A mark on the chart at a bar: a fill, where a run ended in a decision, or a bar of a pattern. */
export interface ChartMark {
  readonly id: string
  /** When it happened, UTC epoch milliseconds. */
  readonly at: number
  readonly kind: 'buy' | 'sell' | 'decision' | 'pattern above' | 'pattern below'
  /** Drawn beside the mark. */
  readonly text: string
  /** What the mark says, for those who do not see it. */
  readonly words: string
  /** Of patterns: it is the one that is looked at. */
  readonly isChosen?: boolean
}

/** Fills as arrows and decisions as dots, oldest first; several fills of one order at one bar are one arrow. */
export function chartMarks(
  fills: readonly Fill[],
  runs: readonly RunSummary[],
  timeframe: Timeframe,
  pricePlaces: number,
): ChartMark[] {
  const marks: ChartMark[] = []
  const arrows = Map.groupBy(
    fills,
    ({ clientOrderId, at }) => `${clientOrderId} ${Math.floor(at / timeframeMs[timeframe])}`,
  )
  for (const [first, ...rest] of arrows.values()) {
    if (first === undefined) continue
    const { clientOrderId, side, at } = first
    const quantity = sum([first, ...rest].map((fill) => fill.quantity))
    const price = divide(sum([first, ...rest].map((fill) => multiply(fill.quantity, fill.price))), quantity)
    const words = `${side === 'buy' ? 'Bought' : 'Sold'} ${formatDecimal(quantity, { places: placesOf(quantity) })} at ${formatDecimal(price, { places: pricePlaces })}`
    marks.push({ id: `order ${clientOrderId}`, at, kind: side, text: '', words })
  }
  for (const { id, endedAt, outcome } of runs) {
    if (endedAt === null || outcome === null) continue
    const text = outcome.toUpperCase()
    marks.push({ id, at: endedAt, kind: 'decision', text, words: `The desk decided: ${text}` })
  }
  return marks.sort((a, b) => a.at - b.at)
}

/** The marks by the bar that they stand at, by its index; those older than the first bar are not drawn. */
export function marksByBar(marks: readonly ChartMark[], bars: readonly Bar[]): Map<number, ChartMark[]> {
  const byBar = Map.groupBy(marks, ({ at }) => bars.findLastIndex(({ time }) => time <= at))
  byBar.delete(-1)
  return byBar
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
