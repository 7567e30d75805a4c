import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { rootCauses, whatFalls } from './answers.ts'
import { type CausalPlan, dependencies } from './links.ts'

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
