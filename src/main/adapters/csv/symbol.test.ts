import { describe, expect, it } from 'vitest'
import { readFileName } from './file-name.ts'
import { baseOfSymbol, parseSymbol, readSymbol } from './symbol.ts'

describe('the name of an instrument', () => {
  it.each([
    ['btcusd', 'BTC/USD'],
    ['tBTCUSD', 'BTC/USD'],
    ['BTC-USDT', 'BTC/USDT'],
    ['xbt/usd', 'BTC/USD'],
    ['XXBTZUSD', 'BTC/USD'],
    ['EURUSD=X', 'EUR/USD'],
    ['EUR.USD', 'EUR/USD'],
    ['DOTUSD', 'DOT/USD'],
    ['BNBUSD', 'BNB/USD'],
    ['BNBBUSD', 'BNB/BUSD'],
    ['ETHTUSD', 'ETH/TUSD'],
    ['USDTUSD', 'USDT/USD'],
    ['AUDNZD', 'AUD/NZD'],
    ['COINBASE:ETHUSD', 'ETH/USD'],
    ['BTCUSDT.P', 'BTC/USDT:USDT'],
    ['BYBIT:ETHUSDT.P', 'ETH/USDT:USDT'],
    ['BTC-USDT-SWAP', 'BTC/USDT:USDT'],
    ['ETH/USDT:USDT', 'ETH/USDT:USDT'],
    ['BRK-B/USD', 'BRK-B/USD'],
  ])('%s is %s, without a doubt', (typed, pair) => {
    expect(readSymbol(typed)).toMatchObject({ pair, note: undefined })
  })

  it.each(['BRK-B', 'BRK.B', 'AAPL', 'industry', 'USDT', 'RELIANCE.NS', 'NSE:RELIANCE', '^GSPC', 'BF-B'])(
    '%s is one name, never a pair',
    (typed) => {
      expect(parseSymbol(typed)).toBeUndefined()
    },
  )

  it('that is not known is taken apart with a note, or not at all', () => {
    expect(readSymbol('FOOUSD')).toMatchObject({ pair: 'FOO/USD', note: expect.stringContaining('FOO/USD') })
    expect(readSymbol('ZZZBUSD').note).toMatch(/ZZZB\/USD.*or ZZZ\/BUSD/)
    expect(readSymbol('zzztry')).toMatchObject({ pair: undefined, note: undefined })
  })

  it('leads to its venue’s currency and to the asset itself', () => {
    expect(['NSE:TCS', 'BHP.AX', 'AAPL.US', 'AAPL'].map((typed) => readSymbol(typed).venueQuote)).toEqual([
      'INR',
      'AUD',
      'USD',
      undefined,
    ])
    expect(['RELIANCE.NS', 'RELIANCE.NS/INR', 'BTC/USD', 'BRK.B', 'BRK-B/USD'].map(baseOfSymbol)).toEqual([
      'RELIANCE',
      'RELIANCE',
      'BTC',
      'BRK.B',
      'BRK-B',
    ])
  })

  it('is found in the name of a file', () => {
    const instruments = ['SHIBUSD_1440.csv', 'BRK-B.csv', 'RELIANCE.NS.csv', 'kraken-xbt-usd-daily.csv', 'msft_1d.csv']
    expect(instruments.map((file) => readFileName(file).instrument)).toEqual([
      'SHIBUSD',
      'BRK-B',
      'RELIANCE.NS',
      'XBT/USD',
      undefined,
    ])
  })
})
