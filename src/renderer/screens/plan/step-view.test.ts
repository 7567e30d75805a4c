import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Plan, Step, StepProgress } from '#shared/domain/plan.ts'
import type { Run } from '#shared/domain/run.ts'
import { criticalPath } from './critical-path.ts'
import { currentRun, elapsedMs, poolUses, runTotals, stepViews } from './step-view.ts'
import { comparisonWords, secondsWords, stepWords, stretchWords } from './step-words.ts'
import { whyHere } from './why-here.ts'

const start = Date.UTC(2026, 10, 20, 14)

function step(id: string, seconds: number, needs: readonly string[] = [], changes: Partial<Step> = {}): Step {
  return {
    id,
    title: id.toUpperCase(),
    owner: 'researcher',
    action: 'research',
    needs: [...needs],
    priority: 'medium',
    optional: false,
    sources: [],
    estimate: { seconds, usd: 0.01 },
    timeoutMs: 10_000,
    retries: 1,
    slots: {},
    ...changes,
  }
}

function planOf(steps: Step[], starts: Record<string, number>): Plan {
  return {
    id: 'plan',
    goal: 'Decide on BTC/USDT',
    hash: 'h',
    steps,
    slots: { research: 2 },
    costLimitUsd: 0.5,
    estimate: { usd: 0.03, seconds: { sequential: 9, parallel: 6, lowerBound: 5 }, speedup: 1.5 },
    starts,
    levels: [],
  }
}

const idle = { attempt: 0, startedAt: null, endedAt: null, usd: 0, reason: null }

function runOf(plan: Plan, steps: StepProgress[], changes: Partial<Run> = {}): Run {
  return {
    id: 'run',
    goal: { instrument: 'BTC/USDT', profile: 'balanced', policy: 'weighted' },
    status: 'running',
    startedAt: start,
    endedAt: null,
    usd: 0.02,
    stepsDone: 0,
    stepsTotal: plan.steps.length,
    outcome: null,
    reason: null,
    plan,
    steps,
    ...changes,
  }
}

const research = { slots: { research: 1 } }
const plan = planOf(
  [step('c', 2, ['a', 'b'], { optional: true }), step('a', 4, [], research), step('b', 3, [], research)],
  { a: 0, b: 0, c: 4 },
)
const run = runOf(plan, [
  { ...idle, id: 'a', state: 'succeeded', attempt: 2, startedAt: start + 500, endedAt: start + 3_000, usd: 0.02 },
  { ...idle, id: 'b', state: 'running', attempt: 1, startedAt: start + 500 },
])
const views = (at = start + 4_500, of = run) => stepViews(of, criticalPath(of.plan), at)

describe('the steps of a run', () => {
  it('stand in the order of their planned starts, and as listed where they start together', () => {
    expect(views().map(({ id }) => id)).toEqual(['a', 'b', 'c'])
  })

  it('UX-16 have what was planned beside what happened, in seconds from the start of the run', () => {
    const [a, b, c] = views()
    expect([a?.planned, a?.actual]).toEqual([
      { from: 0, to: 4 },
      { from: 0.5, to: 3 },
    ])
    expect(b?.actual).toEqual({ from: 0.5, to: 4.5 })
    expect(c?.actual).toBeNull()
    expect([elapsedMs(views()[1] ?? { actual: null }), elapsedMs({ actual: null })]).toEqual([4_000, null])
  })

  it('know what waits for them', () => {
    expect(views().map(({ neededBy }) => neededBy)).toEqual([['c'], ['c'], []])
  })

  it('UX-7 have no planned times where the plan does not say when they start, and keep its order', () => {
    const bare = runOf({ ...plan, starts: {} }, [])
    expect(views(start, bare).map(({ id, planned, critical, state }) => [id, planned, critical, state])).toEqual([
      ['c', null, false, 'pending'],
      ['a', null, false, 'pending'],
      ['b', null, false, 'pending'],
    ])
  })

  it('that never ended go no further than the run', () => {
    const ended = { ...run, status: 'failed' as const, endedAt: start + 2_000 }
    expect(views(start + 60_000, ended)[1]?.actual).toEqual({ from: 0.5, to: 2 })
  })
})

