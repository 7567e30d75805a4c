import { describe, expect, it } from 'vitest'
import type { DeskRecord } from '#engine/journal/journal.ts'
import type { Plan } from '#shared/domain/plan.ts'
import type { Proposal } from '#shared/domain/proposal.ts'
import { deskKernel, goal } from '#test/builders/desk-kernel.ts'
import { beginRunState, questionOf, type RunState, remember } from './run-state.ts'

const plan = { id: 'plan_1', steps: [], starts: {} } as unknown as Plan
const fold = (records: readonly Partial<DeskRecord>[], memory = beginRunState('run_1', goal, plan, 0)): RunState => {
  for (const record of records) remember(memory, record as DeskRecord)
  return memory
}
const evidence = (id: string, task: string, source: string) =>
  ({ kind: 'evidenceGathered', data: { evidence: { id, task, source } } }) as never
const argument = (side: 'bull' | 'bear', round: number, strength: number) =>
  ({ kind: 'argumentMade', data: { runId: 'run_1', argument: { side, round, points: [], strength } } }) as never

describe('the memory of a run', () => {
  it('folded from the journal is what the run itself remembered', async () => {
    const desk = deskKernel({ seed: 2 })
    await desk.start()
    const lived = await desk.decide()
    const [first, ...rest] = desk.journal.read(0, 1_000).filter(({ correlationId }) => correlationId === lived.runId)
    if (first?.kind !== 'runStarted') throw new Error('The first record of a run is its start.')
    const read = beginRunState(first.data.runId, first.data.goal, first.data.plan, first.at)
    expect(fold(rest, read)).toEqual(lived)
    expect(lived.steps.size).toBe(lived.plan.steps.length)
    expect(lived.ballots).toHaveLength(9)
  })

  it('a step that is done again after a restart replaces what it found and argued, and keeps the rest', () => {
    const memory = fold([
      evidence('a', 'macro', 'news'),
      evidence('b', 'macro', 'rates'),
      evidence('c', 'macro', 'news'),
      argument('bull', 1, 0.2),
      argument('bear', 1, 0.3),
      argument('bull', 2, 0.4),
      argument('bull', 1, 0.5),
    ])
    expect(memory.evidence.map(({ id }) => id)).toEqual(['b', 'c'])
    expect(memory.debate.map(({ side, round, strength }) => [side, round, strength])).toEqual([
      ['bear', 1, 0.3],
      ['bull', 2, 0.4],
      ['bull', 1, 0.5],
    ])
  })

  it('a revised proposal takes the place of the first', () => {
    const proposal = (id: string, quantity: string) => ({ id, quantity }) as Proposal
    const memory = fold([
      { kind: 'proposalMade', data: { proposal: proposal('a', '2') } } as never,
      { kind: 'proposalMade', data: { proposal: proposal('b', '3') } } as never,
      { kind: 'proposalRevised', data: { proposal: proposal('a', '1'), why: 'risk' } } as never,
    ])
    expect(memory.proposals).toEqual([proposal('a', '1'), proposal('b', '3')])
  })

  it('remembers how each step ended', () => {
    const about = { runId: 'run_1', attempt: 1 }
    const { steps } = fold([
      { kind: 'stepSucceeded', data: { ...about, stepId: 'a', usd: 0.1, output: null } } as never,
      { kind: 'stepSkipped', data: { ...about, stepId: 'b', reason: 'not needed' } } as never,
      { kind: 'stepFailed', data: { ...about, stepId: 'c', code: 'X', message: 'no', usd: 0 } } as never,
    ])
    expect(Object.fromEntries(steps)).toEqual({
      a: { usd: 0.1 },
      b: { skipped: 'not needed' },
      c: { failed: { code: 'X', message: 'no' } },
    })
  })

  it('to the vote goes the first trade that is proposed, else holding', () => {
    const proposal = (id: string, action: Proposal['action']) => ({ id, action }) as Proposal
    expect(questionOf({ proposals: [proposal('a', 'hold'), proposal('b', 'sell')] })?.id).toBe('b')
    expect(questionOf({ proposals: [proposal('a', 'hold')] })?.id).toBe('a')
    expect(questionOf({ proposals: [] })).toBeUndefined()
  })
})
