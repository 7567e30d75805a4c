import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { goal } from '#test/builders/desk-kernel.ts'
import { temporaryHome } from '#test/builders/home.ts'
import { describeAnalysis } from './analysis.ts'
import { simulatedMarket } from './analysis-market.ts'
import { decideOnce } from './decide-once.ts'

function homeWith(text: string): string {
  const home = temporaryHome()
  writeFileSync(join(home, 'planning.yaml'), text)
  return home
}

describe('planning switched off', () => {
  it('decides one task after another, and gives a result of the same shape', async () => {
    const analyse = async (home: string | undefined) => {
      const market = simulatedMarket('BTC/USDT', 7)
      return describeAnalysis(market, 7, await decideOnce({ market, home, seed: 7, goal }))
    }
    const planned = await analyse(undefined)
    const inTurn = await analyse(homeWith('enabled: false\n'))
    expect(inTurn.run.status).toBe('completed')
    expect(shapeOf(inTurn)).toEqual(shapeOf(planned))
    expect(inTurn.plan.tasks.map(({ id }) => id).toSorted()).toEqual(planned.plan.tasks.map(({ id }) => id).toSorted())
    const research = inTurn.steps.filter(({ id }) => inTurn.plan.tasks.some((task) => task.id === id))
    const times = research.toSorted((a, b) => (a.startedAt ?? 0) - (b.startedAt ?? 0))
    for (const [index, { startedAt }] of times.entries()) {
      expect(startedAt).toBeGreaterThanOrEqual(times[index - 1]?.endedAt ?? 0)
    }
  })
})

/** The keys of tables, all the way down; of a list, those that any of its items has. Figures differ with what is found. */
function shapeOf(value: unknown, key = ''): unknown {
  if (Array.isArray(value)) return [...new Set(value.map((item) => JSON.stringify(shapeOf(item))))].toSorted()
  if (value === null || typeof value !== 'object') return 'value'
  if (key === 'figures') return 'figures'
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, item]) => [name, shapeOf(item, name)]),
  )
}
