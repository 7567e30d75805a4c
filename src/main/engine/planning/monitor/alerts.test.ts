import { describe, expect, test } from 'vitest'
import { planOf, stepOf } from '#test/builders/plan-run.ts'
import { type AlertThresholds, alertsOf } from './alerts.ts'
import { type ExecutionTrace, type TimedStepEvent, traceOf } from './trace.ts'

const thresholds: AlertThresholds = { failedShare: 0.3, seconds: 90, usd: 0.3, timeoutShare: 0.05 }

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

describe('alerts', () => {
  test('each value over its threshold is called out, and none at it', () => {
    const done = (id: string, usd: number, at = 40) => event(at, 'stepSucceeded', id, { usd })
    const all = plan.steps.map(({ id }) => event(0, 'stepStarted', id))
    const fine = traced(...all, done('news', 0.1), done('prices', 0.1), done('pattern', 0.1), done('vote', 0))
    expect(alertsOf(fine, thresholds)).toEqual([])
    const bad = traced(
      ...all,
      event(60, 'stepFailed', 'news', { code: 'STEP_TIMED_OUT', usd: 0.2 }),
      event(60, 'stepFailed', 'prices'),
      done('pattern', 0.2),
      done('vote', 0, 91),
    )
    expect(alertsOf(bad, thresholds).map(({ kind, value }) => [kind, value])).toEqual([
      ['failures', 0.5],
      ['time', 91],
      ['cost', 0.4],
      ['timeouts', 0.25],
    ])
    expect(alertsOf(bad, thresholds)[0]?.sentence).toBe('2 of 4 steps failed, more than 30 %.')
  })

  test('one failure of one step says nothing yet about the run', () => {
    expect(alertsOf(traced(...begun, event(1, 'stepFailed', 'news')), thresholds)).toEqual([])
  })
})
