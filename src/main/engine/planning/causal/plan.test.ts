import { describe, expect, it } from 'vitest'
import { decompose } from '#engine/planning/htn/decompose.ts'
import { atLeast, type Domain, equals } from '#engine/planning/htn/domain.ts'
import { task } from '#engine/planning/htn/network.ts'
import { stateOf, valueAt, withValue } from '#engine/planning/htn/state.ts'
import { causalLinks, planGoal } from './links.ts'
import { causalPlan } from './plan.ts'

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
