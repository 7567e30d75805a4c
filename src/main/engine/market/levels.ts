import type { BarSeries } from '#shared/domain/bar.ts'
import { atr } from './indicators/volatility.ts'

/** A turning point of price: a bar whose high (or low) is the extreme of the bars around it. */
export interface Swing {
  readonly kind: 'high' | 'low'
  readonly index: number
  readonly price: number
}

/** A price where the market has turned before. */
export interface PriceLevel {
  readonly kind: 'support' | 'resistance'
  readonly price: number
  /** Turning points at this level. */
  readonly touches: number
  /** Row of the latest of them. */
  readonly lastIndex: number
  /** (price of the level - last close) / last close. */
  readonly distance: number
}

/**
 * Swing highs and lows, oldest first: extremes of the `reach` bars on both sides. A swing is known only `reach` bars
 * after it, so none stands in the last `reach` bars.
 */
export function swings(series: BarSeries, reach = 5): Swing[] {
  const found: Swing[] = []
  const { high, low } = series
  for (let index = reach; index < high.length - reach; index++) {
    const top = high[index] as number
    const bottom = low[index] as number
    let isHigh = true
    let isLow = true
    for (let k = index - reach; k <= index + reach && (isHigh || isLow); k++) {
      // Of equal extremes the first one counts.
      if (k < index && (high[k] as number) >= top) isHigh = false
      if (k > index && (high[k] as number) > top) isHigh = false
      if (k < index && (low[k] as number) <= bottom) isLow = false
      if (k > index && (low[k] as number) < bottom) isLow = false
    }
    if (isHigh) found.push({ kind: 'high', index, price: top })
    if (isLow) found.push({ kind: 'low', index, price: bottom })
  }
  return found
}

/**
 * Support below and resistance above the last close, strongest first (touches, then recency): swings of the last
 * `lookback` bars that lie within one ATR of each other are one level at their mean price. Empty where there are too
 * few bars for an ATR.
 */
export function supportResistance(series: BarSeries, lookback = 250, reach = 5): PriceLevel[] {
  const last = series.close.length - 1
  const width = atr(series, 14)[last]
  const close = series.close[last]
  if (width === undefined || close === undefined || Number.isNaN(width)) return []
  const points = swings(series, reach)
    .filter((swing) => swing.index > last - lookback)
    .sort((a, b) => a.price - b.price)
  const levels: PriceLevel[] = []
  for (let start = 0; start < points.length; ) {
    const floor = (points[start] as Swing).price
    let end = start
    while (end < points.length && (points[end] as Swing).price - floor <= width) end++
    const group = points.slice(start, end)
    const price = group.reduce((sum, swing) => sum + swing.price, 0) / group.length
    levels.push({
      kind: price <= close ? 'support' : 'resistance',
      price,
      touches: group.length,
      lastIndex: Math.max(...group.map((swing) => swing.index)),
      distance: (price - close) / close,
    })
    start = end
  }
  return levels.sort((a, b) => b.touches - a.touches || b.lastIndex - a.lastIndex)
}
