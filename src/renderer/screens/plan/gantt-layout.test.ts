import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ganttLayout, rowHeight } from './gantt-layout.ts'

const step = (id: string, planned: [number, number] | null, actual: [number, number] | null) => ({
  id,
  planned: planned && { from: planned[0], to: planned[1] },
  actual: actual && { from: actual[0], to: actual[1] },
})

describe('the bar chart', () => {
  const steps = [step('a', [0, 10], [0, 12]), step('b', [10, 10], null), step('c', null, [12, 20])]
  const chart = ganttLayout(steps, { width: 1_030, now: 20, planned: 100 })

  it('puts planned and actual on one scale, a row a step', () => {
    expect(chart.rows.map(({ y }) => y)).toEqual([0, rowHeight, 2 * rowHeight])
    expect(chart.rows[0]?.planned).toEqual({ x: 0, width: 100 })
    expect(chart.rows[0]?.actual?.width).toBeCloseTo(120)
    expect(chart.rows[2]).toMatchObject({ planned: null, actual: { x: 120, width: 80 } })
    expect(chart.nowX).toBeCloseTo(200)
    expect(chart.height).toBe(3 * rowHeight)
  })

  it('shows a step that takes no time, and nothing of one that has no times', () => {
    expect(chart.rows[1]?.planned?.width).toBeGreaterThan(0)
    expect(chart.rows[1]?.actual).toBeNull()
  })

  it('has no line for now when the run is over', () => {
    expect(ganttLayout(steps, { width: 500, now: null, planned: 20 }).nowX).toBeNull()
  })

  it('keeps everything inside, however the run went, with ticks that can be read', () => {
    const stretch = fc.tuple(fc.double({ min: 0, max: 1e5, noNaN: true }), fc.double({ min: 0, max: 1e4, noNaN: true }))
    const pair = fc.option(stretch.map(([from, length]): [number, number] => [from, from + length]))
    fc.assert(
      fc.property(
        fc.array(fc.tuple(pair, pair), { maxLength: 12 }),
        fc.integer({ min: 80, max: 3_000 }),
        fc.option(fc.double({ min: 0, max: 1e5, noNaN: true })),
        (drawn, width, now) => {
          const { rows, ticks, nowX } = ganttLayout(
            drawn.map(([planned, actual], index) => step(String(index), planned, actual)),
            { width, now, planned: 30 },
          )
          const bars = rows.flatMap(({ planned, actual }) => [planned, actual]).filter((bar) => bar !== null)
          expect(bars.every(({ x, width: wide }) => x >= 0 && wide > 0 && x + wide <= width + 1e-6)).toBe(true)
          expect(nowX === null || (nowX >= 0 && nowX <= width)).toBe(true)
          expect(ticks.every(({ x }, index) => index === 0 || x - (ticks[index - 1]?.x ?? 0) > 55)).toBe(true)
          expect(ticks[0]?.seconds).toBe(0)
        },
      ),
    )
  })
})
