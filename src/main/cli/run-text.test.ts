import { describe, expect, it } from 'vitest'
import { decidePlan } from '#engine/desk/planning/decide-plan.ts'
import { sha256 } from '#main/compose/system.ts'
import type { RunMonitoring } from '#shared/domain/monitoring.ts'
import type { Run } from '#shared/domain/run.ts'
import { goal, shippedPlanning } from '#test/builders/desk-kernel.ts'
import { runListText, runText, stepText } from './run-text.ts'
import { describeTerminal } from './terminal.ts'

const terminal = { ...describeTerminal(), columns: 400 }
const { plan } = decidePlan('plan_1', goal, shippedPlanning, sha256)
const startedAt = Date.UTC(2026, 0, 1)
const run: Run = {
  id: 'run_1',
  goal,
  status: 'running',
  startedAt,
  endedAt: null,
  usd: 0.05,
  stepsDone: 1,
  stepsTotal: plan.steps.length,
  outcome: null,
  reason: null,
  plan,
  steps: [
    {
      id: 'onchain_metrics',
      state: 'failed',
      attempt: 1,
      startedAt: startedAt + 500,
      endedAt: startedAt + 12_300,
      usd: 0.03,
      reason: 'It wants a key.',
    },
  ],
}
const monitoring: RunMonitoring = {
  divergences: [{ at: startedAt + 20_000, triggers: [], answer: 'Nothing is left that could be changed.' }],
  replans: [],
  alerts: [
    {
      seq: 7,
      runId: 'run_1',
      instrument: goal.instrument,
      at: startedAt + 15_000,
      kind: 'cost',
      value: 0.31,
      threshold: 0.3,
      sentence: 'The run has cost $0.31, more than $0.30.',
    },
  ],
  pace: [],
  paused: null,
  forecast: { at: startedAt + 20_000, endsAt: startedAt + 52_000, usd: 0.2, hangsOn: ['keyword_extraction'] },
  goals: [
    { goal: 'a decision on BTC/USDT', state: 'open', why: null, causes: [] },
    { goal: 'enough', state: 'missed', why: 'On-chain metrics failed. It wants a key.', causes: ['onchain_metrics'] },
  ],
}

describe('a run in the terminal', () => {
  it('stands beside its plan, with what happened, when it will end, and which goals were missed', () => {
    const text = runText(run, monitoring, terminal)
    expect(text).toMatch(/On-chain metrics +researcher +failed +\d+ to \d+ s +0\.5 to 12\.3 s +\$0\.030 of \$0\.030/)
    expect(text).toContain('Expected 52 s after its start, at $0.20. That depends on Keyword extraction.')
    expect(text).toContain('Planned: 45 s after its start.')
    expect(text.indexOf('15 s, alert:')).toBeLessThan(text.indexOf('20 s, kept:'))
    expect(text).toContain('a decision on BTC/USDT: open')
    expect(text).toContain('On-chain metrics failed. It wants a key.')
  })

  it('that is paused, waits or is over says so', () => {
    const paused = { ...monitoring, paused: { at: startedAt, reason: 'The phone.' } }
    expect(runText(run, paused, terminal)).toContain('Paused: The phone.')
    const waiting = { ...monitoring, forecast: { at: startedAt, endsAt: null, usd: 0, hangsOn: [] } }
    expect(runText(run, waiting, terminal)).toContain('Waiting for the trader.')
    const over = { ...run, status: 'completed' as const, endedAt: startedAt + 44_000 }
    expect(runText(over, { ...monitoring, forecast: null }, terminal)).toContain('Ended after 44 s, at $0.05.')
  })

  it('a step says why it is there, what falls with it, and what its failure has cost', () => {
    const text = stepText(run, monitoring, 'onchain_metrics', terminal)
    expect(text).toContain('is here to provide')
    expect(text).toContain('If On-chain metrics fails')
    expect(text).toContain('failed: It wants a key.')
    expect(text).toContain('On-chain metrics failed. It wants a key.')
    expect(() => stepText(run, monitoring, 'nothing', terminal)).toThrow(
      expect.objectContaining({ code: 'STEP_NOT_FOUND' }),
    )
  })

  it('several are a table, and none is said', () => {
    expect(runListText([run], terminal)).toMatch(/run_1 +BTC\/USDT +running/)
    expect(runListText([], terminal)).toBe('No runs yet.')
  })
})
