import { describe, expect, it } from 'vitest'
import { sha256 } from '#main/system.ts'
import { type ProfileName, profileNames } from '#shared/domain/profile.ts'
import { goal, shippedPlanning } from '#test/builders/desk-kernel.ts'
import { decidePlan, voters } from './decide-plan.ts'

const planFor = (profile: ProfileName) => decidePlan('plan_1', { ...goal, profile }, shippedPlanning, sha256).plan

describe('the plan of a decision', () => {
  it.each([
    ['conservative', 8, 155, 45, 0.23],
    ['balanced', 6, 125, 45, 0.19],
    ['aggressive', 5, 100, 45, 0.15],
  ] as const)(
    '%s: %i research tasks, %i s one after another, at most %i s as scheduled',
    (profile, tasks, alone, most, usd) => {
      const { steps, estimate } = planFor(profile)
      expect(steps.filter(({ action }) => action === 'research')).toHaveLength(tasks)
      expect(estimate.seconds.sequential).toBe(alone)
      expect(estimate.seconds.parallel).toBeLessThanOrEqual(most)
      expect(estimate.seconds.parallel).toBeGreaterThanOrEqual(estimate.seconds.lowerBound)
      expect(estimate.usd).toBe(usd)
      expect(estimate.speedup).toBeCloseTo(alone / estimate.seconds.parallel)
    },
  )

  it.each(profileNames)('%s: every step needs earlier ones only, and starts when they have ended', (profile) => {
    const { steps, levels, starts } = planFor(profile)
    const seen = new Set<string>()
    for (const level of levels) {
      for (const id of level) {
        const step = steps.find((one) => one.id === id)
        for (const need of step?.needs ?? []) {
          expect(seen.has(need)).toBe(true)
          const before = steps.find((one) => one.id === need)
          expect(starts[id]).toBeGreaterThanOrEqual((starts[need] ?? 0) + (before?.estimate.seconds ?? 0))
        }
      }
      for (const id of level) seen.add(id)
    }
    expect(seen.size).toBe(steps.length)
  })

  it('research comes before the validation, the risk manager before the voters, all of them before the count', () => {
    const { steps } = planFor('balanced')
    const needsOf = (id: string) => steps.find((step) => step.id === id)?.needs.toSorted()
    expect(needsOf('validate')).toEqual(shippedPlanning.profiles.balanced.tasks.toSorted())
    for (const seat of voters) expect(needsOf(`ballot-${seat}`)).toEqual(['risk'])
    expect(needsOf('decide')).toEqual(['risk', ...voters.map((seat) => `ballot-${seat}`)].toSorted())
    expect(needsOf('debate-2-bull')).toEqual(['debate-1-bear', 'debate-1-bull'])
    expect(needsOf('keyword_extraction')).toEqual(['market_sentiment'])
  })

  it('an agent that fails harms the decision only where nothing can be decided without it', () => {
    const required = planFor('balanced').steps.filter(({ optional }) => !optional)
    expect(required.map(({ id }) => id)).toEqual(['validate', 'propose', 'decide', 'review', 'execute'])
  })

  it('the same goal gives the same plan, another profile another one', () => {
    expect(planFor('balanced')).toEqual(planFor('balanced'))
    expect(new Set(profileNames.map((name) => planFor(name).hash)).size).toBe(3)
  })

  it('a task that is not defined is named, with those that are', () => {
    const { balanced } = shippedPlanning.profiles
    const profiles = { ...shippedPlanning.profiles, balanced: { ...balanced, tasks: ['astrology'] } }
    expect(() => decidePlan('plan_1', goal, { ...shippedPlanning, profiles }, sha256)).toThrow(
      expect.objectContaining({ code: 'PROFILE_UNKNOWN_TASK', message: expect.stringContaining('"astrology"') }),
    )
  })
})
