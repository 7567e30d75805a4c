import { describe, expect, it } from 'vitest'
import { describeSeeds } from '#main/cli/simulate.ts'
import { readConfig } from '#main/config/config.ts'
import { shortPlanning } from '#main/simulation/planning.ts'
import { type SeedsSummary, simulateSeeds } from '#main/simulation/simulate-seeds.ts'
import { planningConfigSchema } from '#shared/domain/profile.ts'

const planning = shortPlanning(readConfig('planning.yaml', planningConfigSchema, undefined).value)
const seeds = 16
/** Where all that is to be met below is met within so few. */
const from = 67

describe('the simulated desk', () => {
  let first: SeedsSummary | undefined

  it('RT-6 keeps every invariant under faults, and comes to rest without them', { timeout: 120_000 }, async () => {
    first = await simulateSeeds({ from, seeds, planning })
    expect(first.failures, describeSeeds(first)).toEqual([])
  })

  it('RT-3 writes the same journals, byte for byte, from the same seeds', { timeout: 120_000 }, async () => {
    const again = await simulateSeeds({ from, seeds, planning })
    expect(again.digest).toBe(first?.digest)
    expect(again.counts).toEqual(first?.counts)
  })

  it('RT-4 RT-5 meets crashes, stops, lost and doubled messages, liars, and trades all the same', () => {
    const met = first?.counts ?? {}
    for (const what of [
      'orders sent',
      'sold short on a decision',
      'fills',
      'fills told twice',
      'messages lost',
      'links lost',
      'crashes',
      'closed',
      'clock jumps',
      'suspensions',
      'agents lied',
      'stops of level 1',
      'stops of level 2',
      'stops of level 3',
      'stops from outside',
      're-armed',
      'reviewOpened',
      'reviewApproved',
      'reviewExpired',
      'runs completed',
      'runs cancelled',
      'runs resumed',
      'denied TRADING_HALTED',
      'denied STOPPED_SINCE_DECISION',
      'denied TRADING_STATE_REDUCING',
    ]) {
      expect(met[what] ?? 0, what).toBeGreaterThan(0)
    }
  })

  it('gives other journals from other seeds', { timeout: 60_000 }, async () => {
    const other = await simulateSeeds({ from: 1_001, seeds: 1, planning })
    const same = await simulateSeeds({ from: 1, seeds: 1, planning })
    expect(other.digest).not.toBe(same.digest)
  })
})
