import { join } from 'node:path'
import { expect, it } from 'vitest'
import { temporaryHome } from '#test/builders/home.ts'
import { barStoreConformance } from '#test/conformance/bar-store.ts'
import { openBarStore } from './bars.ts'

barStoreConformance('in SQLite', () => openBarStore(':memory:'))

it('bars are still there when the file is opened again', () => {
  const file = join(temporaryHome(), 'market.db')
  const bars = [{ time: 60_000, open: 1, high: 2, low: 0.5, close: 1.5, volume: 0 }]
  const store = openBarStore(file)
  store.save('BTC/USDT', '1m', bars)
  store.close()
  expect(openBarStore(file).load('BTC/USDT', '1m', {})).toEqual(bars)
})
