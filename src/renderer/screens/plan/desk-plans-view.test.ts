import { describe, expect, it } from 'vitest'
import { draftPlan } from '#engine/desk/plans/plan-making.ts'
import type { PlanView } from '#shared/contract/plans.ts'
import { defaultSettings } from '#shared/domain/settings.ts'
import { deadlineWords, mayVote, sortPlans } from './desk-plans-view.ts'

const made = { id: 'plan_1', at: 0, by: { kind: 'human', id: 'trader' } as const }
const plan = (about: Partial<PlanView> = {}): PlanView => ({
  ...draftPlan({ instrument: 'BTC/USDT' }, undefined, defaultSettings, made),
  leftMs: null,
  conflicts: 0,
  ...about,
})

describe('a plan in the list', () => {
  it('counts down to the deadline that comes next, and never below zero', () => {
    const voting = plan({ state: 'voting', leftMs: 30_000 })
    expect(deadlineWords(voting, 5_000)).toBe('25 s to vote')
    expect(deadlineWords(voting, 90_000)).toBe('0 ms to vote')
  })

  it('says what became of it where no deadline runs', () => {
    expect(deadlineWords(plan({ state: 'rejected', reason: 'hold has 70 %.' }), 0)).toBe('hold has 70 %.')
    expect(deadlineWords(plan({ called: false }), 0)).toBe('waiting to be started')
  })

  it('stands before those that have ended while it is open', () => {
    const ended = plan({ id: 'a', state: 'completed' })
    const open = plan({ id: 'b', state: 'voting' })
    expect(sortPlans([ended, open]).map(({ id }) => id)).toEqual(['b', 'a'])
  })

  it('has the trader vote only where the trader takes part, and only while it is voted on', () => {
    const participants = [{ voter: 'trader' as const, weight: 1 }]
    expect(mayVote(plan({ state: 'voting', participants }))).toBe(true)
    expect(mayVote(plan({ state: 'voting' }))).toBe(false)
    expect(mayVote(plan({ state: 'approved', participants }))).toBe(false)
  })
})
