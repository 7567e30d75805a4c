import type { ReadBar } from './read-bar.ts'
import type { LineNote } from './table.ts'

/** A price this many times what stands beside it was hardly traded at. */
const outlierTimes = 4

/** Highs and lows far outside of what the bars beside them traded at, and closes that are far off on both sides. */
export function findOutliers(bars: readonly ReadBar[]): readonly LineNote[] {
  const found: LineNote[] = []
  for (let index = 0; index < bars.length; index++) {
    const { bar, line } = bars[index] as ReadBar
    const before = bars[index - 1]?.bar
    const after = bars[index + 1]?.bar
    if (before === undefined && after === undefined) continue
    const high = Math.max(bar.open, bar.close, before?.high ?? 0, after?.high ?? 0)
    const low = Math.min(bar.open, bar.close, before?.low ?? bar.open, after?.low ?? bar.open)
    if (bar.high > outlierTimes * high) {
      found.push({ line, reason: `the high ${bar.high} is ${times(bar.high / high)} what stands beside it` })
    } else if (bar.low * outlierTimes < low) {
      found.push({ line, reason: `the low ${bar.low} is a ${part(low / bar.low)} of what stands beside it` })
    } else if (before !== undefined && after !== undefined) {
      const [least, most] = [Math.min(before.close, after.open), Math.max(before.close, after.open)]
      if (bar.close > outlierTimes * most) {
        found.push({ line, reason: `the close ${bar.close} is ${times(bar.close / most)} what stands beside it` })
      } else if (bar.close * outlierTimes < least) {
        found.push({ line, reason: `the close ${bar.close} is a ${part(least / bar.close)} of what stands beside it` })
      }
    }
  }
  return found
}

function times(ratio: number): string {
  const shown = ratio < 20 ? Number(ratio.toFixed(1)) : Math.round(ratio)
  return `${shown} times`
}

function part(ratio: number): string {
  return `${Math.round(ratio)}th`
}

/** Splits of shares as companies announce them, new for old. */
const ratios: readonly (readonly [number, number])[] = [
  ...[2, 3, 4, 5, 6, 7, 8, 10, 15, 20, 25, 30, 50, 100].flatMap((many): (readonly [number, number])[] => [
    [many, 1],
    [1, many],
  ]),
  ...([
    [3, 2],
    [5, 4],
    [4, 3],
    [5, 2],
    [2, 3],
    [4, 5],
  ] as const),
]

/**
 * Splits that the prices do not take account of, as sentences for people: told by an adjusted close that changes its
 * ratio to the close, and without one by a price that opens at a whole part of the close before it. Days only.
 */
export function findSplits(bars: readonly ReadBar[]): readonly string[] {
  const found: string[] = []
  for (let index = 1; index < bars.length && found.length < 5; index++) {
    const before = bars[index - 1] as ReadBar
    const after = bars[index] as ReadBar
    const split = splitBetween(before, after)
    if (split === undefined || isBackAtOnce(bars, index, before, after)) continue
    const [from, to] = [before, after].map(({ bar }) => new Date(bar.time).toISOString().slice(0, 10))
    found.push(`Probable split ${split[0]}:${split[1]} between ${from} and ${to}: prices before it are not adjusted.`)
  }
  return found
}

/** A price that is wrong in one bar comes back with the next; a split stays. */
function isBackAtOnce(bars: readonly ReadBar[], index: number, before: ReadBar, after: ReadBar): boolean {
  const same = (a: number, b: number) => a < b * 1.3 && b < a * 1.3
  const older = bars[index - 2]?.bar.close
  const newer = bars[index + 1]?.bar.close
  return (newer !== undefined && same(newer, before.bar.close)) || (older !== undefined && same(older, after.bar.close))
}

function splitBetween(before: ReadBar, after: ReadBar): readonly [number, number] | undefined {
  if (before.adjusted !== undefined && after.adjusted !== undefined) {
    const factor = after.adjusted / after.bar.close / (before.adjusted / before.bar.close)
    return nearest(factor, 0.06, 1.2)
  }
  const fall = before.bar.close / after.bar.open
  // Without an adjusted close only what leaves the whole range behind can be told from a bad day.
  return before.bar.low > after.bar.high * 1.5 || after.bar.low > before.bar.high * 1.5
    ? nearest(fall, 0.03, 1.8)
    : undefined
}

function nearest(factor: number, within: number, least: number): readonly [number, number] | undefined {
  if (factor < least && factor > 1 / least) return undefined
  return ratios
    .map((ratio) => ({ ratio, off: Math.abs(factor / (ratio[0] / ratio[1]) - 1) }))
    .filter(({ off }) => off <= within)
    .sort((a, b) => a.off - b.off)[0]?.ratio
}
