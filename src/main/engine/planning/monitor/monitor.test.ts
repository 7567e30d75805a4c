import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { recordsOf } from '#engine/planning/estimates/learning.ts'
import { planSchedule } from '#engine/planning/schedule/plan.ts'
import type { Plan } from '#shared/domain/plan.ts'
import { planOf, stepOf } from '#test/builders/plan-run.ts'
import { type AlertThresholds, alertsOf } from './alerts.ts'
import { deviationsOf, divergencesOf } from './divergence.ts'
import { forecastOf, scheduleRest } from './forecast.ts'
import { type MonitoredPlan, situationOf } from './plan.ts'
import {
  type ExecutionTrace,
  expectedState,
  retrace,
  startTrace,
  type TimedStepEvent,
  traceEvent,
  traceOf,
} from './trace.ts'
import { type TriggerThresholds, triggersOf } from './triggers.ts'

const alertThresholds: AlertThresholds = { failedShare: 0.3, seconds: 90, usd: 0.3, timeoutShare: 0.05 }

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
const starts = new Map([
  ['news', 0],
  ['prices', 0],
  ['pattern', 20],
  ['vote', 35],
])

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

function traced(...events: TimedStepEvent[]): ExecutionTrace {
  return traceOf(plan, starts, 0, events)
}

const begun = [event(0, 'stepStarted', 'news'), event(0, 'stepStarted', 'prices')]
const situation = situationOf(plan, worth, 0)

function ordersOf(items: readonly number[]): number[][] {
  if (items.length < 2) return [[...items]]
  return items.flatMap((item, at) => ordersOf(items.toSpliced(at, 1)).map((rest) => [item, ...rest]))
}

describe('the trace of a run', () => {
  test('holds what was expected of every step and what came of it, attempt by attempt', () => {
    const trace = traced(
      ...begun,
      event(8, 'stepRetried', 'prices', { code: 'STEP_TIMED_OUT', delayMs: 2_000 }),
      event(10, 'stepStarted', 'prices', { attempt: 2 }),
      event(25, 'stepSucceeded', 'prices', { usd: 0.04 }),
      event(26, 'stepFailed', 'news', { usd: 0.01 }),
    )
    expect(trace.steps[1]).toEqual({
      id: 'prices',
      expected: { startAt: 0, endAt: 20_000, seconds: 20, usd: 0.02 },
      state: 'succeeded',
      attempts: [
        { startedAt: 0, endedAt: 8_000, code: 'STEP_TIMED_OUT' },
        { startedAt: 10_000, endedAt: 25_000, code: null },
      ],
      endedAt: 25_000,
      retryAt: null,
      usd: 0.04,
      reason: null,
    })
    expect(
      deviationsOf(trace, 30_000).map(({ expected, actual }) => [expected.state, actual.state, actual.seconds]),
    ).toEqual([
      ['succeeded', 'failed', 26],
      ['succeeded', 'succeeded', 25],
      ['running', 'pending', null],
      ['pending', 'pending', null],
    ])
    expect(recordsOf(trace, plan).map(({ task, succeeded, seconds, usd }) => [task, succeeded, seconds, usd])).toEqual([
      ['news', false, 26, 0.01],
      ['prices', false, 8, 0.02],
      ['prices', true, 15, 0.02],
    ])
  })

  test('a timed-out attempt counts as its estimate until the step says what it cost', () => {
    const trace = traced(...begun, event(8, 'stepRetried', 'prices', { code: 'STEP_TIMED_OUT' }))
    expect(trace.steps[1]).toMatchObject({ usd: 0.02, state: 'waiting', retryAt: 8_500 })
    expect(traceEvent(trace, event(9, 'stepCancelled', 'news')).steps[0]).toMatchObject({
      usd: 0.05,
      state: 'cancelled',
    })
  })

  test('is the same when it was written to JSON and read in between, wherever that was', () => {
    const events = [...begun, event(19, 'stepSucceeded', 'prices', { usd: 0.02 }), event(19, 'stepStarted', 'pattern')]
    fc.assert(
      fc.property(fc.nat(events.length), (cut) => {
        const half = JSON.parse(JSON.stringify(traced(...events.slice(0, cut)))) as ExecutionTrace
        expect(events.slice(cut).reduce(traceEvent, half)).toEqual(traced(...events))
      }),
    )
  })

  test('events of unknown steps, and of steps that have ended, are refused; a step cut off by a crash starts again', () => {
    expect(() => traced(event(0, 'stepStarted', 'x'))).toThrow('no step "x"')
    const ended = traced(...begun, event(1, 'stepFailed', 'news'))
    expect(() => traceEvent(ended, event(2, 'stepStarted', 'news'))).toThrow('is failed')
    const again = traced(...begun, event(50, 'stepStarted', 'news'))
    expect(again.steps[0]?.attempts[0]).toEqual({ startedAt: 0, endedAt: 50_000, code: 'STEP_INTERRUPTED' })
  })

  test('with another plan, what has begun stays as it was and the rest is expected anew', () => {
    const trace = traced(...begun)
    const more: Plan = { ...plan, steps: [...plan.steps, stepOf('extra', { seconds: 7 })] }
    const after = retrace(trace, more, new Map([['extra', 3]]), 10_000)
    expect(after.steps.slice(0, 2)).toEqual(trace.steps.slice(0, 2))
    expect(after.steps[4]?.expected).toEqual({ startAt: 13_000, endAt: 20_000, seconds: 7, usd: 0 })
    expect(expectedState(after.steps[4] as never, 14_000)).toBe('running')
  })
})

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

