import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { errorCode } from '#shared/lib/error.ts'
import { decompose, type PlanningProblem } from './decompose.ts'
import { atLeast, type Domain, equals, type Operator } from './domain.ts'
import { goal, type Item, itemText, network, task } from './network.ts'
import { type State, stateOf, type Value, valueAt, withValue } from './state.ts'

interface Profile {
  readonly sources: number
}

function setter(name: string, needs: readonly string[], sets: string): Operator<Profile> {
  return {
    name,
    conditions: () => needs.map((fact) => equals('done', fact, true)),
    apply: (state) => withValue(state, 'done', sets, true),
    cost: () => 2,
    duration: () => 30,
    needs: () => [{ resource: 'slot', amount: 1 }],
  }
}

const nothingDone = stateOf({ done: [], budget: [[null, 10]] })

const research: Domain<Profile> = {
  name: 'research',
  types: { fact: ['prices', 'news', 'view'] },
  operators: [
    setter('fetch-prices', [], 'prices'),
    setter('fetch-news', [], 'news'),
    setter('form-view', ['prices', 'news'], 'view'),
    {
      name: 'pay',
      parameters: [{ name: 'amount', type: 'number' }],
      conditions: (_state, [amount]) => [atLeast('budget', null, amount as number)],
      apply: (state, [amount]) => withValue(state, 'budget', null, Number(valueAt(state, 'budget')) - Number(amount)),
    },
  ],
  taskMethods: {
    research: [
      {
        name: 'in parallel',
        refine: (_state, _args, profile) =>
          profile.sources < 2
            ? undefined
            : network(
                [task('form-view'), task('fetch-prices'), task('fetch-news')],
                [
                  [1, 0],
                  [2, 0],
                ],
              ),
      },
      { name: 'prices only', refine: () => [task('fetch-prices')] },
    ],
    'view first': [{ name: 'backwards', refine: () => network([task('form-view'), task('research')]) }],
    forever: [{ name: 'again', refine: () => [task('forever')] }],
    deeper: [{ name: 'deeper', refine: () => [task('deeper'), task('pay', 1)] }],
  },
  goalMethods: {
    done: [
      { name: 'empty promise', refine: () => [] },
      {
        name: 'fetch',
        refine: (_state, wanted) => (wanted.argument === 'view' ? undefined : [task(`fetch-${wanted.argument}`)]),
      },
    ],
  },
}

function plan(todo: PlanningProblem<Profile>['todo'], sources = 2, state: State = nothingDone) {
  return decompose({ domain: research, state, todo, profile: { sources } }, { depth: 50 })
}

function names(result: ReturnType<typeof plan>): string[] | string {
  return result.status === 'solved' ? result.steps.map((step) => step.operator) : result.status
}

