import { describe, expect, it } from 'vitest'
import { readLiquidity } from './liquidity.ts'

describe('liquidity', () => {
  const book = {
    bids: [
      { price: 99, size: 5 },
      { price: 98, size: 10 },
    ],
    asks: [
      { price: 101, size: 4 },
      { price: 103, size: 6 },
    ],
  }

  it('walks the book for the price of a size', () => {
    const read = readLiquidity(book, 10, 150)
    expect(read).toMatchObject({ mid: 100, spread: 2, spreadBps: 200, bidDepth: 5, askDepth: 4 })
    expect(read.buy).toMatchObject({ filled: 10, averagePrice: 102.2, complete: true })
    expect(read.buy.costBps).toBeCloseTo(220, 9)
    expect(read.sell.averagePrice).toBe(98.5)
  })

  it('says so when the book is too thin or empty', () => {
    expect(readLiquidity(book, 100).buy).toMatchObject({ filled: 10, complete: false })
    expect(readLiquidity({ bids: [], asks: [] }, 1)).toMatchObject({ mid: null, spreadBps: null, imbalance: null })
  })
})