describe('how far a run is from its plan', () => {
  test('lateness is measured at the earliest end and laid at the door of the step that the rest waited for', () => {
    const trace = traced(...begun, event(10, 'stepSucceeded', 'news', { usd: 0.05 }))
    const [time] = divergencesOf(trace, situation, 45_000, thresholds)
    // prices is 25 s overdue; 15 s of pattern and 5 s of vote follow, so 65 s instead of 40 s.
    expect(time).toMatchObject({ kind: 'time', value: 25 / 40, threshold: 0.25, isOver: true })
    expect(time?.sentence).toBe(
      'The run ends 25 s late at the earliest, after 65 s. What is left hangs on prices, pattern and vote.',
    )
    expect(time?.causes).toEqual([{ step: 'prices', sentence: 'prices has taken 45 s instead of 20 s.' }])
  })

  test('cost counts what was spent and what is still to come', () => {
    const trace = traced(...begun, event(10, 'stepSucceeded', 'news', { usd: 0.14 }))
    const cost = divergencesOf(trace, situation, 10_000, thresholds)[1]
    expect(cost?.value).toBeCloseTo(1)
    expect(cost?.sentence).toBe('The run comes to $0.18, $0.09 more than planned.')
    expect(cost?.causes).toEqual([{ step: 'news', sentence: 'news cost $0.14 instead of $0.05.' }])
  })

  test('a failed step leaves a fact missing that others need, and the goals that fall are traced back to it', () => {
    const trace = traced(...begun, event(10, 'stepFailed', 'prices', { message: 'The venue is down.' }))
    const [, , state, failures] = divergencesOf(trace, situation, 10_000, thresholds)
    expect(state).toMatchObject({ value: 1, isOver: true, sentence: 'prices done should hold by now and does not.' })
    expect(state?.causes[0]?.sentence).toBe(
      'prices, which should have provided prices done, failed (The venue is down).',
    )
    expect(failures).toMatchObject({
      value: 1,
      isOver: true,
      sentence: 'prices failed: 100 % of the steps that were tried.',
    })
    expect(failures?.causes.map(({ step }) => step)).toContain('prices')
    expect(failures?.causes[0]?.sentence).toContain('pattern and vote cannot be done')
  })

  test('a fact that was seen not to hold although its step was done is a divergence too', () => {
    const trace = traced(...begun, event(19, 'stepSucceeded', 'prices', { usd: 0.02 }))
    const seen: MonitoredPlan = { ...situation, facts: [] }
    expect(divergencesOf(trace, situation, 19_000, thresholds)[2]?.value).toBe(0)
    expect(divergencesOf(trace, seen, 19_000, thresholds)[2]).toMatchObject({
      value: 1,
      causes: [
        {
          step: 'prices',
          sentence:
            'prices, which should have provided prices done, was done, yet something outside the plan undid it.',
        },
      ],
    })
  })
})

