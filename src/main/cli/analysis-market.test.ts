import { expect, it } from 'vitest'
import { fileMarket, simulatedMarket } from './analysis-market.ts'

it('a perpetual is analysed on the simulated exchange, and not on a price file, which tells no funding', () => {
  expect(simulatedMarket('btcusdt-perp', 7).instrument).toMatchObject({ id: 'BTC/USDT:USDT', base: 'BTC' })
  expect(() => fileMarket('BTC/USDT:USDT', 'prices.csv')).toThrowError(
    expect.objectContaining({ code: 'PERPETUAL_NOT_IN_FILE' }),
  )
})
