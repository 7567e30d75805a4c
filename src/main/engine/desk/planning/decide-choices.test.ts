import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sha256 } from '#main/compose/system.ts'
import { type PlanningConfig, profileNames } from '#shared/domain/profile.ts'
import { finish } from '#shared/lib/turns.ts'
import { goal, shippedPlanning } from '#test/builders/desk-kernel.ts'
import { decideChoices } from './decide-choices.ts'
import { decidePlan } from './decide-plan.ts'
import { canBeLeftOut } from './decide-terms.ts'

const choicesOf = (about: Partial<typeof goal> = {}, config: PlanningConfig = shippedPlanning) =>
  finish(decideChoices({ ...goal, ...about }, config))

describe('the choices of a goal', () => {
  it('go from the fastest to the cheapest, with the profile’s own marked', () => {
    const { choices, complete } = choicesOf()
    expect(complete).toBe(true)
    expect(choices.map(({ seconds, usd, slots, marks }) => [seconds, usd, slots, ...marks])).toEqual([
      [30, 0.13, 4, 'fastest'],
      [30, 0.1, 3, 'cheapest'],
      [35, 0.17, 4],
      [45, 0.19, 3, 'profile'],
      [45, 0.15, 3],
      [45, 0.12, 3],
    ])
    expect(choices[0]?.leaveOut).toEqual(['keyword_extraction', 'historical_patterns'])
  })

  it.each(profileNames)(
    '%s: each is a plan that the desk can make, in the time and at the cost that it says',
    (profile) => {
      for (const { leaveOut, slots, seconds, usd } of choicesOf({ profile }).choices) {
        const { plan } = decidePlan('plan', { ...goal, profile, leaveOut, slots }, shippedPlanning, sha256)
        expect([plan.estimate.seconds.parallel, plan.estimate.usd]).toEqual([seconds, usd])
      }
    },
  )

  it.each(profileNames)('%s: none is worse than another in everything, save for the profile’s own', (profile) => {
    const { choices } = choicesOf({ profile })
    for (const one of choices) {
      const better = choices.filter(
        (other) =>
          other !== one && other.seconds <= one.seconds && other.usd <= one.usd && other.coverage >= one.coverage,
      )
      if (!one.marks.includes('profile')) expect(better).toEqual([])
    }
  })

  it('never leave out what is critical, nor ask fewer sources than the profile wants', () => {
    fc.assert(
      fc.property(fc.constantFrom(...profileNames), fc.integer({ min: 0, max: 12 }), (profile, minimumSources) => {
        const profiles = { ...shippedPlanning.profiles }
        profiles[profile] = { ...profiles[profile], minimumSources }
        const { choices } = choicesOf({ profile }, { ...shippedPlanning, profiles })
        const all = Math.max(...choices.map(({ sources }) => sources))
        for (const { leaveOut, sources } of choices) {
          expect(leaveOut.every((name) => canBeLeftOut(shippedPlanning.tasks[name]))).toBe(true)
          expect(sources).toBeGreaterThanOrEqual(Math.min(minimumSources, all))
        }
      }),
      { numRuns: 12 },
    )
  })

  it('are of one task after another where planning is switched off', () => {
    const { choices } = choicesOf({}, { ...shippedPlanning, enabled: false })
    expect(new Set(choices.map(({ slots }) => slots))).toEqual(new Set([1]))
    expect(choices.find(({ marks }) => marks.includes('profile'))?.seconds).toBe(125)
  })
})