describe('decompose', () => {
  it('keeps the partial order of a network and takes items as they were listed', () => {
    expect(names(plan([task('research')]))).toEqual(['fetch-prices', 'fetch-news', 'form-view'])
  })

  it('chooses methods by the profile', () => {
    expect(names(plan([task('research')], 1))).toEqual(['fetch-prices'])
  })

  it('interleaves unordered tasks where that is the only way', () => {
    expect(names(plan([task('view first')]))).toEqual(['fetch-prices', 'fetch-news', 'form-view', 'form-view'])
    expect(names(plan([task('form-view'), task('research')]))).toEqual('unsolvable')
    expect(names(plan(network([task('form-view'), task('fetch-prices'), task('fetch-news')])))).toEqual([
      'fetch-prices',
      'fetch-news',
      'form-view',
    ])
  })

  it('a step says what it costs, how long it takes, what it needs and which methods led to it', () => {
    const result = plan([task('research')])
    expect(result.status === 'solved' && result.steps[0]).toEqual({
      id: 's1',
      operator: 'fetch-prices',
      args: [],
      cost: 2,
      duration: 30,
      needs: [{ resource: 'slot', amount: 1 }],
      because: [{ task: 'research()', method: 'in parallel' }],
    })
  })

  it('takes back a method that did not reach its goal', () => {
    expect(names(plan([goal('done', 'news', true)]))).toEqual(['fetch-news'])
  })

  it('does nothing for a goal that holds already', () => {
    expect(names(plan([goal('done', 'news', true)], 2, withValue(nothingDone, 'done', 'news', true)))).toEqual([])
  })

  it('counts with numbers, and a failure names task, condition and method', () => {
    const result = plan([task('pay', 6), task('pay', 6)])
    expect(result.status !== 'solved' && result.failures).toEqual([
      {
        reason: 'condition',
        task: 'pay(6)',
        condition: 'budget() >= 6',
        message: 'After 1 step: pay(6) needs budget() >= 6.',
      },
    ])
  })

  it('checks the types of arguments', () => {
    const result = plan([task('pay', 'much')])
    expect(result.status !== 'solved' && result.failures[0]?.message).toBe(
      'After 0 steps: pay(much) wants amount to be of type number.',
    )
  })

  it('notices a circle, and says unknown when only the depth stopped it', () => {
    expect(plan([task('forever')])).toMatchObject({ status: 'unsolvable', failures: [{ reason: 'circle' }] })
    expect(plan([task('deeper')])).toMatchObject({ status: 'unknown', failures: [{ reason: 'depth' }] })
  })

  it('an item that names nothing is an error in the domain, not a failed search', () => {
    let code = ''
    try {
      plan([task('resarch')])
    } catch (error) {
      code = errorCode(error)
    }
    expect(code).toBe('PLANNING_DOMAIN_INVALID')
  })
})

// Random little domains over four flags: operators that need some flags and set or clear others; tasks with methods.

const flags = ['a', 'b', 'c', 'd'] as const
const flagSet = fc.subarray([...flags])
const randomOperators = fc.array(fc.record({ needs: flagSet, sets: flagSet, clears: flagSet }), {
  minLength: 3,
  maxLength: 3,
})
// Items 0-2 are operators, 3-4 tasks; tasks refine only to operators and later tasks, so that everything is finite.
const items = (from: number) =>
  fc.array(fc.nat({ max: 4 }), { maxLength: 3 }).map((list) => list.map((n) => (n < 3 ? n : Math.max(n, from))))
const methodsOf = (from: number, last: boolean) =>
  fc.array(fc.tuple(last ? items(0).map((list) => list.map((n) => n % 3)) : items(from), fc.boolean()), {
    maxLength: 2,
  })
const randomProblem = fc.record({
  operators: randomOperators,
  first: methodsOf(4, false),
  second: methodsOf(0, true),
  todo: items(3),
  ordered: fc.boolean(),
  start: flagSet,
})

function nameOf(index: number): string {
  return index < 3 ? `o${index}` : `t${index}`
}

interface Small {
  operators: { needs: string[]; sets: string[]; clears: string[] }[]
  first: [number[], boolean][]
  second: [number[], boolean][]
  todo: number[]
  ordered: boolean
  start: string[]
}

function asProblem(small: Small): PlanningProblem<undefined> {
  const items = (list: number[]): Item[] => list.map((n) => task(nameOf(n)))
  const refine = (methods: [number[], boolean][]) =>
    methods.map(([list, ordered], index) => ({
      name: `m${index}`,
      refine: () => (ordered ? items(list) : network(items(list))),
    }))
  const domain: Domain = {
    name: 'small',
    operators: small.operators.map(({ needs, sets, clears }, index) => ({
      name: `o${index}`,
      conditions: () => needs.map((flag) => equals('flag', flag, true)),
      apply: (state) =>
        sets.reduce(
          (now, flag) => withValue(now, 'flag', flag, true),
          clears.reduce((now, flag) => withValue(now, 'flag', flag, false), state),
        ),
    })),
    taskMethods: { t3: refine(small.first), t4: refine(small.second) },
  }
  return {
    domain,
    state: stateOf({ flag: small.start.map((flag): [Value, Value] => [flag, true]) }),
    todo: small.ordered ? items(small.todo) : network(items(small.todo)),
    profile: undefined,
  }
}

