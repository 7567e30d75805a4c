import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sha256 } from '#main/compose/system.ts'
import { type PlanningConfig, type ProfileName, profileNames, taskPriorities } from '#shared/domain/profile.ts'
import type { Goal } from '#shared/domain/run.ts'
import { goal, shippedPlanning } from '#test/builders/desk-kernel.ts'
import { voters } from './decide-domain.ts'
import { decidePlan } from './decide-plan.ts'
import { canBeLeftOut } from './decide-terms.ts'

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
    // The keywords are drawn from what was said of the market: who waits for them waits for that too.
    const last = shippedPlanning.profiles.balanced.tasks.filter((name) => name !== 'market_sentiment')
    expect(needsOf('validate')).toEqual(last.toSorted())
    for (const seat of voters) expect(needsOf(`ballot-${seat}`)).toEqual(['risk'])
    expect(needsOf('decide')).toEqual(voters.map((seat) => `ballot-${seat}`).toSorted())
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

  it.each([
    [
      'is not defined',
      ['astrology'],
      /find out\(astrology\) needs a definition of "astrology", in method side by side/,
    ],
    ['builds on itself', ['egg', 'hen'], /research\(hen\) needs the findings on egg, in method from its sources/],
  ])('a task that %s: the task, the condition and the method are told', (_what, tasks, message) => {
    const momentum = shippedPlanning.tasks['momentum']
    if (momentum === undefined) throw new Error('There is no such task.')
    const { balanced } = shippedPlanning.profiles
    const config: PlanningConfig = {
      ...shippedPlanning,
      tasks: { ...shippedPlanning.tasks, egg: { ...momentum, after: ['hen'] }, hen: { ...momentum, after: ['egg'] } },
      profiles: { ...shippedPlanning.profiles, balanced: { ...balanced, tasks } },
    }
    expect(() => decidePlan('plan_1', goal, config, sha256)).toThrow(
      expect.objectContaining({ code: 'PLAN_NOT_FOUND', message: expect.stringMatching(message) }),
    )
  })

  it('what a step is there for and what falls with it follow from what the steps need', () => {
    const { reasons = {} } = planFor('balanced')
    expect(reasons['keyword_extraction']).toEqual({
      why: 'Keyword extraction is here to provide the findings on keyword extraction for Validate the dossier, which in the end serves a decision on BTC/USDT and a measured outcome.',
      falls: 'If Keyword extraction fails, nothing else falls. Validate the dossier goes on without it.',
    })
    expect(reasons['onchain_metrics']?.falls).toBe(
      'If On-chain metrics fails, the goal enough on onchain metrics to act without the trader will be missed. Validate the dossier goes on without it.',
    )
    expect(reasons['decide']?.falls).toBe(
      'If Count the votes fails, Ask the trader where it must, Carry it out and Measure the outcome cannot be done, and the goals a decision on BTC/USDT and a measured outcome will be missed.',
    )
  })
})

describe('what the trader chooses', () => {
  const planWith = (about: Partial<Goal>) => decidePlan('plan_1', { ...goal, ...about }, shippedPlanning, sha256).plan

  it('is done without what is left out, on as many slots as it says', () => {
    const { steps, slots, estimate } = planWith({ leaveOut: ['historical_patterns', 'keyword_extraction'], slots: 2 })
    const research = steps.filter(({ action }) => action === 'research').map(({ id }) => id)
    expect(research).toEqual(['market_sentiment', 'onchain_metrics', 'technical_analysis', 'macro_factors'])
    expect(slots).toEqual({ research: 2 })
    expect(estimate.seconds).toEqual({ sequential: 85, parallel: 45, lowerBound: 45 })
  })

  it.each([
    ['market_sentiment', /it is critical/],
    ['momentum', /the balanced profile does not run it/],
    ['astrology', /the balanced profile does not run it/],
  ])('cannot be done without %s', (task, why) => {
    expect(() => planWith({ leaveOut: [task] })).toThrow(
      expect.objectContaining({ code: 'TASK_NOT_OPTIONAL', message: expect.stringMatching(why) }),
    )
  })

  it('gives a plan without circles, whose schedule keeps to the needs and the slots, whatever it is', () => {
    const optional = shippedPlanning.profiles.conservative.tasks.filter((name) =>
      canBeLeftOut(shippedPlanning.tasks[name]),
    )
    const choice = fc.record({
      leaveOut: fc.subarray(optional),
      slots: fc.integer({ min: 1, max: 8 }),
      enabled: fc.boolean(),
    })
    fc.assert(
      fc.property(choice, ({ enabled, ...about }) => {
        const config = { ...shippedPlanning, enabled }
        const { plan } = decidePlan('plan_1', { ...goal, profile: 'conservative', ...about }, config, sha256)
        expect(plan.steps.filter(({ action }) => action === 'research')).toHaveLength(8 - about.leaveOut.length)
        // Steps stand in an order in which they can be done, which a circle would make impossible.
        const ends = new Map<string, number>()
        for (const { id, needs, estimate } of plan.steps) {
          const start = plan.starts[id] ?? -1
          for (const need of needs) expect(start).toBeGreaterThanOrEqual(ends.get(need) ?? Number.POSITIVE_INFINITY)
          ends.set(id, start + estimate.seconds)
        }
        for (const at of Object.values(plan.starts)) {
          const running = plan.steps.filter(
            ({ id, slots }) => slots['research'] === 1 && (plan.starts[id] ?? 0) <= at && at < (ends.get(id) ?? 0),
          )
          expect(running.length).toBeLessThanOrEqual(enabled ? about.slots : 1)
        }
      }),
      { numRuns: 60 },
    )
  })
})

describe('planning switched off', () => {
  it.each(profileNames)('%s runs the same tasks one after another, in order of priority', (profile) => {
    const planned = planFor(profile)
    const { plan } = decidePlan('plan_1', { ...goal, profile }, { ...shippedPlanning, enabled: false }, sha256)
    const research = plan.steps.filter(({ action }) => action === 'research')
    expect(plan.steps.map(({ id }) => id).toSorted()).toEqual(planned.steps.map(({ id }) => id).toSorted())
    const ranks = research.map(({ priority }) => taskPriorities.indexOf(priority))
    expect(ranks).toEqual(ranks.toSorted((a, b) => a - b))
    expect(research.map(({ needs }) => needs)).toEqual([[], ...research.slice(0, -1).map(({ id }) => [id])])
    expect(plan.estimate.seconds.parallel).toBe(planned.estimate.seconds.sequential)
    expect(plan.estimate.usd).toBe(planned.estimate.usd)
    expect(Object.keys(plan)).toEqual(Object.keys(planned))
  })
})
