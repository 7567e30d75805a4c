import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { recordsOf } from '#engine/planning/estimates/learning.ts'
import type { Plan } from '#shared/domain/plan.ts'
import { planOf, stepOf } from '#test/builders/plan-run.ts'
import { deviationsOf } from './divergence.ts'
import { type ExecutionTrace, expectedState, retrace, type TimedStepEvent, traceEvent, traceOf } from './trace.ts'

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
