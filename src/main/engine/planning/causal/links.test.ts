import { describe, expect, it } from 'vitest'
import { errorCode } from '#shared/lib/error.ts'
import { type CausalPlan, causalLinks, dependencies, planGoal, planStart, threats } from './links.ts'

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
