import type { QueryClient } from '@tanstack/react-query'
import type { DeskLink } from '#renderer/client.ts'
import type { Noun, Status } from '#shared/contract/system.ts'

const flushMs = 150

/** The keys of what is fetched about each noun. */
function keysOf(orpc: DeskLink['orpc']): Record<Noun, (readonly unknown[])[]> {
  return {
    plans: [orpc.plans.list.key(), orpc.plans.get.key(), orpc.plans.schedules.key(), orpc.plans.conflicts.key()],
    runs: [orpc.runs.list.key(), orpc.runs.get.key(), orpc.runs.monitor.key(), orpc.runs.estimates.key()],
    messages: [orpc.runs.messages.key(), orpc.conversations.search.key()],
    evidence: [orpc.runs.evidence.key()],
    vote: [orpc.runs.vote.key()],
    reviews: [orpc.reviews.key()],
    memory: [orpc.memory.key()],
    orders: [
      orpc.trading.orders.key(),
      orpc.trading.working.key(),
      orpc.trading.ended.key(),
      orpc.trading.order.key(),
      orpc.trading.report.key(),
      orpc.trading.parents.key(),
      orpc.trading.parent.key(),
      orpc.trading.parentReport.key(),
      orpc.trading.fills.key(),
    ],
    positions: [orpc.trading.positions.key(), orpc.portfolio.key()],
    settings: [orpc.settings.key()],
    agents: [orpc.system.agents.key(), orpc.system.deadLetters.key(), orpc.system.viewRecords.key()],
    alerts: [orpc.alerts.list.key()],
    bars: [orpc.market.bars.key(), orpc.market.instruments.key(), orpc.market.imported.key()],
  }
}

/**
 * Fetches again what changed, each noun at most once at a time: what changes while it is being fetched is fetched once
 * more afterwards, so a busy desk never makes a backlog.
 */
export class Refresher {
  readonly #dirty = new Set<Noun>()
  readonly #busy = new Set<Noun>()
  readonly #refetch: (noun: Noun) => Promise<unknown>
  #scheduled = false

  constructor(refetch: (noun: Noun) => Promise<unknown>) {
    this.#refetch = refetch
  }

  add(nouns: readonly Noun[]): void {
    for (const noun of nouns) this.#dirty.add(noun)
    if (this.#scheduled || this.#dirty.size === 0) return
    this.#scheduled = true
    setTimeout(() => this.#flush(), flushMs)
  }

  #flush(): void {
    this.#scheduled = false
    for (const noun of this.#dirty) {
      if (this.#busy.has(noun)) continue
      this.#dirty.delete(noun)
      this.#busy.add(noun)
      void this.#refetch(noun).finally(() => {
        this.#busy.delete(noun)
        if (this.#dirty.has(noun)) this.add([noun])
      })
    }
  }
}

/** Writes a status into the cache unless a newer one is there. */
function putStatus({ orpc }: DeskLink, cache: QueryClient, status: Status): void {
  cache.setQueryData(orpc.system.status.queryKey(), (old: Status | undefined) =>
    old !== undefined && old.now > status.now && old.journalSize >= status.journalSize ? old : status,
  )
}

/** Keeps the cache as new as the desk: one subscription, resumed where it broke. Returns its stop. */
export function startLive(desk: DeskLink, cache: QueryClient): () => void {
  const { client, orpc, connection } = desk
  const stopped = new AbortController()
  const keys = keysOf(orpc)
  const refresher = new Refresher((noun) =>
    Promise.all(keys[noun].map((queryKey) => cache.invalidateQueries({ queryKey }, { cancelRefetch: false }))),
  )
  let cursor: number | undefined

  async function follow(): Promise<void> {
    const input = cursor === undefined ? {} : { after: cursor }
    for await (const change of await client.system.watch(input, { signal: stopped.signal })) {
      cursor = change.seq
      putStatus(desk, cache, change.status)
      refresher.add(change.nouns)
    }
  }

  async function run(): Promise<void> {
    let generation = connection.state.generation
    while (!stopped.signal.aborted) {
      await connection.answering()
      if (connection.state.generation !== generation && generation !== 0) void cache.invalidateQueries()
      generation = connection.state.generation
      try {
        await follow()
      } catch {
        // The wire broke; the connection says when the next one is there.
      }
      await new Promise((resolve) => setTimeout(resolve, flushMs))
    }
  }

  const disconnect = connection.start(async (signal) => {
    putStatus(desk, cache, await client.system.status(undefined, { signal }))
  })
  void run()
  return () => {
    stopped.abort()
    disconnect()
  }
}
