import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { CausalStep } from '#engine/planning/causal/links.ts'
import {
  type Alternative,
  alternativeTo,
  applyStep,
  type MonitoredPlan,
  situationOf,
} from '#engine/planning/monitor/plan.ts'
import { startTrace, type TimedStepEvent, traceEvent } from '#engine/planning/monitor/trace.ts'
import { planSchedule } from '#engine/planning/schedule/plan.ts'
import type { Plan, Step } from '#shared/domain/plan.ts'
import { planOf, stepOf } from '#test/builders/plan-run.ts'
import { planToExecute, replan } from './choice.ts'
import type { ReplanContext } from './context.ts'

const goalWorth = { required: 1, optional: { critical: 0.5, high: 0.3, medium: 0.2, low: 0.1 } }
const sha256 = (text: string) => String(text.length)

/** Two pieces of research on two slots, what is made of them, and a vote. */
const plan = planOf(
  [
    stepOf('news', { seconds: 30, usd: 0.05, optional: true, slots: { research: 1 } }),
    stepOf('prices', { seconds: 20, usd: 0.02, slots: { research: 1 } }),
    stepOf('pattern', { seconds: 15, usd: 0.02, needs: ['prices'], slots: { research: 1 } }),
    stepOf('vote', { seconds: 5, needs: ['news', 'pattern'] }),
  ],
  { slots: { research: 2 }, costLimitUsd: 1 },
)
const situation = situationOf(plan, goalWorth, 0)

type Happening = readonly [seconds: number, kind: TimedStepEvent['kind'], step: string]

function context(
  happenings: readonly Happening[],
  given: Partial<MonitoredPlan> = {},
  more: Partial<ReplanContext> = {},
): ReplanContext {
  const now = Math.max(0, ...happenings.map(([seconds]) => seconds)) * 1_000
  const situated = { ...situation, ...given }
  const trace = happenings.reduce(
    (sum, [seconds, kind, stepId]) =>
      traceEvent(sum, {
        at: seconds * 1_000,
        kind,
        data: {
          runId: 'r',
          stepId,
          attempt: 1,
          usd: 0.02,
          output: null,
          code: 'X',
          message: 'Down.',
          reason: 'Off.',
          delayMs: 0,
        },
      } as TimedStepEvent),
    startTrace(situated.plan, new Map(), 0),
  )
  return {
    situation: situated,
    trace,
    now,
    worth: { usdPerSecond: 0.0005, usdPerChange: 0.001, leastGainUsd: 0.005 },
    successRates: {},
    replans: { done: 0, most: 3 },
    sha256,
    ...more,
  }
}

function another(instead: string, id: string, given: Parameters<typeof stepOf>[1]): Alternative {
  return alternativeTo(situation.causal, instead, stepOf(id, { slots: { research: 1 }, ...given }))
}

const pricesFailed: Happening[] = [
  [0, 'stepStarted', 'news'],
  [0, 'stepStarted', 'prices'],
  [10, 'stepFailed', 'prices'],
  [10, 'stepSkipped', 'pattern'],
  [10, 'stepSkipped', 'vote'],
]

function needsOf({ steps }: Plan): Record<string, readonly string[]> {
  return Object.fromEntries(steps.map(({ id, needs }) => [id, [...needs].sort()]))
}

