import type { Bar } from '#shared/domain/bar.ts'
import { assertNever } from '#shared/lib/assert.ts'

export type PivotMethod = 'floor' | 'fibonacci' | 'camarilla' | 'woodie' | 'demark'

/** Levels for the session that follows; resistances and supports from the nearest to the furthest. */
export interface PivotPoints {
  readonly pivot: number
  readonly resistances: readonly number[]
  readonly supports: readonly number[]
}

function ladder(centre: number, steps: readonly number[]): Pick<PivotPoints, 'resistances' | 'supports'> {
  return { resistances: steps.map((step) => centre + step), supports: steps.map((step) => centre - step) }
}

/**
 * Pivot points of the session after a complete one, from that session's bar. Woodie's uses the new session's open
 * where it is given, else the close. Demark's has one level either way.
 */
export function pivotPoints(session: Bar, method: PivotMethod = 'floor', nextOpen = session.close): PivotPoints {
  const { open, high, low, close } = session
  const range = high - low
  const floor = (pivot: number): PivotPoints => ({
    pivot,
    resistances: [2 * pivot - low, pivot + range, high + 2 * (pivot - low)],
    supports: [2 * pivot - high, pivot - range, low - 2 * (high - pivot)],
  })
  const typical = (high + low + close) / 3
  switch (method) {
    case 'floor':
      return floor(typical)
    case 'woodie':
      return floor((high + low + 2 * nextOpen) / 4)
    case 'fibonacci':
      return { pivot: typical, ...ladder(typical, [0.382 * range, 0.618 * range, range]) }
    case 'camarilla':
      return {
        pivot: typical,
        ...ladder(
          close,
          [1.1 / 12, 1.1 / 6, 1.1 / 4, 1.1 / 2].map((part) => part * range),
        ),
      }
    case 'demark': {
      const weight = close < open ? low : close > open ? high : close
      const x = high + low + close + weight
      return { pivot: x / 4, resistances: [x / 2 - low], supports: [x / 2 - high] }
    }
    default:
      return assertNever(method)
  }
}
