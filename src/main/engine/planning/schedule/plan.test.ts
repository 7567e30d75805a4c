import { describe, expect, test } from 'vitest'
import { type PlanStep, planSchedule } from './plan.ts'

const research: PlanStep[] = [
  { id: 'sentiment', needs: [], seconds: 30 },
  { id: 'onchain', needs: [], seconds: 20 },
  { id: 'technical', needs: [], seconds: 15 },
  { id: 'macro', needs: [], seconds: 20 },
  { id: 'correlation', needs: [], seconds: 15 },
  { id: 'patterns', needs: ['technical'], seconds: 25 },
]

describe('scheduling the steps of a plan', () => {
  test('steps start as soon as a slot and their inputs are there, not level by level', () => {
    const schedule = planSchedule(research, { slots: 3 })
    expect(schedule.status).toBe('optimal')
    expect(schedule.makespanSeconds).toBe(45)
    expect(schedule.lowerBoundSeconds).toBe(45)
    expect(schedule.levels).toEqual([['sentiment', 'onchain', 'technical', 'macro', 'correlation'], ['patterns']])
    expect(schedule.sequentialSeconds).toBe(125)
    expect(schedule.parallelSeconds).toBe(40)
    expect(schedule.speedup).toBeCloseTo(125 / 45)
  })

  test('with one slot the steps run one after another, and every one is critical', () => {
    const schedule = planSchedule(research, { slots: 1 })
    expect(schedule.makespanSeconds).toBe(125)
    expect(schedule.speedup).toBe(1)
    expect(schedule.criticalSteps).toHaveLength(6)
  })

  test('with slots enough the longest chain is the makespan and the critical path', () => {
    const schedule = planSchedule(research, { slots: 6 })
    expect(schedule.makespanSeconds).toBe(40)
    expect(schedule.criticalSteps).toEqual(['technical', 'patterns'])
  })

  test('a duration is its number of milliseconds whatever the float says, and less than one is rounded up', () => {
    for (let ms = 1; ms < 200_000; ms += 71) {
      const schedule = planSchedule([{ id: 'one', needs: [], seconds: ms / 1000 }], { slots: 1 })
      expect(schedule.makespanSeconds).toBe(ms / 1000)
    }
    const makespan = (seconds: number) =>
      planSchedule([{ id: 'one', needs: [], seconds }], { slots: 1 }).makespanSeconds
    expect(makespan(30.001)).toBe(30.001)
    expect([makespan(0.0001), makespan(1.0001), makespan(0)]).toEqual([0.001, 1.001, 0])
  })

  test('fractions of a second are kept', () => {
    const schedule = planSchedule(
      [
        { id: 'a', needs: [], seconds: 0.25 },
        { id: 'b', needs: ['a'], seconds: 1.125 },
      ],
      { slots: 1 },
    )
    expect(schedule.makespanSeconds).toBe(1.375)
    expect([...schedule.starts]).toEqual([
      ['a', 0],
      ['b', 0.25],
    ])
  })

  test('a plan without steps takes no time', () => {
    expect(planSchedule([], { slots: 2 })).toMatchObject({ status: 'optimal', makespanSeconds: 0, speedup: 1 })
  })

  test('a need that is not in the plan, a circle and a step too wide for the slots are refused', () => {
    expect(() => planSchedule([{ id: 'a', needs: ['x'], seconds: 1 }], { slots: 1 })).toThrow('a needs x')
    expect(() =>
      planSchedule(
        [
          { id: 'a', needs: ['b'], seconds: 1 },
          { id: 'b', needs: ['a'], seconds: 1 },
        ],
        { slots: 1 },
      ),
    ).toThrow('circle')
    expect(() => planSchedule([{ id: 'a', needs: [], seconds: 1, slots: 2 }], { slots: 1 })).toThrow('needs 2 slots')
  })
})
