import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { formatBars } from '#adapters/csv/format-bars.ts'
import { parseBars } from '#adapters/csv/parse-bars.ts'
import { createVirtualClock } from '#shared/lib/virtual-clock.ts'
import { createSimulatedExchange } from './exchange.ts'

const sample = new URL('../../../../resources/market/simulated-btc-usdt-1d.csv', import.meta.url)
const after = Date.UTC(2025, 1, 4)

it('the sample data is what the simulated exchange writes, and says so in its first line', async () => {
  const exchange = createSimulatedExchange({ clock: createVirtualClock(after), seed: 1 })
  const bars = exchange.bars('BTC/USDT', '1d', 400, after)
  const note = `Prices of the ${exchange.name.toLowerCase()} of Parley: made up, of no real market.\n`
  await expect(note + formatBars(bars)).toMatchFileSnapshot(sample.pathname)
})

it('the sample data imports as 400 days of bitcoin', () => {
  const parsed = parseBars(readFileSync(sample, 'utf8'), { file: sample.pathname })
  expect(parsed).toMatchObject({ instrument: 'BTC/USDT', timeframe: '1d', gaps: 0, blankRows: 0, warnings: [] })
  expect([parsed.bars.length, parsed.bars[0]?.time]).toEqual([400, Date.UTC(2024, 0, 1)])
})
