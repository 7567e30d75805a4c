import { describe, expect, it } from 'vitest'
import type { Feed } from '#engine/ports/feed.ts'
import { createVirtualClock } from '#shared/lib/virtual-clock.ts'
import type { StoreJournal } from '#store/journal.ts'
import { deskKernel, goal } from '#test/builders/desk-kernel.ts'
import { deskWithSources, refusing, type Ways } from '#test/builders/slow-sources.ts'
import { pass, passUntil, settle } from '#test/builders/virtual-time.ts'

const trader = { kind: 'human', id: 'trader' } as const
/** On-chain metrics fail at once, and are stood in for; keywords do not fit before the deadline, and are left out. */
const ways: Ways = {
  news: 20,
  onchain: refusing,
  coingecko: refusing,
  historical_data: 15,
  macro_data: 12,
  orderbook: 5,
}
/** With a little to spare: what a desk has lost by dying, it may have to leave out. */
const about = { ...goal, deadlineSeconds: 42 }

const stepOf = (record: { kind: string; data: unknown }) => (record.data as { stepId?: string }).stepId ?? ''
const ofKind = <Record extends { kind: string }>(records: readonly Record[], kind: string) =>
  records.filter((record) => record.kind === kind)

/** The same prices whenever: what differs then is the desk's doing alone. */
const stillPrices = (feed: Feed): Feed => {
  const first = new Map(feed.instruments().map(({ id }) => [id, feed.quote(id)]))
  return { ...feed, quote: (instrument) => first.get(instrument) }
}

async function decidedAlone() {
  const desk = deskWithSources({ ways, wrapFeed: stillPrices })
  await desk.start()
  const run = await settle(desk.clock, desk.kernel.runs.start(about, trader))
  const memory = await settle(desk.clock, run.ended)
  return { memory, records: desk.records }
}

/** What is durable of a desk that died, as the next one finds it. */
async function journalLeft(
  records: readonly { kind: string }[],
  nowMs: number,
): Promise<[StoreJournal, ReturnType<typeof createVirtualClock>]> {
  const clock = createVirtualClock(nowMs)
  const { journal } = deskKernel({ clock })
  for (const record of records) {
    const { kind, data, actor, correlationId } = record as never as Record<string, unknown>
    void journal.append({ kind, data, actor, ...(correlationId !== null && { correlationId }) } as never)
  }
  await settle(clock, journal.settled())
  return [journal, clock]
}

describe('HO-15 a run that is killed and taken up again, with replanning on', async () => {
  const alone = await decidedAlone()
  const ends = alone.records.filter(({ kind }) => /^step(Succeeded|Failed|Skipped)$/.test(kind)).length

  it('is replanned when nobody kills it: what is to be survived is there', () => {
    const changes = alone.memory.replans.flatMap((replan) => replan.changes.map(({ kind }) => kind))
    expect(new Set(changes)).toEqual(new Set(['replaced', 'dropped']))
    expect(ends).toBeGreaterThan(20)
  })

  it.each(Array.from({ length: ends - 1 }, (_, index) => index + 1))(
    'after %i steps have ended: the same decision, no step twice, no order twice, no more replans than allowed',
    async (count) => {
      const dead = deskWithSources({ ways, wrapFeed: stillPrices })
      await dead.start()
      const { runId } = await settle(dead.clock, dead.kernel.runs.start(about, trader))
      const ended = () => dead.records.filter(({ kind }) => /^step(Succeeded|Failed|Skipped)$/.test(kind)).length
      await passUntil(dead.clock, () => ended() >= count)
      const before = dead.journal.read(0, 10_000)
      const [journal, clock] = await journalLeft(before, dead.clock.now())
      const desk = deskWithSources({ ways, wrapFeed: stillPrices, journal, clock })
      await desk.start()
      await settle(clock, desk.kernel.runs.drained())
      await pass(clock, 100)

      const run = desk.queries.getRun(runId)
      expect(run?.status).toBe('completed')
      const all = journal.read(0, 10_000)
      const { decision } = desk.queries.getVote(runId)
      const { decision: expected } = alone.memory
      expect([decision?.status, decision?.action]).toEqual([expected?.status, expected?.action])
      expect(new Map(run?.steps.map(({ id, state }) => [id, state]))).toEqual(
        new Map(alone.memory.trace.steps.map(({ id, state }) => [id, state])),
      )
      const done = ofKind(all, 'stepSucceeded').map(stepOf)
      expect(new Set(done).size).toBe(done.length)
      const finishedBefore = new Set(ofKind(before, 'stepSucceeded').map(stepOf))
      for (const record of ofKind(desk.records, 'stepStarted')) expect(finishedBefore).not.toContain(stepOf(record))
      expect(ofKind(all, 'orderSubmitted').length).toBe(ofKind(alone.records, 'orderSubmitted').length)
      expect(ofKind(all, 'planReplanned')).toHaveLength(alone.memory.replans.length)
    },
  )
})

describe('HO-15 a paused run', () => {
  it('stays paused when its process dies, until the trader lets it go on', async () => {
    const first = deskWithSources({ ways: { news: 10 }, wrapFeed: stillPrices })
    await first.start()
    const { runId } = await settle(first.clock, first.kernel.runs.start(goal, trader))
    await pass(first.clock, 1_000)
    await settle(first.clock, first.kernel.runs.pause(runId, 'The phone.', trader))
    const [journal, clock] = await journalLeft(first.records, first.clock.now())
    const next = deskWithSources({ ways: { news: 10 }, wrapFeed: stillPrices, journal, clock })
    await next.start()
    await pass(clock, 60_000)
    expect(ofKind(next.records, 'stepStarted')).toEqual([])
    await settle(clock, next.kernel.runs.unpause(runId, trader))
    await settle(clock, next.kernel.runs.drained())
    await pass(clock, 100)
    expect(next.queries.getRun(runId)?.status).toBe('completed')
  })
})