describe('the sums of a run', () => {
  it('are time worked over time passed, and nothing before anything has run', () => {
    const totals = runTotals(run, views(), start + 4_500)
    expect(totals).toMatchObject({ done: 1, total: 3, elapsedMs: 4_500, plannedMs: 6_000, lowerBoundMs: 5_000 })
    expect(totals.actualSpeedup).toBeCloseTo((2.5 + 4) / 4.5)
    const fresh = runOf(plan, [])
    expect(runTotals(fresh, views(start, fresh), start).actualSpeedup).toBeNull()
  })

  it('count the slots that running steps take', () => {
    expect(poolUses(plan, views())).toEqual([{ pool: 'research', slots: 2, taken: 1 }])
  })
})

describe('the critical path', () => {
  it('goes back over what each step waited for', () => {
    expect(criticalPath(plan)).toEqual(['a', 'c'])
  })

  it('goes through a slot where a step waited for one', () => {
    const queued = planOf([step('x', 3, [], research), step('y', 2, [], research), step('z', 1, ['y'])], {
      x: 0,
      y: 3,
      z: 5,
    })
    expect(criticalPath(queued)).toEqual(['x', 'y', 'z'])
  })

  it('takes the longest chain among steps that take no time', () => {
    const instant = planOf([step('r', 2), step('p', 0, ['r']), step('q', 0, ['p']), step('end', 0, ['p', 'q'])], {
      r: 0,
      p: 2,
      q: 2,
      end: 2,
    })
    expect(criticalPath(instant)).toEqual(['r', 'p', 'q', 'end'])
  })

  it('is empty where the plan has no times', () => {
    expect(criticalPath({ ...plan, starts: {} })).toEqual([])
  })

  it('ends, whatever the plan, and without slots is as long as the plan', () => {
    const steps = fc
      .array(fc.record({ seconds: fc.integer({ min: 0, max: 9 }), needs: fc.array(fc.nat(20)) }), {
        minLength: 1,
        maxLength: 20,
      })
      .map((drawn) =>
        drawn.map(({ seconds, needs }, index) =>
          step(
            `s${index}`,
            seconds,
            needs.filter((need) => need < index).map((need) => `s${need}`),
          ),
        ),
      )
    fc.assert(
      fc.property(steps, (all) => {
        const starts: Record<string, number> = {}
        const endOf = (id: string) => (starts[id] ?? 0) + (all.find((each) => each.id === id)?.estimate.seconds ?? 0)
        for (const { id, needs } of all) starts[id] = Math.max(0, ...needs.map(endOf))
        const path = criticalPath({ steps: all, starts })
        const length = path.reduce((sum, id) => sum + endOf(id) - (starts[id] ?? 0), 0)
        return length === Math.max(...all.map(({ id }) => endOf(id)))
      }),
    )
  })
})

describe('words', () => {
  it('say why a step is here', () => {
    const [a, , c] = views()
    const say = (view: typeof a) => view && whyHere(view, (id) => id.toUpperCase(), plan.slots)
    expect(say(a)).toBe(
      'It waits for nothing and can start with the run. “C” waits for it. While it runs it takes 1 of the 2 research slots. It is on the critical path: if it takes longer, so does the plan.',
    )
    expect(say(c)).toBe(
      'It starts when “A” and “B” have ended. Nothing waits for it: the plan ends with it. It is on the critical path: if it takes longer, so does the plan. The run can continue without it.',
    )
    expect(c && whyHere({ ...c, needs: ['1', '2', '3', '4', '5'] }, (id) => id, {})).toContain(
      '“1”, “2”, “3” and 2 more have ended',
    )
  })

  it('compare with the plan only what is over', () => {
    const [a, b] = views()
    expect(a && comparisonWords(a)).toBe('ended 1 s earlier than planned')
    expect(b && comparisonWords(b)).toBeNull()
  })

  it('give every number of a step in one line (UX-20)', () => {
    const [a] = views()
    expect(a && stepWords(a)).toBe(
      'A, Researcher, succeeded, 2.5 s, attempt 2, $0.02 of $0.01, planned 0 s to 4 s (4.0 s), actual 0.5 s to 3 s (2.5 s), on the critical path',
    )
  })

  it('have a unit, and a dash for what is unavailable', () => {
    expect([secondsWords(4), secondsWords(12.54), stretchWords(null)]).toEqual(['4 s', '12.5 s', '–'])
  })
})

it('without a name the run under way is shown, else the newest', () => {
  const ended = { status: 'completed' as const, startedAt: 5 }
  const newer = { status: 'failed' as const, startedAt: 9 }
  const running = { status: 'running' as const, startedAt: 1 }
  expect(currentRun([ended, newer])).toBe(newer)
  expect(currentRun([ended, newer, running])).toBe(running)
  expect(currentRun([])).toBeNull()
})
