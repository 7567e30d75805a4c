import { describe, expect, it } from 'vitest'
import { reportParts } from '#test/builders/report-parts.ts'
import { bookPortfolio } from './book-portfolio.ts'

describe('the book that the optimizer weighs', () => {
  const assetsFor = (instrument: string, worths = {}) =>
    bookPortfolio(reportParts(worths), instrument, 0.2)?.assets.map((asset) => asset.instrument)

  it('has no second instrument on the coin that is asked about, unless it is held', () => {
    expect(assetsFor('BTC/USDT:USDT')).toContain('ETH/USDT')
    expect(assetsFor('BTC/USDT:USDT')).not.toContain('BTC/USDT')
    expect(assetsFor('BTC/USDT:USDT', { 'BTC/USDT': 8_000 })).toEqual(
      expect.arrayContaining(['BTC/USDT:USDT', 'BTC/USDT']),
    )
    expect(assetsFor('BTC/USDT')).toEqual(expect.arrayContaining(['BTC/USDT', 'ETH/USDT']))
  })
})
