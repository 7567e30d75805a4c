import type { Step } from '#shared/domain/plan.ts'
import { ParleyError } from '#shared/lib/error.ts'

type Slots = Readonly<Record<string, number>>

/** The reusable slots of a run, by pool. */
export interface SlotPools {
  /** True when everything asked for is free. */
  readonly fits: (slots: Slots) => boolean
  readonly take: (slots: Slots) => void
  readonly give: (slots: Slots) => void
}

interface Pool {
  limit: number
  used: number
}

/** Creates the pools of a plan. Throws PLAN_INVALID when a step asks for more of a pool than there is: it could never start. */
export function createSlotPools(capacity: Slots, steps: readonly Step[]): SlotPools {
  const pools = new Map<string, Pool>()
  for (const [name, limit] of Object.entries(capacity)) pools.set(name, { limit, used: 0 })
  for (const step of steps) {
    for (const pool in step.slots) {
      const asked = step.slots[pool] as number
      const limit = pools.get(pool)?.limit ?? 0
      if (asked > limit)
        throw new ParleyError('PLAN_INVALID', `Step "${step.id}" takes ${asked} of ${pool}, and there are ${limit}.`)
    }
  }

  function move(slots: Slots, sign: 1 | -1): void {
    for (const name in slots) {
      const pool = pools.get(name)
      if (pool !== undefined) pool.used += sign * (slots[name] as number)
    }
  }

  return {
    fits(slots) {
      for (const name in slots) {
        const asked = slots[name] as number
        const pool = pools.get(name)
        if (asked > 0 && (pool === undefined || pool.used + asked > pool.limit)) return false
      }
      return true
    },
    take: (slots) => move(slots, 1),
    give: (slots) => move(slots, -1),
  }
}
