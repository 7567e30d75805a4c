import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ResourcePlan } from './plan.ts'
import { repairSchedule, traceResources } from './timeline.ts'

const plan: ResourcePlan = {
  resources: [
    { id: 'slots', kind: 'reusable', amount: 2 },
    { id: 'budget', kind: 'consumable', amount: 0.5 },
    { id: 'dossier', kind: 'producible', amount: 0 },
  ],
  steps: [
    {
      id: 'research',
      after: [],
      duration: 4,
      needs: [
        { resource: 'slots', amount: 1, when: 'running' },
        { resource: 'budget', amount: 0.3, when: 'start' },
      ],
      gives: [{ resource: 'dossier', amount: 1 }],
    },
    { id: 'wait', after: [], duration: 3, needs: [{ resource: 'slots', amount: 2, when: 'running' }] },
    {
      id: 'report',
      after: ['wait'],
      duration: 1,
      needs: [
        { resource: 'dossier', amount: 1, when: 'start' },
        { resource: 'budget', amount: 0.25, when: 'end' },
      ],
    },
  ],
}

describe('following resources through a schedule', () => {
  test('every broken rule is named with the step and the resource', () => {
    const starts = new Map([
      ['research', 0],
      ['wait', 2],
      ['report', 3],
    ])
    const timeline = traceResources(plan, starts, 4)
    expect(timeline.isFeasible).toBe(false)
    expect(timeline.violations).toEqual([
      { kind: 'late', step: 'wait', deadline: 4, by: 1 },
      { kind: 'early', step: 'report', before: 'wait', by: 2 },
      { kind: 'overused', resource: 'slots', from: 2, until: 4, short: 1, steps: ['research', 'wait'] },
      {
        kind: 'exhausted',
        resource: 'budget',
        from: 4,
        until: Number.POSITIVE_INFINITY,
        short: 0.05,
        steps: ['research', 'report'],
      },
      { kind: 'exhausted', resource: 'dossier', from: 3, until: 4, short: 1, steps: ['report'] },
    ])
    expect(timeline.levels.get('slots')).toEqual([
      { time: 0, level: 1 },
      { time: 2, level: -1 },
      { time: 4, level: 0 },
      { time: 5, level: 2 },
    ])
  })

  test('repair moves steps later, and gives up where no delay can help', () => {
    expect(repairSchedule(plan, new Map())).toBeUndefined()
    const richer = {
      ...plan,
      resources: plan.resources.map((resource) => (resource.id === 'budget' ? { ...resource, amount: 1 } : resource)),
    }
    const repaired = repairSchedule(richer, new Map([['wait', 1]]))
    expect(repaired?.moved).toEqual(['wait', 'report'])
    expect(repaired?.makespan).toBe(8)
    expect(traceResources(richer, repaired?.starts ?? new Map()).violations).toEqual([])
  })

  test('a reusable resource cannot be taken for good, and names must exist', () => {
    const wrong = (needs: ResourcePlan['steps'][number]['needs']) => () =>
      traceResources({ ...plan, steps: [{ id: 'a', after: [], duration: 1, needs }] }, new Map())
    expect(wrong([{ resource: 'slots', amount: 1, when: 'start' }])).toThrow('reusable')
    expect(wrong([{ resource: 'gold', amount: 1, when: 'start' }])).toThrow('gold')
  })

  test('a repaired schedule breaks no rule and never starts a step earlier than it was to start', () => {
    const wanted = fc.array(fc.nat(12), { minLength: 6, maxLength: 6 })
    const amounts = fc.array(fc.nat(3), { minLength: 6, maxLength: 6 })
    fc.assert(
      fc.property(wanted, amounts, amounts, amounts, (times, held, taken, given) => {
        const ids = ['a', 'b', 'c', 'd', 'e', 'f']
        const random: ResourcePlan = {
          resources: [
            { id: 'slots', kind: 'reusable', amount: 3 },
            { id: 'data', kind: 'producible', amount: 2 },
          ],
          steps: ids.map((id, index) => ({
            id,
            after: index % 3 === 2 ? [ids[index - 2] ?? ''] : [],
            duration: 1 + (index % 4),
            needs: [
              { resource: 'slots', amount: held[index] ?? 0, when: 'running' },
              { resource: 'data', amount: taken[index] ?? 0, when: index % 2 === 0 ? 'start' : 'end' },
            ],
            gives: [{ resource: 'data', amount: given[index] ?? 0 }],
          })),
        }
        const starts = new Map(ids.map((id, index) => [id, times[index] ?? 0]))
        const repaired = repairSchedule(random, starts)
        if (repaired === undefined) return
        expect(traceResources(random, repaired.starts).violations).toEqual([])
        for (const [id, start] of repaired.starts) expect(start).toBeGreaterThanOrEqual(starts.get(id) ?? 0)
      }),
    )
  })
})
