import { describe, expect, it } from 'vitest'
import { sha256 } from '#main/compose/system.ts'
import type { StepProgress, StepState } from '#shared/domain/plan.ts'
import { goal, shippedPlanning } from '#test/builders/desk-kernel.ts'
import { decidePlan } from './decide-plan.ts'
import { goalStates } from './goal-states.ts'

const { plan } = decidePlan('plan_1', goal, shippedPlanning, sha256)
const decision = 'a decision on BTC/USDT'

/** How it stands when the steps named are so and all others are as said. */
function statesWith(others: StepState, named: Readonly<Record<string, Partial<StepProgress>>>) {
  const progress = plan.steps.map(
    ({ id }): StepProgress => ({
      id,
      state: others,
      attempt: others === 'pending' ? 0 : 1,
      startedAt: null,
      endedAt: null,
      usd: 0,
      reason: null,
      ...named[id],
    }),
  )
  return new Map(goalStates(plan, progress).map(({ goal: name, ...state }) => [name, state]))
}

describe('the goals of a run', () => {
  it('are open while they can be reached, and reached once a step that gives them is done', () => {
    for (const { state } of statesWith('pending', {}).values()) expect(state).toBe('open')
    for (const { state } of statesWith('succeeded', {}).values()) expect(state).toBe('reached')
    expect(statesWith('pending', { decide: { state: 'succeeded' } }).get(decision)?.state).toBe('reached')
  })

  it('a missed one is traced back to the step where it went wrong, past those that it took with it', () => {
    const taken = { state: 'skipped', attempt: 0, reason: 'It needs step "propose", which failed.' } as const
    const after = ['risk', 'decide', 'review', 'execute', 'evaluate']
    const ballots = plan.steps.flatMap(({ id }) => (id.startsWith('ballot-') ? [id] : []))
    const states = statesWith('succeeded', {
      propose: { state: 'failed', reason: 'The strategist proposed nothing.' },
      ...Object.fromEntries([...after, ...ballots].map((id) => [id, taken])),
    })
    expect(states.get(decision)).toMatchObject({ state: 'missed', causes: ['propose'] })
    expect(states.get(decision)?.why).toBe(
      `The goal ${decision} was missed because Propose, which should have provided a proposal, failed. The strategist proposed nothing.`,
    )
  })

  it('research that failed misses its own goal and no other: the rest goes on without it', () => {
    const states = statesWith('succeeded', { onchain_metrics: { state: 'failed', reason: 'It wants a key.' } })
    const missed = [...states].filter(([, { state }]) => state === 'missed')
    expect(missed.map(([name]) => name)).toEqual(['enough on onchain metrics to act without the trader'])
    expect(missed[0]?.[1]).toMatchObject({ causes: ['onchain_metrics'], why: expect.stringContaining('wants a key') })
  })

  it('a run that was cancelled misses what it had not reached, at the steps that were cut off', () => {
    const states = statesWith('cancelled', { decide: { state: 'succeeded', attempt: 1 } })
    expect(states.get(decision)?.state).toBe('reached')
    expect([...states.values()].filter(({ state }) => state === 'missed').length).toBeGreaterThan(0)
  })

  it('of a plan that does not say what it is for, nothing is said', () => {
    const { causes: _causes, ...older } = plan
    expect(goalStates(older, [])).toEqual([])
  })
})