describe('a repair', () => {
  test('puts the cheapest other source in the place of a failed step, and takes up what was skipped for want of it', () => {
    const alternatives = [
      another('prices', 'prices at B', { seconds: 20, usd: 0.06 }),
      another('prices', 'prices at C', { seconds: 20, usd: 0.03 }),
    ]
    const result = replan(context(pricesFailed, { alternatives }))
    expect(result.strategy).toBe('repair')
    expect(result.changes).toEqual([
      {
        kind: 'replaced',
        step: 'prices at C',
        instead: 'prices',
        sentence: 'prices at C stands in for prices, which failed.',
      },
    ])
    expect(needsOf(result.situation.plan)).toEqual({
      news: [],
      prices: [],
      'prices at C': [],
      pattern: ['prices at C'],
      vote: ['news', 'pattern'],
    })
    expect(result.gaveUp).toEqual([])
    expect(result.superseded).toEqual(['prices'])
    // 20 s of prices at C on the free slot while news ends, then 15 s of pattern and 5 s of the vote.
    expect(result.schedule).toMatchObject({ secondsLeft: 40, status: 'optimal' })
    expect(result.situation.alternatives.map(({ step }) => step.id)).toEqual(['prices at B'])
    expect(result.trace.steps.find(({ id }) => id === 'pattern')).toMatchObject({
      state: 'pending',
      expected: { startAt: 30_000, endAt: 45_000 },
    })
    expect(planToExecute(result, () => 'h').steps.map(({ id }) => id)).toEqual([
      'news',
      'pattern',
      'vote',
      'prices at C',
    ])
    // Three goals of $1 each, less $0.05 for the steps, 20 s at $0.0005 and one change at $0.001.
    expect(result.gainUsd).toBeCloseTo(3 - 0.05 - 0.01 - 0.001)
    expect(result.sentences.join(' ')).toBe(
      'The plan is repaired with as few changes as can be. prices at C stands in for prices, which failed. ' +
        'What is left takes 40 s and costs $0.10; this is worth $2.9390 more than going on as before.',
    )
  })

  test('puts a failed optional source right where there is another one and the research is worth it', () => {
    const failed: Happening[] = [
      [0, 'stepStarted', 'news'],
      [5, 'stepFailed', 'news'],
    ]
    const alternatives = [another('news', 'news at B', { seconds: 30, usd: 0.05, optional: true })]
    const result = replan(context(failed, { alternatives }))
    expect(result.changes.map(({ kind, step }) => [kind, step])).toEqual([['replaced', 'news at B']])
    expect(needsOf(result.situation.plan)['vote']).toEqual(['news', 'news at B', 'pattern'])
    const dear = [another('news', 'news at B', { seconds: 30, usd: 0.5, optional: true })]
    expect(replan(context(failed, { alternatives: dear }))).toMatchObject({ strategy: 'kept', gaveUp: ['news done'] })
  })

  test('a failed optional step that nothing can replace is let go: the plan is kept', () => {
    const result = replan(
      context([
        [0, 'stepStarted', 'news'],
        [5, 'stepFailed', 'news'],
      ]),
    )
    expect(result).toMatchObject({ strategy: 'kept', changes: [], schedule: null })
    expect(result.situation.answered).toEqual(['news'])
  })

  test('a required step that nothing can replace: the plan says which goals it gives up', () => {
    const result = replan(context(pricesFailed))
    expect(result.gaveUp).toEqual(['prices done', 'pattern done', 'vote done'])
    expect(result.sentences.join(' ')).toContain('prices done, pattern done and vote done are given up.')
  })

  test('drops optional work that has not begun when only so the deadline can be kept', () => {
    const steps = [
      stepOf('a', { seconds: 20, slots: { research: 1 } }),
      stepOf('extra', { seconds: 30, optional: true, priority: 'low', slots: { research: 1 } }),
      stepOf('vote', { seconds: 1, needs: ['a', 'extra'] }),
    ]
    const tight = { ...situationOf(planOf(steps, { slots: { research: 1 } }), goalWorth, 0), deadlineAt: 30_000 }
    const result = replan(context([], tight))
    expect(result.changes.map(({ kind, step }) => [kind, step])).toEqual([['dropped', 'extra']])
    expect(needsOf(result.situation.plan)).toEqual({ a: [], vote: ['a'] })
    expect(result.schedule?.secondsLeft).toBe(21)
    expect(result.gaveUp).toEqual(['extra done'])
  })
})

