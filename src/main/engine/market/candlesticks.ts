import type { BarSeries } from '#shared/domain/bar.ts'

/** A candlestick pattern that ends at a bar. */
export interface CandlestickHit {
  readonly pattern: CandlestickPattern
  /** First and last row of the bars it stands on. */
  readonly start: number
  readonly end: number
  /**
   * As in TA-Lib: above 0 for a bullish pattern (or one without a direction, such as a doji), below 0 for a bearish
   * one; 100 is a plain hit, 80 one that just touches, 200 a hikkake that has been confirmed.
   */
  readonly signal: number
}

/** What a part of a candle is compared with: a factor times the mean range of the bars before it. */
interface Yardstick {
  readonly range: 'body' | 'high-low' | 'shadows'
  readonly bars: number
  readonly factor: number
}

// TA-Lib's default candle settings.
const bodyLong: Yardstick = { range: 'body', bars: 10, factor: 1 }
const bodyShort: Yardstick = { range: 'body', bars: 10, factor: 1 }
const bodyDoji: Yardstick = { range: 'high-low', bars: 10, factor: 0.1 }
const shadowLong: Yardstick = { range: 'body', bars: 0, factor: 1 }
const shadowVeryLong: Yardstick = { range: 'body', bars: 0, factor: 2 }
const shadowShort: Yardstick = { range: 'shadows', bars: 10, factor: 1 }
const shadowVeryShort: Yardstick = { range: 'high-low', bars: 10, factor: 0.1 }
const near: Yardstick = { range: 'high-low', bars: 5, factor: 0.2 }
const far: Yardstick = { range: 'high-low', bars: 5, factor: 0.6 }
const equal: Yardstick = { range: 'high-low', bars: 5, factor: 0.05 }

/** Bars seen from the newest of them: 0 is that bar, 1 the one before, and so on. */
class Candles {
  private readonly series: BarSeries
  private readonly end: number

  constructor(series: BarSeries, end: number) {
    this.series = series
    this.end = end
  }

  open(back: number): number {
    return this.series.open[this.end - back] as number
  }
  high(back: number): number {
    return this.series.high[this.end - back] as number
  }
  low(back: number): number {
    return this.series.low[this.end - back] as number
  }
  close(back: number): number {
    return this.series.close[this.end - back] as number
  }
  /** 1 for a close at or above the open, else -1. */
  colour(back: number): 1 | -1 {
    return this.close(back) >= this.open(back) ? 1 : -1
  }
  white(...backs: number[]): boolean {
    return backs.every((back) => this.colour(back) === 1)
  }
  black(...backs: number[]): boolean {
    return backs.every((back) => this.colour(back) === -1)
  }
  body(back: number): number {
    return Math.abs(this.close(back) - this.open(back))
  }
  top(back: number): number {
    return Math.max(this.close(back), this.open(back))
  }
  bottom(back: number): number {
    return Math.min(this.close(back), this.open(back))
  }
  upper(back: number): number {
    return this.high(back) - this.top(back)
  }
  lower(back: number): number {
    return this.bottom(back) - this.low(back)
  }
  /** Whether the bodies of two bars leave a gap upwards, or downwards, from the second to the first. */
  gapUp(back: number, before: number): boolean {
    return this.bottom(back) > this.top(before)
  }
  gapDown(back: number, before: number): boolean {
    return this.top(back) < this.bottom(before)
  }
  /** The same for whole bars, shadows included. */
  leapUp(back: number, before: number): boolean {
    return this.low(back) > this.high(before)
  }
  leapDown(back: number, before: number): boolean {
    return this.high(back) < this.low(before)
  }

  private range(kind: Yardstick['range'], back: number): number {
    if (kind === 'body') return this.body(back)
    const whole = this.high(back) - this.low(back)
    return kind === 'high-low' ? whole : whole - this.body(back)
  }

  /** The yardstick at a bar: from the bars before it, or from the bar itself where it takes none. */
  measure(yardstick: Yardstick, back: number): number {
    const { range, bars, factor } = yardstick
    let size = bars === 0 ? this.range(range, back) : 0
    for (let k = bars; k >= 1; k--) size += this.range(range, back + k)
    const mean = bars === 0 ? size : size / bars
    return (factor * mean) / (range === 'shadows' ? 2 : 1)
  }

