import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decompose } from '#engine/planning/htn/decompose.ts'
import { atLeast, type Domain, equals } from '#engine/planning/htn/domain.ts'
import { task } from '#engine/planning/htn/network.ts'
import { stateOf, valueAt, withValue } from '#engine/planning/htn/state.ts'
import { errorCode } from '#shared/lib/error.ts'
import { rootCauses, whatFalls, whyStep } from './answers.ts'
import { type CausalPlan, causalLinks, dependencies, planGoal, planStart, threats } from './links.ts'
import { causalPlan } from './plan.ts'

const decision: CausalPlan = {
  start: ['market open'],
  goals: ['decision'],
  steps: [
    { id: 's1', name: 'fetch prices', preconditions: ['market open'], adds: ['prices'], deletes: [] },
    { id: 's2', name: 'fetch news', preconditions: [], adds: ['news'], deletes: [] },
    { id: 's3', name: 'form a view', preconditions: ['prices', 'news'], adds: ['view'], deletes: [] },
    { id: 's4', name: 'close the books', preconditions: ['prices'], adds: ['books'], deletes: ['market open'] },
    { id: 's5', name: 'vote', preconditions: ['view'], adds: ['decision'], deletes: [] },
  ],
}

describe('causal links', () => {
  it('each precondition is owed to the step that made it true', () => {
    expect(causalLinks(decision)).toEqual([
      { from: planStart, fact: 'market open', to: 's1' },
      { from: 's1', fact: 'prices', to: 's3' },
      { from: 's2', fact: 'news', to: 's3' },
      { from: 's1', fact: 'prices', to: 's4' },
      { from: 's3', fact: 'view', to: 's5' },
      { from: 's5', fact: 'decision', to: planGoal },
    ])
  })

  it('making true again what is true already earns no link, making it true anew does', () => {
    const plan = (deletes: string[]): CausalPlan => ({
      start: ['lit'],
      goals: ['lit'],
      steps: [
        { id: 'a', preconditions: [], adds: [], deletes },
        { id: 'b', preconditions: [], adds: ['lit'], deletes: [] },
      ],
    })
    expect(causalLinks(plan([]))).toEqual([{ from: planStart, fact: 'lit', to: planGoal }])
    expect(causalLinks(plan(['lit']))).toEqual([{ from: 'b', fact: 'lit', to: planGoal }])
    expect(dependencies(plan(['lit'])).get('b')).toEqual(['a'])
  })

  it('a step that deletes what a link carries stays on its side of the link', () => {
    expect(threats(decision)).toEqual([
      { step: 's4', link: { from: planStart, fact: 'market open', to: 's1' }, order: 'after' },
    ])
  })

  it('only direct waits are listed, and independent steps wait for nothing', () => {
    expect(Object.fromEntries(dependencies(decision))).toEqual({
      s1: [],
      s2: [],
      s3: ['s1', 's2'],
      s4: ['s1'],
      s5: ['s3'],
    })
  })

  it('two steps with one id are refused', () => {
    const [first] = decision.steps
    let code = ''
    try {
      causalLinks({ ...decision, steps: first === undefined ? [] : [first, first] })
    } catch (error) {
      code = errorCode(error)
    }
    expect(code).toBe('CAUSAL_PLAN_INVALID')
  })
})

describe('answers about a plan', () => {
  it('says why a step is here', () => {
    expect(whyStep(decision, 's1')).toMatchObject({
      goals: ['decision'],
      sentence:
        'Fetch prices is here to provide prices for form a view and close the books, which in the end serves decision.',
    })
    expect(whyStep(decision, 's5').sentence).toBe('Vote is here to provide decision for the goal.')
    expect(whyStep(decision, 's4').sentence).toBe('Nothing in the plan needs what close the books does.')
  })

  it('says what falls when a step fails', () => {
    expect(whatFalls(decision, ['s2'])).toEqual({
      steps: ['s3', 's5'],
      goals: ['decision'],
      sentence: 'If fetch news fails, form a view and vote cannot be done, and the goal decision will be missed.',
    })
    expect(whatFalls(decision, ['s4']).sentence).toBe('If close the books fails, nothing else falls.')
  })

  it('nothing falls when another step provides the same', () => {
    const twice: CausalPlan = {
      start: [],
      goals: ['prices'],
      steps: [
        { id: 'a', preconditions: [], adds: ['prices'], deletes: [] },
        { id: 'b', preconditions: [], adds: ['prices'], deletes: [] },
      ],
    }
    expect(whatFalls(twice, ['a']).goals).toEqual([])
    expect(rootCauses(twice, ['a'], 'prices').causes).toEqual([])
  })

  it('traces a missed goal to the steps that failed, not to those that fell with them', () => {
    expect(rootCauses(decision, ['s1', 's2'], 'decision')).toEqual({
      causes: [
        { kind: 'failed', step: 's1', fact: 'prices' },
        { kind: 'failed', step: 's2', fact: 'news' },
      ],
      sentence:
        'The goal decision was missed because fetch prices, which should have provided prices, failed and fetch news, which should have provided news, failed.',
    })
  })

  it('traces a missed goal to what was undone or never provided', () => {
    const plan: CausalPlan = {
      start: ['fresh'],
      goals: ['sold', 'fresh'],
      steps: [
        { id: 'wait', preconditions: [], adds: [], deletes: ['fresh'] },
        { id: 'sell', preconditions: ['fresh', 'buyer'], adds: ['sold'], deletes: [] },
      ],
    }
    expect(rootCauses(plan, [], 'sold').causes).toEqual([
      { kind: 'undone', step: 'wait', fact: 'fresh' },
      { kind: 'missing', fact: 'buyer' },
    ])
    expect(rootCauses(plan, [], 'fresh').sentence).toBe('The goal fresh was missed because wait undid fresh.')
  })

  it('an id that is not in the plan is refused', () => {
    let code = ''
    try {
      whyStep(decision, 's9')
    } catch (error) {
      code = errorCode(error)
    }
    expect(code).toBe('CAUSAL_STEP_UNKNOWN')
  })
})