/** Every sequence of operators that the problem allows, whether or not it can be executed; undefined for too many. */
function allPlans(small: Small): Set<string> | undefined {
  const tooMany = new Error('too many')
  const limited = (plans: string[][]): string[][] => {
    const unique = [...new Map(plans.map((plan) => [plan.join(), plan])).values()]
    if (unique.length > 500) throw tooMany
    return unique
  }
  const shuffle = (a: string[], b: string[]): string[][] => {
    const [headA, ...restA] = a
    const [headB, ...restB] = b
    if (headA === undefined) return [b]
    if (headB === undefined) return [a]
    return limited([
      ...shuffle(restA, b).map((rest) => [headA, ...rest]),
      ...shuffle(a, restB).map((rest) => [headB, ...rest]),
    ])
  }
  const ofItem = (n: number): string[][] =>
    n < 3 ? [[`o${n}`]] : limited((n === 3 ? small.first : small.second).flatMap((method) => ofList(...method)))
  const ofList = (list: number[], ordered: boolean): string[][] =>
    list.reduce<string[][]>(
      (plans, n) =>
        limited(
          plans.flatMap((plan) => ofItem(n).flatMap((more) => (ordered ? [[...plan, ...more]] : shuffle(plan, more)))),
        ),
      [[]],
    )
  try {
    return new Set(ofList(small.todo, small.ordered).map((plan) => plan.join()))
  } catch (error) {
    if (error === tooMany) return undefined
    throw error
  }
}

function executes(small: Small, plan: string[]): boolean {
  const holding = new Set(small.start)
  return plan.every((name) => {
    const operator = small.operators[Number(name.slice(1))]
    if (operator?.needs.every((flag) => holding.has(flag)) !== true) return false
    for (const flag of operator.clears) holding.delete(flag)
    for (const flag of operator.sets) holding.add(flag)
    return true
  })
}

describe('decompose on random small problems', () => {
  it('finds a plan exactly when trying everything finds one, and the plan is one of those', () => {
    fc.assert(
      fc.property(randomProblem, (small) => {
        const plans = allPlans(small)
        fc.pre(plans !== undefined)
        const possible = [...(plans ?? [])].filter((plan) => executes(small, plan === '' ? [] : plan.split(',')))
        const result = decompose(asProblem(small))
        if (result.status === 'solved') {
          expect(possible).toContain(result.steps.map((step) => step.operator).join())
        } else {
          expect([result.status, possible]).toEqual(['unsolvable', []])
        }
      }),
      { numRuns: 150 },
    )
  })

  it('sees that there is no plan without trying every order of parts that can be interleaved', () => {
    const count: Operator<undefined> = {
      name: 'count',
      apply: (state, [part]) =>
        withValue(state, 'done', part as string, Number(valueAt(state, 'done', part as string)) + 1),
    }
    const never: Operator<undefined> = {
      name: 'never',
      conditions: () => [equals('done', 'a', 9)],
      apply: (state) => state,
    }
    const parts = ['a', 'b', 'c', 'd', 'e', 'f']
    const domain: Domain = {
      name: 'interleaved',
      operators: [count, never],
      taskMethods: {
        part: [
          { name: 'twice', refine: (_state, [part]) => [task('count', part as string), task('count', part as string)] },
        ],
      },
    }
    const todo = network(
      [...parts.map((part) => task('part', part)), task('never')],
      parts.map((_, index) => [index, parts.length] as const),
    )
    const state = stateOf({ done: parts.map((part): [Value, Value] => [part, 0]) })
    // 12! / 2^6 orders of the counts alone, but only 4^6 points between them.
    expect(decompose({ domain, state, todo, profile: undefined }, { nodes: 5_000 }).status).toBe('unsolvable')
  })

  it('gives the same plan for the same input', () => {
    fc.assert(
      fc.property(randomProblem, (small) => {
        const once = decompose(asProblem(small), { nodes: 5_000 })
        expect(JSON.stringify(once)).toBe(JSON.stringify(decompose(asProblem(small), { nodes: 5_000 })))
      }),
      { numRuns: 30 },
    )
  })
})

describe('itemText', () => {
  it('reads like a call, or like an equation', () => {
    expect(itemText(task('go', 'here', 1))).toBe('go(here, 1)')
    expect(itemText(goal('at', 'car', 'home'))).toBe('at(car) = home')
  })
})
