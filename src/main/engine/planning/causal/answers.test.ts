import { describe, expect, it } from 'vitest'
import { errorCode } from '#shared/lib/error.ts'
import { rootCauses, whatFalls, whyStep } from './answers.ts'
import { type CausalPlan } from './links.ts'

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