describe('what makes the desk think a plan over', () => {
  const kinds = (trace: ExecutionTrace, given: Partial<MonitoredPlan> = {}, now = 10) =>
    triggersOf(trace, { ...situation, ...given }, now * 1_000, thresholds).map(({ kind, about }) => [kind, about])

  test('a failure, once; what an earlier answer covered says nothing more', () => {
    const trace = traced(...begun, event(10, 'stepFailed', 'news'))
    expect(kinds(trace)).toContainEqual(['failure', 'news'])
    expect(kinds(trace, { answered: ['news'] })).not.toContainEqual(['failure', 'news'])
  })

  test('a deadline that no longer has its margin', () => {
    expect(kinds(traced(...begun), { deadlineAt: 50_000 })).toEqual([])
    expect(kinds(traced(...begun), { deadlineAt: 45_000 })).toEqual([['deadline', null]])
  })

  test('a cheaper or faster way, and work that is no longer needed', () => {
    const cheap = { ...stepOf('free pattern', { seconds: 15, usd: 0.01, needs: ['prices'] }) }
    const causes = { id: 'free pattern', preconditions: ['prices done'], adds: ['pattern done'], deletes: [] }
    expect(kinds(traced(...begun), { alternatives: [{ step: cheap, causes, instead: 'pattern' }] })).toEqual([
      ['opportunity', 'pattern'],
    ])
    expect(kinds(traced(...begun), { facts: ['pattern done'] })).toEqual([['opportunity', 'pattern']])
  })

  test('a goal that was added, and the passing of time', () => {
    const newGoals = [{ fact: 'hedge done', worthUsd: 1, required: true }]
    expect(kinds(traced(...begun), { newGoals })).toEqual([['goal', 'hedge done']])
    expect(kinds(traced(...begun), { lookedAt: -50_000 })).toEqual([['periodic', null]])
  })

  test('what a longer delay, a higher cost or a lower threshold triggers includes all that less of it did', () => {
    fc.assert(
      fc.property(
        fc.record({
          now: fc.nat(60),
          later: fc.nat(60),
          usd: fc.double({ min: 0, max: 0.3, noNaN: true }),
          dearer: fc.double({ min: 0, max: 0.3, noNaN: true }),
          share: fc.double({ min: 0, max: 1, noNaN: true }),
          lower: fc.double({ min: 0, max: 1, noNaN: true }),
        }),
        ({ now, later, usd, dearer, share, lower }) => {
          const about = (at: number, cost: number, limit: number) => {
            const trace = traced(...begun, event(0, 'stepSucceeded', 'news', { usd: cost }))
            const bounds = { ...thresholds, lateShare: limit, costShare: limit }
            return triggersOf(trace, situation, at * 1_000, bounds)
              .filter(({ kind }) => kind === 'divergence')
              .map((trigger) => trigger.about)
          }
          const few = about(now, usd, share)
          expect(about(now + later, usd + dearer, share * lower)).toEqual(expect.arrayContaining(few))
        },
      ),
      { numRuns: 60 },
    )
  })
})

describe('alerts', () => {
  test('each value over its threshold is called out, and none at it', () => {
    const done = (id: string, usd: number, at = 40) => event(at, 'stepSucceeded', id, { usd })
    const all = plan.steps.map(({ id }) => event(0, 'stepStarted', id))
    const fine = traced(...all, done('news', 0.1), done('prices', 0.1), done('pattern', 0.1), done('vote', 0))
    expect(alertsOf(fine, alertThresholds)).toEqual([])
    const bad = traced(
      ...all,
      event(60, 'stepFailed', 'news', { code: 'STEP_TIMED_OUT', usd: 0.2 }),
      event(60, 'stepFailed', 'prices'),
      done('pattern', 0.2),
      done('vote', 0, 91),
    )
    expect(alertsOf(bad, alertThresholds).map(({ kind, value }) => [kind, value])).toEqual([
      ['failures', 0.5],
      ['time', 91],
      ['cost', 0.4],
      ['timeouts', 0.25],
    ])
    expect(alertsOf(bad, alertThresholds)[0]?.sentence).toBe('2 of 4 steps failed, more than 30 %.')
  })

  test('one failure of one step says nothing yet about the run', () => {
    expect(alertsOf(traced(...begun, event(1, 'stepFailed', 'news')), alertThresholds)).toEqual([])
  })
})