  longBody(back: number): boolean {
    return this.body(back) > this.measure(bodyLong, back)
  }
  doji(back: number): boolean {
    return this.body(back) <= this.measure(bodyDoji, back)
  }
  /** Shadows shorter than next to nothing. */
  noUpper(back: number): boolean {
    return this.upper(back) < this.measure(shadowVeryShort, back)
  }
  noLower(back: number): boolean {
    return this.lower(back) < this.measure(shadowVeryShort, back)
  }
  /** Whether a price is within a yardstick, taken at a bar, of another. */
  within(yardstick: Yardstick, back: number, a: number, b: number): boolean {
    const reach = this.measure(yardstick, back)
    return a <= b + reach && a >= b - reach
  }
}

interface Shape {
  /** Bars the pattern stands on. */
  readonly bars: number
  /** First row at which it can be told. */
  readonly from: number
  /** The signal of the pattern that ends at the newest candle, or 0. */
  readonly signal: (c: Candles) => number
}

function shape(bars: number, from: number, signal: (c: Candles) => number): Shape {
  return { bars, from, signal }
}

function bullish(bars: number, from: number, holds: (c: Candles) => boolean): Shape {
  return shape(bars, from, (c) => (holds(c) ? 100 : 0))
}

function bearish(bars: number, from: number, holds: (c: Candles) => boolean): Shape {
  return shape(bars, from, (c) => (holds(c) ? -100 : 0))
}

/** A pattern whose direction is the colour of the newest candle. */
function coloured(bars: number, from: number, holds: (c: Candles) => boolean): Shape {
  return shape(bars, from, (c) => (holds(c) ? 100 * c.colour(0) : 0))
}

/** A body around the one before it: 100, or 80 where one end of the two is the same. */
function engulfs(c: Candles): number {
  const up = c.white(0) && c.black(1)
  const down = c.black(0) && c.white(1)
  if (!up && !down) return 0
  if (c.top(0) > c.top(1) && c.bottom(0) < c.bottom(1)) return 100 * c.colour(0)
  if ((c.top(0) >= c.top(1) && c.bottom(0) < c.bottom(1)) || (c.top(0) > c.top(1) && c.bottom(0) <= c.bottom(1))) {
    return 80 * c.colour(0)
  }
  return 0
}

function harami(c: Candles, small: Yardstick): number {
  if (!(c.longBody(1) && c.body(0) <= c.measure(small, 0))) return 0
  if (c.top(0) < c.top(1) && c.bottom(0) > c.bottom(1)) return -100 * c.colour(1)
  if (c.top(0) <= c.top(1) && c.bottom(0) >= c.bottom(1)) return -80 * c.colour(1)
  return 0
}

function star(c: Candles, direction: 1 | -1, middle: Yardstick): boolean {
  return (
    c.longBody(2) &&
    c.colour(2) === -direction &&
    c.body(1) <= c.measure(middle, 1) &&
    (direction > 0 ? c.gapDown(1, 2) : c.gapUp(1, 2)) &&
    c.body(0) > c.measure(bodyShort, 0) &&
    c.colour(0) === direction &&
    direction * (c.close(0) - c.close(2)) > 0.3 * c.body(2)
  )
}

function kicks(c: Candles): boolean {
  return (
    c.colour(1) === -c.colour(0) &&
    [0, 1].every((back) => c.longBody(back) && c.noUpper(back) && c.noLower(back)) &&
    (c.black(1) ? c.leapUp(0, 1) : c.leapDown(0, 1))
  )
}

/** Each of three white candles opens within, or just above, the body before it. */
function stairs(c: Candles): boolean {
  return (
    c.white(0, 1, 2) &&
    c.close(0) > c.close(1) &&
    c.close(1) > c.close(2) &&
    c.open(1) > c.open(2) &&
    c.open(1) <= c.close(2) + c.measure(near, 2)
  )
}

function thirdStair(c: Candles): boolean {
  return c.open(0) > c.open(1) && c.open(0) <= c.close(1) + c.measure(near, 1)
}

