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

describe('the search over everything that was ever said', () => {
  const run = (runId: string, instrument: string): DeskEvent => ({
    kind: 'runStarted',
    data: { runId, goal: { instrument, profile: 'balanced', policy: 'weighted' }, plan: plan('research') },
  })
  const said = (id: string, runId: string, agent: string, text: string): DeskEvent => ({
    kind: 'messagePosted',
    data: {
      message: { id, runId, at: 1, agent, kind: 'analysis', text, confidence: null, evidence: [], replyTo: null },
    },
  })
  const spoken = () =>
    deskWith(
      run('run_1', 'BTC/USDT'),
      run('run_2', 'ETH/USDT'),
      said('a', 'run_1', 'bear', 'Funding is stretched, and naïve longs pay for it.'),
      said('b', 'run_1', 'bull', 'The breakout holds on volume.'),
      said('c', 'run_2', 'bear', 'Funding turned; the volume is thin.'),
    )
  const nothingElse = { text: '', limit: 50 }

  it('finds words by their beginnings, without regard to case and accents, newest first', async () => {
    const queries = await spoken()
    const ids = (text: string) => queries.searchMessages({ text, limit: 50 }).map(({ message }) => message.id)
    expect(ids('FUND')).toEqual(['c', 'a'])
    expect(ids('naive')).toEqual(['a'])
    expect(ids('volume -thin')).toEqual(['b'])
    expect(ids('"longs pay"')).toEqual(['a'])
    expect(ids('nowhere')).toEqual([])
  })

  it('marks what was looked for', async () => {
    const [hit] = (await spoken()).searchMessages({ text: 'breakout', limit: 50 })
    expect(hit?.excerpt).toEqual([
      { text: 'The ', found: false },
      { text: 'breakout', found: true },
      { text: ' holds on volume.', found: false },
    ])
  })

  it('filters by agent, instrument and run, and goes on before the last hit of a page', async () => {
    const queries = await spoken()
    const ids = (about: object) => queries.searchMessages({ ...nothingElse, ...about }).map(({ message }) => message.id)
    expect([ids({ agent: 'bear' }), ids({ instrument: 'ETH/USDT' }), ids({ runId: 'run_1', agent: 'bull' })]).toEqual([
      ['c', 'a'],
      ['c'],
      ['b'],
    ])
    const [first] = queries.searchMessages({ text: 'funding', limit: 1 })
    expect(ids({ text: 'funding', before: first?.seq })).toEqual(['a'])
  })
})