describe('other ways to go on', () => {
  test('an opportunity: a cheaper way to do what has not begun is taken when it is worth the change', () => {
    const alternatives = [another('pattern', 'free pattern', { seconds: 15, usd: 0, needs: ['prices'] })]
    const result = replan(context([[0, 'stepStarted', 'prices']], { alternatives }))
    expect(result.strategy).toBe('opportunistic')
    expect(result.changes[0]?.sentence).toBe('free pattern stands in for pattern, which is worth less.')
    expect(needsOf(result.situation.plan)).toMatchObject({ 'free pattern': ['prices'], vote: ['free pattern', 'news'] })
    expect(result.gainUsd).toBeCloseTo(0.02 - 0.001)
    const little = [another('pattern', 'free pattern', { seconds: 15, usd: 0.018, needs: ['prices'] })]
    expect(replan(context([], { alternatives: little })).strategy).toBe('kept')
  })

  test('an unsure way is weighed by what it puts at risk', () => {
    const alternatives = [another('pattern', 'free pattern', { seconds: 15, usd: 0, needs: ['prices'] })]
    const unsure = context([], { alternatives }, { successRates: { 'free pattern': 0.9 } })
    expect(replan(unsure).strategy).toBe('kept')
  })

  test('a new goal brings in the step that reaches it and the step that this one needs', () => {
    const supporter = (id: string, preconditions: string[], adds: string[]): Alternative => ({
      step: stepOf(id, { seconds: 2, usd: 0.01 }),
      causes: { id, preconditions, adds, deletes: [] },
      instead: null,
    })
    const alternatives = [supporter('hedge', ['quote', 'vote done'], ['hedged']), supporter('ask', [], ['quote'])]
    const newGoals = [{ fact: 'hedged', worthUsd: 1, required: true }]
    const result = replan(context([[0, 'stepStarted', 'prices']], { alternatives, newGoals }))
    expect(result.changes.map(({ kind, step }) => [kind, step])).toEqual([
      ['added', 'ask'],
      ['added', 'hedge'],
    ])
    expect(needsOf(result.situation.plan)['hedge']).toEqual(['ask', 'vote'])
    expect(result.situation.newGoals).toEqual([])
  })

  test('continuation replaces a chain of steps by one that does their work', () => {
    const causes: CausalStep = {
      id: 'all in one',
      preconditions: [],
      adds: ['prices done', 'pattern done'],
      deletes: [],
    }
    const alternatives = [{ step: stepOf('all in one', { seconds: 10, usd: 0.01 }), causes, instead: null }]
    const result = replan(context([], { alternatives }))
    expect(result.strategy).toBe('continuation')
    expect(result.situation.plan.steps.map(({ id }) => id).sort()).toEqual(['all in one', 'news', 'vote'])
    expect(needsOf(result.situation.plan)['vote']).toEqual(['all in one', 'news'])
  })

  test('when nothing in hand helps, the goals are planned afresh', () => {
    const result = replan(
      context(
        pricesFailed,
        {},
        {
          planAfresh: (facts, goals) => {
            expect([...facts]).toEqual(['news done'])
            expect(goals).toContain('vote done')
            const step = stepOf('new way', { seconds: 3, usd: 0.01, needs: ['news'] })
            return {
              steps: [step],
              causes: [{ id: 'new way', preconditions: ['news done'], adds: [...goals], deletes: [] }],
            }
          },
        },
      ),
    )
    expect(result.strategy).toBe('full')
    expect(needsOf(result.situation.plan)).toEqual({ news: [], prices: [], 'new way': ['news'] })
    expect(result.gaveUp).toEqual([])
  })

  test('a plan that was changed often enough is kept', () => {
    const alternatives = [another('prices', 'prices at B', { seconds: 20 })]
    const result = replan(context(pricesFailed, { alternatives }, { replans: { done: 3, most: 3 } }))
    expect(result.strategy).toBe('kept')
    expect(result.sentences[0]).toBe('The plan is kept. It was changed 3 times already, and may be no more.')
  })

  test('an alternative whose id is taken is refused', () => {
    expect(() => replan(context([], { alternatives: [another('prices', 'news', {})] }))).toThrow('taken')
    expect(() => another('nothing', 'x', {})).toThrow('not in the plan')
  })
})

