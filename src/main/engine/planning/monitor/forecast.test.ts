import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { planSchedule } from '#engine/planning/schedule/plan.ts'
import { planOf, stepOf } from '#test/builders/plan-run.ts'
import { forecastOf, scheduleRest } from './forecast.ts'
import { situationOf } from './plan.ts'
import { startTrace, type TimedStepEvent, traceOf } from './trace.ts'
import { type TriggerThresholds, triggersOf } from './triggers.ts'

const worth = { required: 1, optional: { critical: 0.5, high: 0.3, medium: 0.2, low: 0.1 } }
const thresholds: TriggerThresholds = {
  lateShare: 0.25,
  costShare: 0.25,
  missingFacts: 0,
  failedShare: 0.3,
  deadlineMargin: 0.2,
  savingShare: 0.2,
  everySeconds: 60,
}

/** Two pieces of research on one slot each of two, what is made of them, and a vote. */
const plan = planOf(
  [
    stepOf('news', { seconds: 30, usd: 0.05, optional: true, slots: { research: 1 } }),
    stepOf('prices', { seconds: 20, usd: 0.02, slots: { research: 1 }, retries: 1 }),
    stepOf('pattern', { seconds: 15, usd: 0.02, needs: ['prices'], slots: { research: 1 } }),
    stepOf('vote', { seconds: 5, needs: ['news', 'pattern'] }),
  ],
  { slots: { research: 2 } },
)

/** Events as `seconds kind step`, with what they say besides. */
function event(
  seconds: number,
  kind: TimedStepEvent['kind'],
  stepId: string,
  more: Record<string, unknown> = {},
): TimedStepEvent {
  const data = { runId: 'run_1', stepId, attempt: 1, usd: 0, output: null, code: 'X', message: 'Down.', reason: 'Off.' }
  return { at: seconds * 1_000, kind, data: { ...data, delayMs: 500, ...more } } as TimedStepEvent
}
const situation = situationOf(plan, worth, 0)

function ordersOf(items: readonly number[]): number[][] {
  if (items.length < 2) return [[...items]]
  return items.flatMap((item, at) => ordersOf(items.toSpliced(at, 1)).map((rest) => [item, ...rest]))
}

describe('the forecast', () => {
  test('what runs keeps its slot for what is left of it, and the rest is scheduled around it as short as can be', () => {
    const busy = planOf(
      [
        stepOf('long', { seconds: 10, slots: { research: 1 } }),
        stepOf('a', { seconds: 6, slots: { research: 1 } }),
        stepOf('b', { seconds: 6, slots: { research: 1 } }),
        stepOf('c', { seconds: 2, slots: { research: 1 } }),
      ],
      { slots: { research: 2 } },
    )
    const trace = traceOf(busy, new Map(), 0, [event(0, 'stepStarted', 'long'), event(0, 'stepStarted', 'c')])
    const rest = scheduleRest(busy, trace, 1_000)
    // 9 s of long and 1 s of c are left; a and b follow c on its slot, or one of them long on its.
    expect(rest).toMatchObject({ status: 'optimal', secondsLeft: 13, lowerBoundSeconds: 13 })
    expect(rest.starts.get('long')).toBe(0)
    expect(rest.starts.get('c')).toBe(0)
  })

  test('no order of starting what is left, all tried, ends before the schedule', () => {
    const anyRest = fc.record({
      waiting: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 4 }),
      running: fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 2 }),
      chained: fc.boolean(),
    })
    fc.assert(
      fc.property(anyRest, ({ waiting, running, chained }) => {
        const slots = { research: 1 }
        const busy = planOf(
          [
            ...running.map((seconds, index) => stepOf(`r${index}`, { seconds, slots })),
            ...waiting.map((seconds, index) =>
              stepOf(`w${index}`, {
                seconds,
                slots,
                needs: chained && index === 0 && running.length > 0 ? ['r0'] : [],
              }),
            ),
          ],
          { slots: { research: 2 } },
        )
        const started = running.map((_, index) => event(0, 'stepStarted', `r${index}`))
        const { secondsLeft } = scheduleRest(busy, traceOf(busy, new Map(), 0, started), 0)
        let best = Number.POSITIVE_INFINITY
        for (const order of ordersOf([...waiting.keys()])) {
          const free = [running[0] ?? 0, running[1] ?? 0]
          let end = Math.max(...free)
          for (const index of order) {
            const slot = (free[0] ?? 0) <= (free[1] ?? 0) ? 0 : 1
            const from = Math.max(free[slot] ?? 0, chained && index === 0 ? (running[0] ?? 0) : 0)
            free[slot] = from + (waiting[index] ?? 0)
            end = Math.max(end, free[slot] ?? 0)
          }
          best = Math.min(best, end)
        }
        expect(secondsLeft).toBe(best)
      }),
      { numRuns: 100 },
    )
  })

  test('several pools are all kept', () => {
    const two = planOf(
      [
        stepOf('a', { seconds: 4, slots: { x: 1 } }),
        stepOf('b', { seconds: 4, slots: { x: 1 } }),
        stepOf('c', { seconds: 3, slots: { y: 1 } }),
        stepOf('d', { seconds: 3, slots: { y: 1, x: 1 } }),
      ],
      { slots: { x: 2, y: 1 } },
    )
    const rest = scheduleRest(two, startTrace(two, new Map(), 0), 0)
    expect(rest.secondsLeft).toBe(7)
    const at = (id: string) => rest.starts.get(id) ?? -1
    expect(Math.abs(at('c') - at('d'))).toBeGreaterThanOrEqual(3)
  })

  test('while all goes as planned, at every moment the end foreseen is the end planned', () => {
    const schedule = planSchedule(
      plan.steps.map(({ id, needs, estimate, slots }) => ({
        id,
        needs,
        seconds: estimate.seconds,
        slots: slots['research'] ?? 0,
      })),
      { slots: 2 },
    )
    for (let now = 0; now <= 40; now++) {
      const events = plan.steps
        .flatMap(({ id, estimate }) => {
          const start = schedule.starts.get(id) ?? 0
          return [
            event(start, 'stepStarted', id),
            event(start + estimate.seconds, 'stepSucceeded', id, { usd: estimate.usd }),
          ]
        })
        .filter(({ at }) => at <= now * 1_000)
        .toSorted((a, b) => a.at - b.at)
      const trace = traceOf(plan, schedule.starts, 0, events)
      const forecast = forecastOf(plan, trace, now * 1_000)
      expect(forecast.finishAt).toBe(40_000)
      expect(forecast.plannedFinishAt).toBe(40_000)
      expect(forecast.usd).toBeCloseTo(forecast.plannedUsd)
      expect(triggersOf(trace, situation, now * 1_000, thresholds)).toEqual([])
    }
  })
})
