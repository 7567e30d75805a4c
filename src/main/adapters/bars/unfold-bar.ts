import type { Bar } from '#shared/domain/bar.ts'
import type { Random } from '#shared/lib/random.ts'
import { tidyVolume } from './fold-bars.ts'

/** Rounds to decimal places, as the nearest float of that decimal. */
export function roundTo(value: number, places: number): number {
  const scale = 10 ** places
  return Math.round(value * scale) / scale
}

const mostPlaces = 18

/**
 * The decimal places that a float is written with: as many as twelve significant digits take, at least 8 and at most 18,
 * for what comes after them is what floats add of themselves.
 */
export function decimalPlaces(value: number): number {
  const [digits = '', exponent = '0'] = String(Math.abs(value)).split('e')
  const written = Math.max(0, (digits.split('.')[1]?.length ?? 0) - Number(exponent))
  if (written <= 8) return written
  const kept = Math.max(8, 11 - Math.floor(Math.log10(Math.abs(value))))
  return Math.min(written, kept, mostPlaces)
}

interface Anchor {
  readonly at: number
  readonly price: number
}

/** A Brownian path's expected range over its deviation (Feller 1951). */
const rangeOverDeviation = Math.sqrt(8 / Math.PI)

/**
 * Divides a bar into `shocks.length` bars of `lengthMs` that fold back into exactly that bar: a Brownian bridge through
 * its open, high, low and close, driven by the shocks (standard normals, so two bars with like shocks move alike), and
 * its volume shared out by the weights.
 */
export function unfoldBar(
  bar: Bar,
  lengthMs: number,
  shocks: ArrayLike<number>,
  weights: ArrayLike<number>,
  random: Random,
  places: { readonly price: number; readonly volume: number },
): Bar[] {
  const count = shocks.length
  const step = (bar.high - bar.low) / (rangeOverDeviation * Math.sqrt(count))
  const free = freePath(bar, shocks, step)
  const highest = Math.min(count - 1, extreme(free, 0, count, 1))
  const lowest = Math.min(count - 1, extreme(free, 0, count, -1))
  const anchors = [
    { at: highest + 0.5, price: bar.high },
    { at: lowest + (lowest === highest ? 0.75 : 0.5), price: bar.low },
  ].sort((a, b) => a.at - b.at)
  const points = bridge(bar, count, anchors, shocks, step, places.price)
  const volumes = shareOut(bar.volume, weights, count, places.volume)
  return Array.from({ length: count }, (_, index) => {
    const open = points[index] as number
    const close = points[index + 1] as number
    const up = Math.max(open, close) + Math.abs(random.normal()) * step * 0.4
    const down = Math.min(open, close) - Math.abs(random.normal()) * step * 0.4
    return {
      time: bar.time + index * lengthMs,
      open,
      high: index === highest ? bar.high : Math.min(bar.high, Math.max(open, close, roundTo(up, places.price))),
      low: index === lowest ? bar.low : Math.max(bar.low, Math.min(open, close, roundTo(down, places.price))),
      close,
      volume: volumes[index] as number,
    }
  })
}

/** One price on the way through a bar. */
export interface Print {
  readonly price: number
  readonly quantity: number
}

/**
 * The prints of a bar in order, `count` of them (at least 4): the first at its open, the last at its close, its high and
 * low touched on the way in the order that the seeded path takes, quantities adding up to its volume.
 */
export function unfoldPrints(
  bar: Bar,
  count: number,
  random: Random,
  places: { readonly price: number; readonly volume: number },
): Print[] {
  const last = Math.max(4, count) - 1
  const shocks = Array.from({ length: last }, () => random.normal())
  const step = (bar.high - bar.low) / (rangeOverDeviation * Math.sqrt(last))
  const free = freePath(bar, shocks, step)
  const highest = extreme(free, 1, last - 1, 1)
  let lowest = extreme(free, 1, last - 1, -1)
  if (lowest === highest) lowest = highest > 1 ? highest - 1 : highest + 1
  const anchors = [
    ...(bar.high > Math.max(bar.open, bar.close) ? [{ at: highest, price: bar.high }] : []),
    ...(bar.low < Math.min(bar.open, bar.close) ? [{ at: lowest, price: bar.low }] : []),
  ].sort((a, b) => a.at - b.at)
  const points = bridge(bar, last, anchors, shocks, step, places.price)
  const weights = points.map(() => 0.1 - Math.log(1 - random.float()))
  const quantities = shareOut(bar.volume, weights, points.length, places.volume)
  return points.map((price, index) => ({ price, quantity: quantities[index] as number }))
}

function freePath(bar: Bar, shocks: ArrayLike<number>, step: number): Float64Array {
  const count = shocks.length
  const path = new Float64Array(count + 1)
  for (let index = 0; index < count; index++)
    path[index + 1] = (path[index] as number) + (shocks[index] as number) * step
  const end = path[count] as number
  for (let index = 0; index <= count; index++) {
    path[index] = (path[index] as number) + (bar.close - bar.open - end) * (index / count)
  }
  return path
}

function extreme(path: Float64Array, from: number, to: number, sign: 1 | -1): number {
  let best = from
  for (let index = from; index <= to; index++) {
    if (sign * (path[index] as number) > sign * (path[best] as number)) best = index
  }
  return best
}

/** Points at 0, 1, ..., count from open to close through the anchors, inside the bar's range. */
function bridge(
  bar: Bar,
  count: number,
  anchors: readonly Anchor[],
  shocks: ArrayLike<number>,
  step: number,
  places: number,
): number[] {
  const points = [bar.open]
  const targets = [...anchors, { at: count, price: bar.close }]
  let at = 0
  let price = bar.open
  for (let index = 1; index <= count; index++) {
    for (let target = targets[0] as Anchor; target.at < index; target = targets[0] as Anchor) {
      at = target.at
      price = target.price
      targets.shift()
    }
    const target = targets[0] as Anchor
    const span = target.at - at
    const move = index - at
    const drift = ((target.price - price) * move) / span
    const noise = step * Math.sqrt((move * (span - move)) / span) * (shocks[index - 1] as number)
    price = target.at === index ? target.price : inside(price + drift + noise, bar, places)
    at = index
    points.push(price)
  }
  return points
}

/** Reflected at the bar's ends, so that paths do not stick to them. */
function inside(price: number, bar: Bar, places: number): number {
  let reflected = price
  if (reflected > bar.high) reflected = 2 * bar.high - reflected
  if (reflected < bar.low) reflected = 2 * bar.low - reflected
  return Math.min(bar.high, Math.max(bar.low, roundTo(reflected, places)))
}

/** Shares of a volume by weight in whole lots: rounded as running totals, so that nothing is lost. */
function shareOut(volume: number, weights: ArrayLike<number>, count: number, places: number): number[] {
  let total = 0
  for (let index = 0; index < count; index++) total += weights[index] as number
  const shares: number[] = []
  let weight = 0
  let given = 0
  for (let index = 0; index < count; index++) {
    weight += weights[index] as number
    const until = index === count - 1 ? volume : Math.min(volume, roundTo((volume * weight) / total, places))
    shares.push(index === count - 1 ? tidyVolume(Math.max(0, until - given)) : roundTo(until - given, places))
    given = until
  }
  return shares
}
