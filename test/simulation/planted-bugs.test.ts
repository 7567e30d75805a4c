import { describe, expect, it } from 'vitest'
import { describeSeeds } from '#main/cli/simulate.ts'
import { readConfig } from '#main/config/config.ts'
import { shortPlanning } from '#main/simulation/planning.ts'
import { simulateSeeds } from '#main/simulation/simulate-seeds.ts'
import { type SeedFailure, simulateSeed } from '#main/simulation/world.ts'
import { planningConfigSchema } from '#shared/domain/profile.ts'
import { assertExists } from '#shared/lib/assert.ts'
import { type PlantedBug, plantedBugs } from './planted-bugs.ts'

const planning = shortPlanning(readConfig('planning.yaml', planningConfigSchema, undefined).value)
const seeds = 200

/** The first failure of a desk with the bug; undefined when no seed finds it. */
async function firstFailure({ tamper }: PlantedBug): Promise<SeedFailure | undefined> {
  for (let seed = 1; seed <= seeds; seed++) {
    const { failure } = await simulateSeed(seed, { planning, tamper })
    if (failure !== undefined) return failure
  }
  return undefined
}

describe('RT-9 the tester is tested: a planted bug is found within 200 seeds', () => {
  it.each(plantedBugs)('$breaks finds that $name', { timeout: 120_000 }, async (bug) => {
    const failure = await firstFailure(bug)
    expect(failure?.invariant, failure?.what).toBe(bug.breaks)
  })
})

it('RT-3 a failure is told with the invariant, the step, the time, the last records and the line that replays it', async () => {
  const bug = assertExists(
    plantedBugs.find(({ breaks }) => breaks === 'I7'),
    'The bank has a bug for I7.',
  )
  const { seed } = assertExists(await firstFailure(bug), 'Some seed finds it.')
  const summary = await simulateSeeds({ from: seed, seeds: 1, planning, tamper: bug.tamper })
  const text = describeSeeds(summary)
  expect(text).toMatch(
    new RegExp(
      `^Seed ${seed} broke I7 at step \\d+, 2019-06-\\S+Z: p\\w+ left before its orderInitialized was durable\\.\\n`,
    ),
  )
  expect(summary.failures[0]?.records.length).toBeGreaterThan(0)
  expect(text).toContain(`Replay it: npm run parley -- simulate --replay ${seed}\n`)
})
