import type { Broker, OrderReport } from '#engine/ports/broker.ts'
import { applyToBook, bookToJson, emptyBook } from '#engine/trading/positions/book.ts'
import { canonicalJson } from '#shared/lib/canonical-json.ts'
import { type Clock, sleep } from '#shared/lib/clock.ts'
import { openDatabase } from '#store/open-database.ts'
import { deskProjections } from '#store/projections/index.ts'
import type { Quiescence } from './observation.ts'
import type { DeskProcess } from './process.ts'

const everything = 1_000_000

/** Gathers what can be seen once nothing goes wrong any more: at the broker, in the desk's lists, in its journal. */
export async function gatherQuiescence(
  { kernel, journal, queries }: DeskProcess,
  broker: Broker,
  clock: Clock,
  rearmRefused: string | undefined,
): Promise<Quiescence> {
  const orders: OrderReport[] = []
  for (const { clientOrderId } of queries.listOrders(undefined, everything)) {
    const report = await insist(clock, () => broker.query(clientOrderId))
    if (report !== undefined) orders.push(report)
  }
  const known = new Set(orders.map(({ clientOrderId }) => clientOrderId))
  orders.push(
    ...(await insist(clock, () => broker.openOrders())).filter(({ clientOrderId }) => !known.has(clientOrderId)),
  )
  const fills = await insist(clock, () => broker.fills(0))
  const funding = await insist(clock, async () => (await broker.funding?.(0)) ?? [])
  const verification = await journal.verify()
  // From here on in one turn: nothing may come between the desk and its records.
  await journal.settled()
  const replayed = emptyBook()
  const liquidated = new Set<string>()
  journal.replay(0, (record) => {
    applyToBook(replayed, record, record.at)
    if (record.kind === 'positionLiquidated') liquidated.add(record.data.fill.tradeId)
  })
  return {
    orders,
    fills,
    funding,
    listedFunding: queries.listFunding(everything),
    liquidated,
    listedOrders: queries.listOrders(undefined, everything),
    parents: queries.listParentOrders(undefined, everything),
    listedFills: queries.listFills(undefined, everything),
    working: [...kernel.book.orders.values()],
    positions: new Map([...kernel.book.positions].map(([instrument, { quantity }]) => [instrument, quantity])),
    activeRuns: kernel.runs.active().map(({ runId }) => runId),
    rearmRefused,
    verification: verification.status === 'verified' ? 'verified' : `broken at ${verification.firstBadSeq}`,
    differingTables: differingTables(journal),
    book: canonicalJson(bookToJson(kernel.book)),
    replayedBook: canonicalJson(bookToJson(replayed)),
  }
}

/** Asks until there is an answer: a last break of the link may have been under way. */
async function insist<T>(clock: Clock, ask: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await ask()
    } catch {
      await sleep(clock, 1_000)
    }
  }
}

/** Builds every projection anew from the journal and compares its tables with the desk's. */
function differingTables(journal: DeskProcess['journal']): string[] {
  const anew = openDatabase(':memory:', 'NORMAL')
  try {
    for (const { schema } of deskProjections) anew.exec(schema)
    const applies = deskProjections.map(({ prepare }) => prepare(anew))
    journal.replay(0, (record) => {
      for (const apply of applies) apply(record)
    })
    return deskProjections
      .flatMap(({ tables }) => tables)
      .filter((table) => {
        const [here, there] = [journal.database, anew].map((database) => {
          const rows = database.prepare(`SELECT * FROM ${table}`).raw().all()
          return JSON.stringify(rows.map((row) => JSON.stringify(row)).toSorted())
        })
        return here !== there
      })
  } finally {
    anew.close()
  }
}
