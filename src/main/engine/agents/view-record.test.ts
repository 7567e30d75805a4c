import { describe, expect, it } from 'vitest'
import { calibrated } from '#engine/consensus/opinion-pool.ts'
import { barSeries } from '#shared/domain/bar.ts'
import type { Insight, PastView } from '#shared/domain/insight.ts'
import { judgeViews, readViewRecord } from './view-record.ts'

const dayMs = 86_400_000
/** A price that rises for ten days and falls for ten, again and again. */
const bars = barSeries(
  Array.from({ length: 400 }, (_, day) => {
    const close = 100 + (day % 20 < 10 ? day % 20 : 20 - (day % 20))
    return { time: day * dayMs, open: close, high: close, low: close, close, volume: 1 }
  }),
)
const now = 400 * dayMs

function viewed(day: number, direction: Insight['direction'], about: Partial<Insight> = {}): PastView {
  const insight: Insight = {
    agent: 'analyst',
    instrument: 'BTC/USDT',
    direction,
    magnitude: 0.01,
    confidence: 0.65,
    horizonMs: 5 * dayMs,
    reasons: [],
    evidence: [],
    ...about,
  }
  return { runId: `run_${day}`, at: (day + 1) * dayMs, insight }
}

describe('the record of views', () => {
  it('is right where the price went along, by the closes known then', () => {
    const views = [viewed(2, 'up'), viewed(12, 'up'), viewed(22, 'down'), viewed(32, 'down')]
    expect(judgeViews(views, bars, now).map(({ right }) => right)).toEqual([true, false, false, true])
  })

  it('leaves out what is flat, has not ended, overlaps one before, or lies outside the bars', () => {
    expect(judgeViews([viewed(2, 'flat')], bars, now)).toEqual([])
    expect(judgeViews([viewed(396, 'up')], bars, now)).toEqual([])
    expect(judgeViews([viewed(2, 'up'), viewed(4, 'up'), viewed(7, 'up')], bars, now)).toHaveLength(2)
    expect(judgeViews([viewed(-3, 'up')], bars, now)).toEqual([])
    expect(judgeViews([viewed(2, 'up')], barSeries([]), now)).toEqual([])
  })

  it('judges what was stated, not what it was tempered to', () => {
    const [forecast] = judgeViews([viewed(2, 'up', { confidence: 0.53, stated: 0.65 })], bars, now)
    expect(forecast?.confidence).toBe(0.65)
  })

  it('without one, 65 % counts for 53; a good one raises that, a bad one takes it below a half', () => {
    const none = readViewRecord([], bars, now)
    expect(none).toMatchObject({ judged: 0, right: 0, meanStated: null })
    expect(calibrated(0.65, none.calibration)).toBeCloseTo(0.531, 3)
    const record = (right: boolean) =>
      readViewRecord(
        Array.from({ length: 18 }, (_, k) => viewed(2 + 20 * k, right ? 'up' : 'down')),
        bars,
        now,
      )
    expect(record(true)).toMatchObject({ judged: 18, right: 18, meanStated: expect.closeTo(0.65, 12) })
    expect(calibrated(0.65, record(true).calibration)).toBeGreaterThan(0.75)
    expect(calibrated(0.65, record(false).calibration)).toBeLessThan(0.35)
  })
})
