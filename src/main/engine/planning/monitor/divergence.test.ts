import { describe, expect, test } from 'vitest'
import { planOf, stepOf } from '#test/builders/plan-run.ts'
import { divergencesOf } from './divergence.ts'
import { type MonitoredPlan, situationOf } from './plan.ts'
import { type ExecutionTrace, type TimedStepEvent, traceOf } from './trace.ts'
import { type TriggerThresholds } from './triggers.ts'

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
