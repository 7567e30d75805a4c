import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { CausalStep } from '#engine/planning/causal/links.ts'
import { applyStep, type PlanGoal } from '#engine/planning/monitor/plan.ts'
import { type RepairProblem, repairSteps } from './search.ts'

/** Small problems with a few facts, in which steps also undo what others need. */
const anyRepair = fc
  .record({
    steps: fc.array(anyCauses(), { maxLength: 3 }),
    pool: fc.array(fc.record({ causes: anyCauses(), usd: fc.nat(3) }), { maxLength: 3 }),
    start: fc.subarray(['a', 'b', 'c']),
    goals: fc.subarray(['a', 'b', 'c', 'd'], { minLength: 1 }),
  })
  .map(
    ({ steps, pool, start, goals }): RepairProblem => ({
      start: new Set(start),
      running: new Set(),
      earlier: new Map(),
      changes: 'few',
      steps: steps.map((step, index) => ({ ...step, id: `s${index}` })),
      pool: pool.map(({ causes, usd }, index) => ({ causes: { ...causes, id: `p${index}` }, usd })),
      goals: goals.map((fact): PlanGoal => ({ fact, worthUsd: 1, required: true })),
    }),
  )

function anyCauses() {
  const facts = () => fc.subarray(['a', 'b', 'c', 'd'], { maxLength: 2 })
  return fc.record({
    id: fc.constant(''),
    preconditions: facts(),
    adds: facts(),
    deletes: fc.subarray(['a', 'b', 'c'], { maxLength: 1 }),
  })
}

function fits(problem: RepairProblem, steps: readonly CausalStep[]): string[] | undefined {
  const facts = new Set(problem.start)
  for (const step of steps) {
    if (!step.preconditions.every((fact) => facts.has(fact))) return undefined
    applyStep(facts, step)
  }
  return problem.goals.map(({ fact }) => fact).filter((fact) => !facts.has(fact))
}

describe('the search for a repair', () => {
  test('what it finds can be done step by step, and misses only the goals that it names', () => {
    fc.assert(
      fc.property(anyRepair, (problem) => {
        const { steps, gaveUp, isBest } = repairSteps(problem)
        const missed = fits(problem, steps)
        expect(missed).toBeDefined()
        for (const fact of missed ?? []) expect(gaveUp).toContain(fact)
        expect(isBest).toBe(true)
      }),
      { numRuns: 300 },
    )
  })

  test('no replacing of one failed source by others is found with fewer changes or for less than by trying all', () => {
    const anyCover = fc.record({
      goals: fc.subarray(['a', 'b', 'c', 'd'], { minLength: 1 }),
      pool: fc.array(fc.record({ adds: fc.subarray(['a', 'b', 'c', 'd'], { minLength: 1 }), usd: fc.nat(5) }), {
        maxLength: 6,
      }),
    })
    fc.assert(
      fc.property(anyCover, ({ goals, pool }) => {
        const problem: RepairProblem = {
          start: new Set(),
          steps: [],
          running: new Set(),
          earlier: new Map(),
          changes: 'few',
          pool: pool.map(({ adds, usd }, index) => ({
            causes: { id: `p${index}`, preconditions: [], adds, deletes: [] },
            usd,
          })),
          goals: goals.map((fact): PlanGoal => ({ fact, worthUsd: 1, required: true })),
        }
        const score = (chosen: readonly number[]) => {
          const facts = new Set(chosen.flatMap((index) => pool[index]?.adds ?? []))
          const missed = goals.filter((fact) => !facts.has(fact)).length
          return missed * 10_000 + chosen.length * 100 + chosen.reduce((sum, index) => sum + (pool[index]?.usd ?? 0), 0)
        }
        let best = Number.POSITIVE_INFINITY
        for (let mask = 0; mask < 2 ** pool.length; mask++) {
          best = Math.min(best, score([...pool.keys()].filter((index) => (mask >> index) & 1)))
        }
        expect(score(repairSteps(problem).steps.map(({ id }) => Number(id.slice(1))))).toBe(best)
      }),
      { numRuns: 200 },
    )
  })
})
