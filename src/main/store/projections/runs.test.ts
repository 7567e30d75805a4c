import { describe, expect, it } from 'vitest'
import type { DeskEvent } from '#shared/domain/event.ts'
import { type Plan } from '#shared/domain/plan.ts'
import { openJournal } from '#store/journal.ts'
import { journalOptions } from '#test/builders/journal.ts'
import { createQueries, deskProjections } from './index.ts'

async function deskWith(...events: readonly DeskEvent[]) {
  const journal = openJournal(journalOptions({ projections: deskProjections }))
  for (const event of events) await journal.append({ ...event, actor: { kind: 'system', id: 'desk' } })
  return createQueries(journal.database)
}

function plan(...ids: readonly string[]): Plan {
  const steps = ids.map((id) => ({
    id,
    title: id,
    owner: 'researcher',
    action: 'research',
    needs: [],
    priority: 'high' as const,
    optional: false,
    sources: [],
    estimate: { seconds: 1, usd: 0 },
    timeoutMs: 1_000,
    retries: 1,
    slots: {},
  }))
  const estimate = { usd: 0, seconds: { sequential: 1, parallel: 1, lowerBound: 1 }, speedup: 1 }
  return {
    id: 'plan_1',
    goal: 'decide',
    hash: 'h',
    steps,
    slots: {},
    costLimitUsd: 1,
    estimate,
    starts: {},
    levels: [],
  }
}

const goal = { instrument: 'BTC/USDT', profile: 'balanced', policy: 'weighted' } as const
const started = (runId: string, ...steps: readonly string[]): DeskEvent => ({
  kind: 'runStarted',
  data: { runId, goal, plan: plan(...steps) },
})
const step = (stepId: string, attempt = 1) => ({ runId: 'run_1', stepId, attempt })

describe('runs', () => {
  it('show the progress, cost and end of each step', async () => {
    const queries = await deskWith(
      started('run_1', 'a', 'b', 'c', 'd'),
      { kind: 'stepStarted', data: step('a') },
      { kind: 'stepRetried', data: { ...step('a'), code: 'X', message: 'timed out', delayMs: 5 } },
      { kind: 'stepStarted', data: step('a', 2) },
      { kind: 'stepSucceeded', data: { ...step('a', 2), usd: 0.25, output: null } },
      { kind: 'stepStarted', data: step('b') },
      { kind: 'stepFailed', data: { ...step('b'), code: 'X', message: 'no answer', usd: 0.5 } },
      { kind: 'stepSkipped', data: { ...step('c'), reason: 'b failed' } },
      { kind: 'stepSucceeded', data: { ...step('a', 3), usd: 9, output: null } },
    )
    expect(queries.getRun('run_1')).toMatchObject({ status: 'running', usd: 0.75, stepsDone: 3, stepsTotal: 4 })
    expect(queries.getRun('run_1')?.steps).toMatchObject([
      { id: 'a', state: 'succeeded', attempt: 2, reason: null, usd: 0.25 },
      { id: 'b', state: 'failed', attempt: 1, reason: 'no answer', usd: 0.5 },
      { id: 'c', state: 'skipped', startedAt: null, reason: 'b failed' },
      { id: 'd', state: 'pending', attempt: 0, startedAt: null, endedAt: null },
    ])
    expect(queries.getRun('run_9')).toBeUndefined()
  })

  it('that go on after a crash start again what was under way', async () => {
    const queries = await deskWith(
      started('run_1', 'a', 'b'),
      { kind: 'stepStarted', data: step('a') },
      { kind: 'stepSucceeded', data: { ...step('a'), usd: 0, output: null } },
      { kind: 'stepStarted', data: step('b') },
      { kind: 'runResumed', data: { runId: 'run_1' } },
    )
    expect(queries.getRun('run_1')?.steps.map(({ state }) => state)).toEqual(['succeeded', 'ready'])
  })

  it('end with the words of the decision unless the end has its own, and only once', async () => {
    const decision = {
      id: 'dec_1',
      runId: 'run_1',
      at: 1,
      proposalId: null,
      action: 'hold',
      status: 'noTrade',
      rule: 'TIE',
      reason: 'It was a tie.',
      confidence: 0.5,
      agreement: 50,
      price: null,
      market: null,
      epoch: 1,
    } as const
    const ended = (runId: string, status: 'completed' | 'failed', reason: string | null): DeskEvent => ({
      kind: 'runEnded',
      data: { runId, status, reason },
    })
    const queries = await deskWith(
      started('run_1'),
      started('run_2'),
      { kind: 'decisionMade', data: { decision } },
      ended('run_1', 'completed', null),
      ended('run_1', 'failed', 'too late'),
      ended('run_2', 'failed', 'no prices'),
    )
    expect(queries.listRuns(10)).toMatchObject([
      { id: 'run_2', status: 'failed', outcome: null, reason: 'no prices' },
      { id: 'run_1', status: 'completed', outcome: 'hold', reason: 'It was a tie.' },
    ])
    expect(queries.listRuns(1).map(({ id }) => id)).toEqual(['run_2'])
  })
})