const shapes = {
  'two-crows': bearish(
    3,
    12,
    (c) =>
      c.white(2) &&
      c.longBody(2) &&
      c.black(1, 0) &&
      c.gapUp(1, 2) &&
      c.open(0) < c.open(1) &&
      c.open(0) > c.close(1) &&
      c.close(0) > c.open(2) &&
      c.close(0) < c.close(2),
  ),
  'three-black-crows': bearish(
    4,
    13,
    (c) =>
      c.white(3) &&
      c.black(0, 1, 2) &&
      [0, 1, 2].every((back) => c.noLower(back)) &&
      [0, 1].every((back) => c.open(back) < c.open(back + 1) && c.open(back) > c.close(back + 1)) &&
      c.high(3) > c.close(2) &&
      c.close(2) > c.close(1) &&
      c.close(1) > c.close(0),
  ),
  'three-inside': shape(3, 12, (c) =>
    c.longBody(2) &&
    c.body(1) <= c.measure(bodyShort, 1) &&
    c.top(1) < c.top(2) &&
    c.bottom(1) > c.bottom(2) &&
    c.colour(0) === -c.colour(2) &&
    c.colour(2) * (c.open(2) - c.close(0)) > 0
      ? -100 * c.colour(2)
      : 0,
  ),
  'three-line-strike': shape(4, 8, (c) => {
    const way = c.colour(1)
    return c.colour(3) === way &&
      c.colour(2) === way &&
      c.colour(0) === -way &&
      [2, 1].every((back) => {
        const reach = c.measure(near, back + 1)
        return c.open(back) >= c.bottom(back + 1) - reach && c.open(back) <= c.top(back + 1) + reach
      }) &&
      way * (c.close(1) - c.close(2)) > 0 &&
      way * (c.close(2) - c.close(3)) > 0 &&
      way * (c.open(0) - c.close(1)) > 0 &&
      way * (c.close(0) - c.open(3)) < 0
      ? 100 * way
      : 0
  }),
  'three-outside': shape(3, 3, (c) => {
    const way = c.colour(1)
    return c.colour(2) === -way &&
      way * (c.close(1) - c.open(2)) > 0 &&
      way * (c.open(1) - c.close(2)) < 0 &&
      way * (c.close(0) - c.close(1)) > 0
      ? 100 * way
      : 0
  }),
  'three-stars-in-the-south': bullish(
    3,
    12,
    (c) =>
      c.black(0, 1, 2) &&
      c.longBody(2) &&
      c.lower(2) > c.measure(shadowLong, 2) &&
      c.body(1) < c.body(2) &&
      c.open(1) > c.close(2) &&
      c.open(1) <= c.high(2) &&
      c.low(1) < c.close(2) &&
      c.low(1) >= c.low(2) &&
      c.lower(1) > c.measure(shadowVeryShort, 1) &&
      c.body(0) < c.measure(bodyShort, 0) &&
      c.noLower(0) &&
      c.noUpper(0) &&
      c.low(0) > c.low(1) &&
      c.high(0) < c.high(1),
  ),
  'three-white-soldiers': bullish(
    3,
    12,
    (c) =>
      stairs(c) &&
      thirdStair(c) &&
      [0, 1, 2].every((back) => c.noUpper(back)) &&
      c.body(1) > c.body(2) - c.measure(far, 2) &&
      c.body(0) > c.body(1) - c.measure(far, 1) &&
      c.body(0) > c.measure(bodyShort, 0),
  ),
  'abandoned-baby': coloured(
    3,
    12,
    (c) =>
      c.longBody(2) &&
      c.doji(1) &&
      c.body(0) > c.measure(bodyShort, 0) &&
      c.colour(0) === -c.colour(2) &&
      c.colour(0) * (c.close(0) - c.close(2)) > 0.3 * c.body(2) &&
      (c.white(2) ? c.leapUp(1, 2) && c.leapDown(0, 1) : c.leapDown(1, 2) && c.leapUp(0, 1)),
  ),
  'advance-block': bearish(
    3,
    12,
    (c) =>
      stairs(c) &&
      thirdStair(c) &&
      c.longBody(2) &&
      c.upper(2) < c.measure(shadowShort, 2) &&
      ((c.body(1) < c.body(2) - c.measure(far, 2) && c.body(0) < c.body(1) + c.measure(near, 1)) ||
        c.body(0) < c.body(1) - c.measure(far, 1) ||
        (c.body(0) < c.body(1) &&
          c.body(1) < c.body(2) &&
          (c.upper(0) > c.measure(shadowShort, 0) || c.upper(1) > c.measure(shadowShort, 1))) ||
        (c.body(0) < c.body(1) && c.upper(0) > c.measure(shadowLong, 0))),
  ),
  'belt-hold': coloured(1, 10, (c) => c.longBody(0) && (c.white(0) ? c.noLower(0) : c.noUpper(0))),
  breakaway: coloured(5, 14, (c) => {
    const way = c.colour(4)
    return (
      c.longBody(4) &&
      c.colour(3) === way &&
      c.colour(1) === way &&
      c.colour(0) === -way &&
      (way > 0 ? c.gapUp(3, 4) : c.gapDown(3, 4)) &&
      [1, 2].every(
        (back) => way * (c.high(back) - c.high(back + 1)) > 0 && way * (c.low(back) - c.low(back + 1)) > 0,
      ) &&
      way * (c.close(0) - c.open(3)) < 0 &&
      way * (c.close(0) - c.close(4)) > 0
    )
  }),
  'closing-marubozu': coloured(1, 10, (c) => c.longBody(0) && (c.white(0) ? c.noUpper(0) : c.noLower(0))),
  'concealing-baby-swallow': bullish(
    4,
    13,
    (c) =>
      c.black(0, 1, 2, 3) &&
      [2, 3].every((back) => c.noLower(back) && c.noUpper(back)) &&
      c.gapDown(1, 2) &&
      c.upper(1) > c.measure(shadowVeryShort, 1) &&
      c.high(1) > c.close(2) &&
      c.high(0) > c.high(1) &&
      c.low(0) < c.low(1),
  ),
  counterattack: coloured(
    2,
    11,
    (c) => c.colour(1) === -c.colour(0) && c.longBody(1) && c.longBody(0) && c.within(equal, 1, c.close(0), c.close(1)),
  ),
  'dark-cloud-cover': bearish(
    2,
    11,
    (c) =>
      c.white(1) &&
      c.longBody(1) &&
      c.black(0) &&
      c.open(0) > c.high(1) &&
      c.close(0) > c.open(1) &&
      c.close(0) < c.close(1) - 0.5 * c.body(1),
  ),
  doji: bullish(1, 10, (c) => c.doji(0)),
  'doji-star': shape(2, 11, (c) =>
    c.longBody(1) && c.doji(0) && (c.white(1) ? c.gapUp(0, 1) : c.gapDown(0, 1)) ? -100 * c.colour(1) : 0,
  ),
  'dragonfly-doji': bullish(1, 10, (c) => c.doji(0) && c.noUpper(0) && c.lower(0) > c.measure(shadowVeryShort, 0)),
  engulfing: shape(2, 2, engulfs),
  'evening-doji-star': bearish(3, 12, (c) => star(c, -1, bodyDoji)),
  'evening-star': bearish(3, 12, (c) => star(c, -1, bodyShort)),
  'gap-side-by-side-white': shape(3, 7, (c) => {
    const up = c.gapUp(1, 2) && c.gapUp(0, 2)
    const down = c.gapDown(1, 2) && c.gapDown(0, 2)
    const alike = c.within(near, 1, c.body(0), c.body(1)) && c.within(equal, 1, c.open(0), c.open(1))
    return (up || down) && c.white(0, 1) && alike ? (up ? 100 : -100) : 0
  }),
  'gravestone-doji': bullish(1, 10, (c) => c.doji(0) && c.noLower(0) && c.upper(0) > c.measure(shadowVeryShort, 0)),
  hammer: bullish(
    1,
    11,
    (c) =>
      c.body(0) < c.measure(bodyShort, 0) &&
      c.lower(0) > c.measure(shadowLong, 0) &&
      c.noUpper(0) &&
      c.bottom(0) <= c.low(1) + c.measure(near, 1),
  ),
  'hanging-man': bearish(
    1,
    11,
    (c) =>
      c.body(0) < c.measure(bodyShort, 0) &&
      c.lower(0) > c.measure(shadowLong, 0) &&
      c.noUpper(0) &&
      c.bottom(0) >= c.high(1) - c.measure(near, 1),
  ),
  harami: shape(2, 11, (c) => harami(c, bodyShort)),
  'harami-cross': shape(2, 11, (c) => harami(c, bodyDoji)),
  'high-wave': coloured(
    1,
    10,
    (c) =>
      c.body(0) < c.measure(bodyShort, 0) &&
      c.upper(0) > c.measure(shadowVeryLong, 0) &&
      c.lower(0) > c.measure(shadowVeryLong, 0),
  ),
  'homing-pigeon': bullish(
    2,
    11,
    (c) =>
      c.black(0, 1) &&
      c.longBody(1) &&
      c.body(0) <= c.measure(bodyShort, 0) &&
      c.open(0) < c.open(1) &&
      c.close(0) > c.close(1),
  ),
  'identical-three-crows': bearish(
    3,
    12,
    (c) =>
      c.black(0, 1, 2) &&
      [0, 1, 2].every((back) => c.noLower(back)) &&
      c.close(2) > c.close(1) &&
      c.close(1) > c.close(0) &&
      c.within(equal, 2, c.open(1), c.close(2)) &&
      c.within(equal, 1, c.open(0), c.close(1)),
  ),
  'in-neck': bearish(
    2,
    11,
    (c) =>
      c.black(1) &&
      c.longBody(1) &&
      c.white(0) &&
      c.open(0) < c.low(1) &&
      c.close(0) <= c.close(1) + c.measure(equal, 1) &&
      c.close(0) >= c.close(1),
  ),
  'inverted-hammer': bullish(
    2,
    11,
    (c) =>
      c.body(0) < c.measure(bodyShort, 0) && c.upper(0) > c.measure(shadowLong, 0) && c.noLower(0) && c.gapDown(0, 1),
  ),
  kicking: coloured(2, 11, kicks),
  'kicking-by-length': shape(2, 11, (c) => (kicks(c) ? 100 * c.colour(c.body(0) > c.body(1) ? 0 : 1) : 0)),
  'ladder-bottom': bullish(
    5,
    14,
    (c) =>
      c.black(1, 2, 3, 4) &&
      c.open(4) > c.open(3) &&
      c.open(3) > c.open(2) &&
      c.close(4) > c.close(3) &&
      c.close(3) > c.close(2) &&
      c.upper(1) > c.measure(shadowVeryShort, 1) &&
      c.white(0) &&
      c.open(0) > c.open(1) &&
      c.close(0) > c.high(1),
  ),
  'long-legged-doji': bullish(
    1,
    10,
    (c) => c.doji(0) && (c.lower(0) > c.measure(shadowLong, 0) || c.upper(0) > c.measure(shadowLong, 0)),
  ),
  'long-line': coloured(
    1,
    10,
    (c) => c.longBody(0) && c.upper(0) < c.measure(shadowShort, 0) && c.lower(0) < c.measure(shadowShort, 0),
  ),
  marubozu: coloured(1, 10, (c) => c.longBody(0) && c.noUpper(0) && c.noLower(0)),
  'matching-low': bullish(2, 6, (c) => c.black(0, 1) && c.within(equal, 1, c.close(0), c.close(1))),
  'mat-hold': bullish(
    5,
    14,
    (c) =>
      c.longBody(4) &&
      [1, 2, 3].every((back) => c.body(back) < c.measure(bodyShort, back)) &&
      c.white(4) &&
      c.black(3) &&
      c.white(0) &&
      c.gapUp(3, 4) &&
      [1, 2].every((back) => c.bottom(back) < c.close(4) && c.bottom(back) > c.close(4) - 0.5 * c.body(4)) &&
      c.top(2) < c.open(3) &&
      c.top(1) < c.top(2) &&
      c.open(0) > c.close(1) &&
      c.close(0) > Math.max(c.high(3), c.high(2), c.high(1)),
  ),
  'morning-doji-star': bullish(3, 12, (c) => star(c, 1, bodyDoji)),
  'morning-star': bullish(3, 12, (c) => star(c, 1, bodyShort)),
  'on-neck': bearish(
    2,
    11,
    (c) =>
      c.black(1) && c.longBody(1) && c.white(0) && c.open(0) < c.low(1) && c.within(equal, 1, c.close(0), c.low(1)),
  ),
  piercing: bullish(
    2,
    11,
    (c) =>
      c.black(1) &&
      c.longBody(1) &&
      c.white(0) &&
      c.longBody(0) &&
      c.open(0) < c.low(1) &&
      c.close(0) < c.open(1) &&
      c.close(0) > c.close(1) + 0.5 * c.body(1),
  ),
  'rickshaw-man': bullish(1, 10, (c) => {
    const middle = c.low(0) + (c.high(0) - c.low(0)) / 2
    return (
      c.doji(0) &&
      c.lower(0) > c.measure(shadowLong, 0) &&
      c.upper(0) > c.measure(shadowLong, 0) &&
      c.bottom(0) <= middle + c.measure(near, 0) &&
      c.top(0) >= middle - c.measure(near, 0)
    )
  }),
  'rising-falling-three-methods': coloured(5, 14, (c) => {
    const way = c.colour(4)
    return (
      c.longBody(4) &&
      c.longBody(0) &&
      c.colour(0) === way &&
      [1, 2, 3].every(
        (back) =>
          c.body(back) < c.measure(bodyShort, back) &&
          c.colour(back) === -way &&
          c.bottom(back) < c.high(4) &&
          c.top(back) > c.low(4),
      ) &&
      way * (c.close(2) - c.close(3)) < 0 &&
      way * (c.close(1) - c.close(2)) < 0 &&
      way * (c.open(0) - c.close(1)) > 0 &&
      way * (c.close(0) - c.close(4)) > 0
    )
  }),
  'separating-lines': coloured(
    2,
    11,
    (c) =>
      c.colour(1) === -c.colour(0) &&
      c.within(equal, 1, c.open(0), c.open(1)) &&
      c.longBody(0) &&
      (c.white(0) ? c.noLower(0) : c.noUpper(0)),
  ),
  'shooting-star': bearish(
    2,
    11,
    (c) =>
      c.body(0) < c.measure(bodyShort, 0) && c.upper(0) > c.measure(shadowLong, 0) && c.noLower(0) && c.gapUp(0, 1),
  ),
  'short-line': coloured(
    1,
    10,
    (c) =>
      c.body(0) < c.measure(bodyShort, 0) &&
      c.upper(0) < c.measure(shadowShort, 0) &&
      c.lower(0) < c.measure(shadowShort, 0),
  ),
  'spinning-top': coloured(
    1,
    10,
    (c) => c.body(0) < c.measure(bodyShort, 0) && c.upper(0) > c.body(0) && c.lower(0) > c.body(0),
  ),
  'stalled-pattern': bearish(
    3,
    12,
    (c) =>
      stairs(c) &&
      c.longBody(2) &&
      c.longBody(1) &&
      c.noUpper(1) &&
      c.body(0) < c.measure(bodyShort, 0) &&
      c.open(0) >= c.close(1) - c.body(0) - c.measure(near, 1),
  ),
  'stick-sandwich': bullish(
    3,
    7,
    (c) =>
      c.black(2) && c.white(1) && c.black(0) && c.low(1) > c.close(2) && c.within(equal, 2, c.close(0), c.close(2)),
  ),
  takuri: bullish(1, 10, (c) => c.doji(0) && c.noUpper(0) && c.lower(0) > c.measure(shadowVeryLong, 0)),
  'tasuki-gap': shape(3, 7, (c) => {
    const way = c.colour(1)
    return (way > 0 ? c.gapUp(1, 2) : c.gapDown(1, 2)) &&
      c.colour(0) === -way &&
      c.open(0) < c.top(1) &&
      c.open(0) > c.bottom(1) &&
      way * (c.close(0) - c.open(1)) < 0 &&
      (way > 0 ? c.close(0) > c.top(2) : c.close(0) < c.bottom(2)) &&
      Math.abs(c.body(1) - c.body(0)) < c.measure(near, 1)
      ? 100 * way
      : 0
  }),
  thrusting: bearish(
    2,
    11,
    (c) =>
      c.black(1) &&
      c.longBody(1) &&
      c.white(0) &&
      c.open(0) < c.low(1) &&
      c.close(0) > c.close(1) + c.measure(equal, 1) &&
      c.close(0) <= c.close(1) + 0.5 * c.body(1),
  ),
  tristar: shape(3, 12, (c) => {
    const small = c.measure(bodyDoji, 2)
    if (![0, 1, 2].every((back) => c.body(back) <= small)) return 0
    if (c.gapUp(1, 2) && c.top(0) < c.top(1)) return -100
    return c.gapDown(1, 2) && c.bottom(0) > c.bottom(1) ? 100 : 0
  }),
  'unique-three-river': bullish(
    3,
    12,
    (c) =>
      c.longBody(2) &&
      c.black(1, 2) &&
      c.close(1) > c.close(2) &&
      c.open(1) <= c.open(2) &&
      c.low(1) < c.low(2) &&
      c.body(0) < c.measure(bodyShort, 0) &&
      c.white(0) &&
      c.open(0) > c.low(1),
  ),
  'upside-gap-two-crows': bearish(
    3,
    12,
    (c) =>
      c.white(2) &&
      c.longBody(2) &&
      c.black(0, 1) &&
      c.body(1) <= c.measure(bodyShort, 1) &&
      c.gapUp(1, 2) &&
      c.open(0) > c.open(1) &&
      c.close(0) < c.close(1) &&
      c.close(0) > c.close(2),
  ),
  'gap-three-methods': shape(3, 2, (c) => {
    const way = c.colour(2)
    return c.colour(1) === way &&
      c.colour(0) === -way &&
      c.open(0) < c.top(1) &&
      c.open(0) > c.bottom(1) &&
      c.close(0) < c.top(2) &&
      c.close(0) > c.bottom(2) &&
      (way > 0 ? c.gapUp(1, 2) : c.gapDown(1, 2))
      ? 100 * way
      : 0
  }),
} as const satisfies Record<string, Shape>

