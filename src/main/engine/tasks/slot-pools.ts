import type { Step } from '#shared/domain/plan.ts'
import { ParleyError } from '#shared/lib/error.ts'

type Slots = Readonly<Record<string, number>>

/** The reusable slots of a run, by pool; a pool gives out fewer while its source says that it is asked too often. */
export interface SlotPools {
  /** True when everything asked for is free. */
  readonly fits: (slots: Slots) => boolean
  /** Takes slots; the ticket says when, as a count. */
  readonly take: (slots: Slots) => number
  readonly give: (slots: Slots) => void
  /**
   * Halves the limit of the pools after a rate-limit answer to work that took its slots with the ticket. Answers to work
   * from before the last halving say nothing new and change nothing.
   */
  readonly slowDown: (slots: Slots, ticket: number) => void
  /** Notes a good answer: as many as the limit raise it by one, up to what the plan has. */
  readonly speedUp: (slots: Slots) => void
  /** Makes room for further steps; throws PLAN_INVALID for one that could never start, and has then changed nothing. */
  readonly include: (steps: readonly Step[]) => void
  /** How many slots of each pool are given out at most now, of how many there are. */
  readonly limits: () => readonly PoolLimit[]
}

/** What a pool gives out at most now, and what the plan has. */
export interface PoolLimit {
  readonly pool: string
  readonly limit: number
  readonly most: number
}

interface Pool {
  /** What the plan has. */
  readonly most: number
  /** What one step takes at most: below it, that step could never start. */
  least: number
  limit: number
  used: number
  /** Good answers since the limit last changed. */
  good: number
  slowedAt: number
}

/**
 * Creates the pools of a plan; limits fall and rise by additive increase, multiplicative decrease (Chiu and Jain, 1989).
 * Throws PLAN_INVALID when a step asks for more of a pool than there is: it could never start.
 */
export function createSlotPools(capacity: Slots, steps: readonly Step[]): SlotPools {
  const pools = new Map<string, Pool>()
  for (const [name, most] of Object.entries(capacity))
    pools.set(name, { most, least: 1, limit: most, used: 0, good: 0, slowedAt: 0 })
  let tickets = 0
  include(steps)

  function include(more: readonly Step[]): void {
    for (const { id, slots } of more) {
      for (const name in slots) {
        const asked = slots[name] as number
        const most = pools.get(name)?.most ?? 0
        if (asked <= most) continue
        throw new ParleyError('PLAN_INVALID', `Step "${id}" takes ${asked} of ${name}, and there are ${most}.`)
      }
    }
    for (const { slots } of more) {
      each(slots, (pool, units) => {
        pool.least = Math.max(pool.least, units)
        pool.limit = Math.max(pool.limit, pool.least)
      })
    }
  }

  function each(slots: Slots, act: (pool: Pool, units: number) => void): void {
    for (const name in slots) {
      const pool = pools.get(name)
      const units = slots[name] as number
      if (pool !== undefined && units > 0) act(pool, units)
    }
  }

  return {
    fits(slots) {
      for (const name in slots) {
        const pool = pools.get(name)
        const units = slots[name] as number
        if (pool !== undefined && units > 0 && pool.used + units > pool.limit) return false
      }
      return true
    },
    take(slots) {
      each(slots, (pool, units) => {
        pool.used += units
      })
      tickets += 1
      return tickets
    },
    give(slots) {
      each(slots, (pool, units) => {
        pool.used -= units
      })
    },
    slowDown(slots, ticket) {
      each(slots, (pool) => {
        if (ticket <= pool.slowedAt) return
        pool.limit = Math.max(pool.least, Math.floor(pool.limit / 2))
        pool.good = 0
        pool.slowedAt = tickets
      })
    },
    speedUp(slots) {
      each(slots, (pool) => {
        if (pool.limit === pool.most) return
        pool.good += 1
        if (pool.good < pool.limit) return
        pool.limit += 1
        pool.good = 0
      })
    },
    include,
    limits: () => [...pools].map(([pool, { limit, most }]) => ({ pool, limit, most })),
  }
}
