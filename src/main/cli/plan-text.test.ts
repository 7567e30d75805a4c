import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decidePlan } from '#engine/desk/planning/decide-plan.ts'
import { learnedEstimates } from '#engine/desk/planning/estimates.ts'
import { sha256 } from '#main/compose/system.ts'
import { readConfig } from '#main/config/config.ts'
import { type ProfileName, planningConfigSchema, profileNames } from '#shared/domain/profile.ts'
import type { Goal } from '#shared/domain/run.ts'
import { describePlan, ganttBar, planText, readGoal } from './plan-text.ts'
import type { Terminal } from './terminal.ts'

const same = (text: string) => text
const paint = { strong: same, faint: same, good: same, bad: same, warn: same }
const wide: Terminal = { columns: 100, rows: 0, paint }

const planning = readConfig('planning.yaml', planningConfigSchema, undefined).value
const goalOf = (profile: ProfileName): Goal => ({ instrument: 'BTC/USDT', profile, policy: 'weighted' })
const decidedOf = (profile: ProfileName) => decidePlan('plan', goalOf(profile), planning, sha256)
const described = (profile: ProfileName) => describePlan(goalOf(profile), decidedOf(profile))

describe('the plan of a profile', () => {
  it.each([
    ['conservative', 8, 0.23, 155, 45],
    ['balanced', 6, 0.19, 125, 45],
    ['aggressive', 5, 0.15, 100, 35],
  ] as const)(
    '%s has %i tasks, costs %f USD, takes %i s in a row and %i s in parallel',
    (profile, tasks, usd, sequential, parallel) => {
      const plan = described(profile)
      expect(plan.tasks).toHaveLength(tasks)
      expect(plan.estimate).toEqual({ usd, seconds: { sequential, parallel, lowerBound: parallel } })
      expect(plan.status).toBe('optimal')
      expect(plan.speedup).toBeCloseTo(sequential / parallel, 12)
    },
  )

  it.each(profileNames)('%s starts no task before those that it needs have ended', (profile) => {
    const { tasks, executionOrder } = described(profile)
    const ends = new Map(tasks.map(({ id, start, seconds }) => [id, start + seconds]))
    for (const { after, start } of tasks) {
      for (const need of after) expect(start).toBeGreaterThanOrEqual(ends.get(need) ?? Number.POSITIVE_INFINITY)
    }
    expect(executionOrder.flat().toSorted()).toEqual(tasks.map(({ id }) => id).toSorted())
  })

  it('says the proof, the limit and what follows', () => {
    const text = planText(goalOf('balanced'), decidedOf('balanced'), wide)
    expect(text).toContain('no schedule with 3 slots is shorter: the lower bound is 45 s')
    expect(text).toContain('$0.19 of at most $0.30')
    expect(text).toContain('6; 3 of critical priority, 2 on the critical path')
    expect(text).toContain('Debate, round 2 (×2)')
    expect(text).toContain('Keyword extraction, after Market sentiment')
  })

  it('says of what was learned from how many runs, beside what is configured', () => {
    const at = Date.UTC(2026, 0, 1)
    const attempts = Array.from({ length: 12 }, (_, index) => ({
      task: 'market_sentiment',
      source: 'news+social+fear_greed',
      at: at - index * 60_000,
      succeeded: index > 0,
      seconds: 10 + index / 10,
      usd: 0.05,
    }))
    const learned = decidePlan('plan', goalOf('balanced'), planning, sha256, {
      estimateOf: learnedEstimates(attempts, at),
    })
    const text = planText(goalOf('balanced'), learned, { ...wide, columns: 200 }, decidedOf('balanced'))
    expect(text).toMatch(/Market sentiment .*learned from 12 runs: [\d.]+ to [\d.]+ s, \d+ % succeed/)
    expect(text).toMatch(/Technical analysis .*as configured/)
    expect(text).toMatch(/as configured +\$0\.19, 125 s one after another, 45 s in parallel/)
    const { tasks, estimate, configured } = describePlan(goalOf('balanced'), learned, decidedOf('balanced'))
    expect(tasks.find(({ id }) => id === 'market_sentiment')?.learned).toMatchObject({ attempts: 12 })
    expect(estimate.seconds.sequential).toBeLessThan(125)
    expect(configured?.seconds.sequential).toBe(125)
    expect(planText(goalOf('balanced'), decidedOf('balanced'), wide)).not.toContain('as configured')
  })

  it.each(profileNames)('%s claims no proof that the scheduler does not have', (profile) => {
    const decided = decidedOf(profile)
    const { schedule } = decided
    const text = planText(goalOf(profile), { ...decided, schedule: { ...schedule, status: 'feasible' } }, wide)
    expect(text).toContain('not proved the shortest')
  })
})

describe('the Gantt chart', () => {
  it.each(profileNames)('%s draws a bar for each task that ends within 60 columns', (profile) => {
    const { tasks, estimate } = described(profile)
    const { parallel } = estimate.seconds
    const bars = tasks.map((task) => ganttBar(task, { parallel, width: 60, fill: '#' }))
    expect(Math.max(...bars.map((bar) => bar.length))).toBe(60)
    expect(bars.every((bar) => bar.includes('#'))).toBe(true)
  })

  it('never draws past the width, nor a task without a mark', () => {
    const times = fc.record({ start: fc.nat(500), seconds: fc.integer({ min: 1, max: 500 }), rest: fc.nat(500) })
    fc.assert(
      fc.property(times, fc.integer({ min: 10, max: 60 }), ({ start, seconds, rest }, width) => {
        const bar = ganttBar({ start, seconds }, { parallel: start + seconds + rest, width, fill: '#' })
        expect(bar).toMatch(/^ *#+$/)
        expect(bar.length).toBeLessThanOrEqual(width)
      }),
    )
  })

  it.each([60, 80, 140])('keeps its lines within a terminal of %i columns', (columns) => {
    const text = planText(goalOf('conservative'), decidedOf('conservative'), { ...wide, columns })
    const bars = text.split('\n').filter((line) => /[█▒]$/.test(line))
    expect(bars).toHaveLength(8)
    expect(Math.max(...bars.map((line) => line.length))).toBeLessThanOrEqual(columns)
  })
})

describe('a goal', () => {
  it.each(['research BTC/USDT', 'Decide on btc-usdt', 'BTCUSDT', '  research   BTC/USDT '])(
    '"%s" is about BTC/USDT',
    (text) => {
      expect(readGoal(text)).toBe('BTC/USDT')
    },
  )

  it('may name an instrument without a quote currency', () => {
    expect(readGoal('research spy')).toBe('SPY')
  })

  it.each(['', 'research', 'decide on', 'buy BTC/USDT', 'research BTC/USDT and ETH/USDT'])(
    '"%s" is unknown',
    (text) => {
      expect(() => readGoal(text)).toThrow(expect.objectContaining({ code: 'GOAL_UNKNOWN' }))
    },
  )
})
