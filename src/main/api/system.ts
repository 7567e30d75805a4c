import { implement } from '@orpc/server'
import { viewRecords } from '#engine/desk/reports/view-records.ts'
import { contract } from '#shared/contract/index.ts'
import { type Noun, nouns } from '#shared/contract/system.ts'
import { nounsOf } from './changes.ts'
import type { CallContext } from './desk.ts'
import type { ApiParts } from './parts.ts'
import { atPace } from './stream-pace.ts'

const longestCatchUp = 500

/** The desk's status, its changes as they come, its agents. */
export function systemRoutes({ kernel, journal, bus, clock, status, queries, feed }: ApiParts) {
  const os = implement(contract.system).$context<CallContext>()
  return {
    status: os.status.handler(() => status()),
    watch: os.watch.handler(async function* ({ input, signal }) {
      let seq = input.after ?? journal.head().size
      const changed = new Set<Noun>()
      const missed = journal.read(seq, longestCatchUp + 1)
      if (missed.length > longestCatchUp) for (const noun of nouns) changed.add(noun)
      else for (const { kind } of missed) for (const noun of nounsOf(kind)) changed.add(noun)
      seq = journal.head().size
      yield* atPace(
        clock,
        { gapMs: 100, restMs: 500 },
        (tell) =>
          journal.onCommit((records) => {
            for (const record of records) {
              for (const noun of nounsOf(record.kind)) changed.add(noun)
              seq = Math.max(seq, record.seq)
            }
            tell()
          }),
        () => {
          const change = { seq, nouns: [...changed], status: status() }
          changed.clear()
          return change
        },
        signal,
      )
    }),
    agents: os.agents.handler(() => kernel.roster.health()),
    viewRecords: os.viewRecords.handler(() => viewRecords(queries, feed, clock.now())),
    deadLetters: os.deadLetters.handler(() =>
      bus.deadLetters().map(({ letter, error, at }) => ({
        id: letter.id,
        topic: letter.topic,
        at,
        attempts: letter.attempt,
        error,
        body: letter.body,
      })),
    ),
  }
}
