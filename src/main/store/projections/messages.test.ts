import { expect, it } from 'vitest'
import type { DeskEvent } from '#shared/domain/event.ts'
import { openJournal } from '#store/journal.ts'
import { journalOptions } from '#test/builders/journal.ts'
import { createQueries, deskProjections } from './index.ts'

async function deskWith(...events: readonly DeskEvent[]) {
  const journal = openJournal(journalOptions({ projections: deskProjections }))
  for (const event of events) await journal.append({ ...event, actor: { kind: 'system', id: 'desk' } })
  return createQueries(journal.database)
}

it('messages come after a cursor, in the order in which they were said', async () => {
  const said = (id: string, runId: string): DeskEvent => ({
    kind: 'messagePosted',
    data: {
      message: {
        id,
        runId,
        at: 1,
        agent: 'bull',
        kind: 'thought',
        text: id,
        confidence: null,
        evidence: [],
        replyTo: null,
      },
    },
  })
  const queries = await deskWith(said('z', 'run_1'), said('x', 'run_2'), said('b', 'run_1'), said('a', 'run_1'))
  const ids = (after: string | undefined, limit: number) =>
    queries.listMessages('run_1', after, limit).map(({ id }) => id)
  expect([ids(undefined, 9), ids('z', 1), ids('b', 9), ids('a', 9)]).toEqual([['z', 'b', 'a'], ['b'], ['a'], []])
  expect(() => ids('x', 9)).toThrowError(expect.objectContaining({ code: 'MESSAGE_NOT_FOUND' }))
})
