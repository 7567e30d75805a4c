import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { isValue } from '#engine/agents/market-read.ts'
import { createRandom } from '#shared/lib/random.ts'
import { fileMarket } from './analysis-market.ts'
import { decideOnce } from './decide-once.ts'

const dayMs = 86_400_000

/** A file of days on which double tops come again and again, each followed by a fall; the last one has just been completed. */
function fileOfDoubleTops(): string {
  const random = createRandom(3)
  const closes = [100]
  const goTo = (price: number, bars: number) => {
    const from = closes.at(-1) as number
    for (let k = 1; k <= bars; k++) closes.push(from + ((price - from) * k) / bars + 0.3 * random.normal())
  }
  for (let round = 0; round < 16; round++) {
    goTo(100 + random.int(-2, 2), 30)
    for (const price of [120, 110, 120]) goTo(price, 10)
    goTo(109, 8)
    if (round < 15) goTo(80, 24)
  }
  const rows = closes.map((close, k) => {
    const open = closes[Math.max(0, k - 1)] as number
    const [high, low] = [Math.max(open, close) + 0.2, Math.min(open, close) - 0.2]
    const day = new Date(Date.UTC(2020, 0, 1) + k * dayMs).toISOString().slice(0, 10)
    return [day, open, high, low, close, 1_000 + random.int(0, 100)].join(',')
  })
  const file = join(mkdtempSync(join(tmpdir(), 'parley-patterns-')), 'tops.csv')
  writeFileSync(file, `Date,Open,High,Low,Close,Volume\n${rows.join('\n')}\n`)
  return file
}

it('a decision on a chart with a double top cites it, with what followed the earlier ones', async () => {
  const file = fileOfDoubleTops()
  const decide = () =>
    decideOnce({ market: fileMarket('BTC/USD', file), goal: { profile: 'balanced', policy: 'weighted' }, seed: 1 })
  const { memory, head } = await decide()
  const found = memory.evidence.filter(isValue).find(({ chart }) => chart !== undefined)
  const top = found?.chart?.patterns.find(({ name }) => name === 'double top')
  expect(top).toMatchObject({ family: 'chart', direction: 'down', stage: 'complete' })
  expect(top?.record.counted).toBeGreaterThanOrEqual(10)
  expect(top?.record.mean).toBeLessThan(-0.1)
  expect(found?.figures['signal']).toBeLessThan(-0.2)
  expect(found?.summary).toContain('double top')
  expect(memory.insight?.evidence).toContain(found?.id)
  expect(memory.insight?.reasons.join(' ')).toContain('double top')
  expect((await decide()).head.hash).toBe(head.hash)
})