describe('the causal shape of a decomposition', () => {
  const domain: Domain = {
    name: 'errands',
    operators: [
      { name: 'earn', apply: (state) => withValue(state, 'cash', null, Number(valueAt(state, 'cash')) + 5) },
      {
        name: 'buy',
        conditions: () => [atLeast('cash', null, 8)],
        apply: (state) =>
          withValue(withValue(state, 'cash', null, Number(valueAt(state, 'cash')) - 8), 'has', 'milk', true),
      },
    ],
    taskMethods: {},
  }

  it('numbers count: earning twice is what makes buying possible', () => {
    const problem = { domain, state: stateOf({ cash: [[null, 0]], has: [] }), profile: undefined }
    const result = decompose({ ...problem, todo: [task('earn'), task('earn'), task('buy')] })
    if (result.status !== 'solved') throw new Error('There is a plan')
    const plan = causalPlan(problem, result.steps, [equals('has', 'milk', true)])
    expect(causalLinks(plan)).toEqual([
      { from: 's2', fact: 'cash() >= 8', to: 's3' },
      { from: 's3', fact: 'has(milk) = true', to: planGoal },
    ])
  })
})

const fact = fc.constantFrom('a', 'b', 'c', 'd')
const facts = fc.uniqueArray(fact, { maxLength: 2 })
const randomPlan = fc
  .record({
    start: fc.uniqueArray(fact, { maxLength: 4 }),
    steps: fc.array(fc.record({ preconditions: facts, adds: facts, deletes: facts }), { maxLength: 9 }),
  })
  .map(({ start, steps }): CausalPlan => {
    // Only steps that can be done are kept, so that the plan is executable, and all that holds at the end is a goal.
    const state = new Set(start)
    const kept = steps.filter((step) => {
      if (!step.preconditions.every((one) => state.has(one))) return false
      for (const one of step.deletes) state.delete(one)
      for (const one of step.adds) state.add(one)
      return true
    })
    return { start, steps: kept.map((step, index) => ({ id: `s${index}`, ...step })), goals: [...state] }
  })

describe('dependencies of random plans', () => {
  it('every order that respects them can be done and reaches the goals', () => {
    fc.assert(
      fc.property(randomPlan, fc.array(fc.nat(), { minLength: 9, maxLength: 9 }), (plan, picks) => {
        const waits = dependencies(plan)
        const left = [...plan.steps]
        const state = new Set(plan.start)
        const done = new Set<string>()
        for (let turn = 0; left.length > 0; turn++) {
          const ready = left.filter((step) => (waits.get(step.id) ?? []).every((id) => done.has(id)))
          const step = ready[(picks[turn] ?? 0) % ready.length]
          if (step === undefined) throw new Error('The dependencies are a circle')
          expect(step.preconditions.filter((one) => !state.has(one))).toEqual([])
          for (const one of step.deletes) state.delete(one)
          for (const one of step.adds) state.add(one)
          done.add(step.id)
          left.splice(left.indexOf(step), 1)
        }
        expect(plan.goals.filter((one) => !state.has(one))).toEqual([])
      }),
      { numRuns: 500 },
    )
  })

  it('no wait is listed that follows from the others', () => {
    fc.assert(
      fc.property(randomPlan, (plan) => {
        const waits = dependencies(plan)
        const behind = (id: string): Set<string> =>
          new Set((waits.get(id) ?? []).flatMap((one) => [one, ...behind(one)]))
        for (const direct of waits.values()) {
          for (const one of direct) expect(direct.some((other) => other !== one && behind(other).has(one))).toBe(false)
        }
      }),
    )
  })

  it('a step falls exactly when it, or a goal, is traced to a failure', () => {
    fc.assert(
      fc.property(randomPlan, fc.nat(), (plan, pick) => {
        fc.pre(plan.steps.length > 0)
        const failed = plan.steps[pick % plan.steps.length]?.id ?? ''
        const lost = whatFalls(plan, [failed]).goals
        for (const goal of plan.goals) {
          expect(rootCauses(plan, [failed], goal).causes.length > 0).toBe(lost.includes(goal))
        }
      }),
    )
  })
})