/** The patterns by name; hikkake is the one that is confirmed by a later bar. */
export type CandlestickPattern = keyof typeof shapes | 'hikkake' | 'modified-hikkake'

function hikkakes(series: BarSeries, modified: boolean): CandlestickHit[] {
  const found: CandlestickHit[] = []
  const pattern = modified ? 'modified-hikkake' : 'hikkake'
  const [bars, from] = modified ? [4, 10] : [3, 5]
  const inside = (c: Candles, back: number) => c.high(back) < c.high(back + 1) && c.low(back) > c.low(back + 1)
  let at = -1
  let way = 0
  for (let end = from - 3; end < series.close.length; end++) {
    const c = new Candles(series, end)
    const down = c.high(0) < c.high(1) && c.low(0) < c.low(1)
    const up = c.high(0) > c.high(1) && c.low(0) > c.low(1)
    const plain = inside(c, 1) && (down || up)
    const strict = () =>
      inside(c, 2) &&
      (down ? c.close(2) <= c.low(2) + c.measure(near, 2) : c.close(2) >= c.high(2) - c.measure(near, 2))
    if (plain && (!modified || strict())) {
      at = end
      way = down ? 1 : -1
      if (end >= from) found.push({ pattern, start: end - bars + 1, end, signal: 100 * way })
    } else if (at >= 0 && end <= at + 3) {
      const mark = end - at + 1
      if (way > 0 ? c.close(0) > c.high(mark) : c.close(0) < c.low(mark)) {
        if (end >= from) found.push({ pattern, start: at - bars + 1, end, signal: 200 * way })
        at = -1
      }
    }
  }
  return found
}

/** The names of all patterns. */
export const candlestickPatterns: readonly CandlestickPattern[] = [
  ...(Object.keys(shapes) as (keyof typeof shapes)[]),
  'hikkake',
  'modified-hikkake',
]

/**
 * Finds the candlestick patterns that end in the last `lookback` bars (default: all), oldest first, by TA-Lib's
 * definitions and default settings. A pattern is seen at its last bar and depends on no later one.
 */
export function findCandlesticks(
  series: BarSeries,
  lookback = series.close.length,
  patterns: readonly CandlestickPattern[] = candlestickPatterns,
): CandlestickHit[] {
  const first = Math.max(0, series.close.length - lookback)
  const found: CandlestickHit[] = []
  for (const pattern of patterns) {
    if (pattern === 'hikkake' || pattern === 'modified-hikkake') {
      found.push(...hikkakes(series, pattern === 'modified-hikkake').filter((hit) => hit.end >= first))
      continue
    }
    const { bars, from, signal } = shapes[pattern]
    for (let end = Math.max(first, from); end < series.close.length; end++) {
      const value = signal(new Candles(series, end))
      if (value !== 0) found.push({ pattern, start: end - bars + 1, end, signal: value })
    }
  }
  return found.sort((a, b) => a.end - b.end)
}
