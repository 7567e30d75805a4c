import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { DeskEvent } from '#shared/domain/event.ts'
import { decimal } from '#shared/lib/decimal.ts'
import { openJournal } from '#store/journal.ts'
import { anyBallot, anyOutcome, anyProposal } from '#test/builders/events.ts'
import { journalOptions } from '#test/builders/journal.ts'
import { createQueries, deskProjections } from './index.ts'

async function deskWith(...events: readonly DeskEvent[]) {
  const journal = openJournal(journalOptions({ projections: deskProjections }))
  for (const event of events) await journal.append({ ...event, actor: { kind: 'system', id: 'desk' } })
  return createQueries(journal.database)
}

it('a vote holds each proposal as last revised, every ballot, and the last tally, decision and outcome', async () => {
  const [proposal] = fc.sample(anyProposal, { numRuns: 1, seed: 1 })
  const [ballot] = fc.sample(anyBallot, { numRuns: 1, seed: 1 })
  const [outcome] = fc.sample(anyOutcome, { numRuns: 1, seed: 1 })
  if (proposal === undefined || ballot === undefined || outcome === undefined) throw new Error('nothing to vote on')
  const runId = 'run_1'
  const first = { ...proposal, runId, id: 'pro_1' }
  const second = { ...proposal, runId, id: 'pro_2' }
  const revised = { ...first, quantity: decimal('0.5') }
  const ballots = ['bal_1', 'bal_2'].map((id) => ({ ...ballot, id }))
  const empty = { proposals: [], ballots: [], tally: null, decision: null, outcome: null }
  const queries = await deskWith(
    { kind: 'proposalMade', data: { proposal: first } },
    { kind: 'proposalMade', data: { proposal: second } },
    { kind: 'proposalRevised', data: { proposal: revised, why: 'too large' } },
    ...ballots.map((one): DeskEvent => ({ kind: 'ballotCast', data: { runId, ballot: one } })),
    { kind: 'outcomeMeasured', data: { outcome: { ...outcome, runId, lessons: ['first'] } } },
    { kind: 'outcomeMeasured', data: { outcome: { ...outcome, runId, lessons: ['second'] } } },
  )
  expect(queries.getVote(runId)).toEqual({
    ...empty,
    proposals: [revised, second],
    ballots,
    outcome: { ...outcome, runId, lessons: ['second'] },
  })
  expect(queries.getVote('run_9')).toEqual(empty)
})
