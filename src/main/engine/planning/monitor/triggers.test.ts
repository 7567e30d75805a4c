import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { planOf, stepOf } from '#test/builders/plan-run.ts'
import { type MonitoredPlan, situationOf } from './plan.ts'
import { type ExecutionTrace, type TimedStepEvent, traceOf } from './trace.ts'
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