/** Any plan with any past: steps with needs backwards, some of which have ended well or badly, and other ways for some. */
const anyCase = fc
  .record({
    steps: fc.array(
      fc.record({
        needs: fc.array(fc.nat(7), { maxLength: 2 }),
        seconds: fc.integer({ min: 0, max: 9 }),
        usd: fc.constantFrom(0, 0.01, 0.05),
        optional: fc.boolean(),
        slots: fc.nat(1),
        fate: fc.constantFrom('stepSucceeded', 'stepFailed', 'runs', 'none', 'none'),
      }),
      { minLength: 1, maxLength: 8 },
    ),
    others: fc.array(fc.record({ instead: fc.nat(7), seconds: fc.nat(9), usd: fc.constantFrom(0, 0.01, 0.2) }), {
      maxLength: 4,
    }),
    deadline: fc.option(fc.integer({ min: 1, max: 60 })),
  })
  .map(({ steps: drafts, others, deadline }) => {
    const steps: Step[] = drafts.map(({ needs, seconds, usd, optional, slots }, index) =>
      stepOf(`s${index}`, {
        seconds,
        usd,
        optional,
        slots: slots > 0 ? { research: slots } : {},
        needs: [...new Set(needs.filter((need) => need < index))].map((need) => `s${need}`),
      }),
    )
    const base = situationOf(planOf(steps, { slots: { research: 2 } }), goalWorth, 0)
    const happenings: Happening[] = []
    const good = new Set<string>()
    let running = 0
    for (const [index, { fate }] of drafts.entries()) {
      const id = `s${index}`
      const needs = steps[index]?.needs ?? []
      // Only what could have begun has a past, and only two can be at work.
      if (fate === 'none' || !needs.every((need) => good.has(need)) || (fate === 'runs' && running++ > 1)) continue
      happenings.push([1, 'stepStarted', id])
      if (fate === 'runs') continue
      happenings.push([2, fate, id])
      if (fate === 'stepSucceeded') good.add(id)
    }
    const alternatives = others.flatMap(({ instead, seconds, usd }, index) =>
      instead < steps.length ? [alternativeTo(base.causal, `s${instead}`, stepOf(`o${index}`, { seconds, usd }))] : [],
    )
    return context(happenings, { ...base, alternatives, deadlineAt: deadline === null ? null : deadline * 1_000 })
  })

describe('whatever happened', () => {
  test('no step that has begun or ended is changed, needs are whole and without circles, and every required goal is kept or named', () => {
    const strategies = new Set<string>()
    fc.assert(
      fc.property(anyCase, (given) => {
        const result = replan(given)
        strategies.add(result.strategy)
        const before = new Map(given.situation.plan.steps.map((step) => [step.id, step]))
        const after = new Map(result.situation.plan.steps.map((step) => [step.id, step]))
        for (const trace of given.trace.steps) {
          if (trace.attempts.length === 0) continue
          expect(after.get(trace.id)).toEqual(before.get(trace.id))
          expect(result.trace.steps.find(({ id }) => id === trace.id)).toEqual(trace)
        }
        // The scheduler refuses needs that are missing or in a circle.
        const steps = result.situation.plan.steps.map(({ id, needs }) => ({ id, needs, seconds: 1 }))
        expect(() => planSchedule(steps, { slots: 9, conflicts: 0 })).not.toThrow()

        const facts = new Set(result.situation.causal.start)
        const failed = new Set(result.trace.steps.filter(({ state }) => state === 'failed').map(({ id }) => id))
        for (const step of result.situation.causal.steps) {
          if (failed.has(step.id) || !step.preconditions.every((fact) => facts.has(fact))) continue
          applyStep(facts, step)
        }
        for (const { fact, required } of given.situation.goals) {
          if (required && !facts.has(fact)) expect(result.gaveUp).toContain(fact)
        }
        if (result.schedule === null) return
        expect(result.gainUsd).not.toBeNaN()
        // Whatever a step of the new plan still waits for can come about: nothing waits for a required step that failed.
        const gone = new Set(result.superseded)
        for (const { id } of result.trace.steps.filter(({ state }) => state === 'pending')) {
          for (const need of after.get(id)?.needs ?? []) expect(gone.has(need)).toBe(false)
        }
      }),
      { numRuns: 300 },
    )
    expect([...strategies]).toEqual(expect.arrayContaining(['repair', 'kept', 'opportunistic']))
  })

  test('the same context gives the same plan', () => {
    fc.assert(
      fc.property(anyCase, (given) => {
        expect(replan(given)).toEqual(replan(given))
      }),
      { numRuns: 20 },
    )
  })
})
