/** One price level of a book. */
interface BookLevel {
  readonly price: number
  readonly size: number
}

/** An order book, best levels first: bids falling, asks rising. */
export interface OrderBook {
  readonly bids: readonly BookLevel[]
  readonly asks: readonly BookLevel[]
}

/** What a market order of some size would have cost against the book. */
interface Impact {
  /** How much of the size the book holds, in base units. */
  readonly filled: number
  /** Mean price of what is filled; null where nothing is. */
  readonly averagePrice: number | null
  /** Cost against the mid price in basis points, at least half the spread; null where nothing is filled. */
  readonly costBps: number | null
  /** True when the book holds the whole size. */
  readonly complete: boolean
}

export interface LiquidityRead {
  readonly mid: number | null
  readonly spread: number | null
  readonly spreadBps: number | null
  /** Base units within `depthBps` of the mid. */
  readonly bidDepth: number
  readonly askDepth: number
  /** (bids - asks) / (bids + asks) of that depth, -1 to 1; null without depth. */
  readonly imbalance: number | null
  readonly buy: Impact
  readonly sell: Impact
}

function impact(levels: readonly BookLevel[], size: number, mid: number | null, side: 1 | -1): Impact {
  let filled = 0
  let paid = 0
  for (const level of levels) {
    const take = Math.min(level.size, size - filled)
    if (take <= 0) break
    filled += take
    paid += take * level.price
  }
  const averagePrice = filled > 0 ? paid / filled : null
  const costBps = averagePrice === null || mid === null ? null : (side * (averagePrice - mid) * 10_000) / mid
  return { filled, averagePrice, costBps, complete: filled >= size }
}

function depth(levels: readonly BookLevel[], reaches: (price: number) => boolean): number {
  let total = 0
  for (const level of levels) if (reaches(level.price)) total += level.size
  return total
}

/**
 * Reads spread, depth within `depthBps` of the mid, and the impact of buying or selling `size` base units at market.
 */
export function readLiquidity(book: OrderBook, size: number, depthBps = 50): LiquidityRead {
  const bid = book.bids[0]?.price
  const ask = book.asks[0]?.price
  const mid = bid === undefined || ask === undefined ? null : (bid + ask) / 2
  const spread = bid === undefined || ask === undefined ? null : ask - bid
  const reach = depthBps / 10_000
  const bidDepth = mid === null ? 0 : depth(book.bids, (price) => price >= mid * (1 - reach))
  const askDepth = mid === null ? 0 : depth(book.asks, (price) => price <= mid * (1 + reach))
  const total = bidDepth + askDepth
  return {
    mid,
    spread,
    spreadBps: spread === null || mid === null ? null : (spread * 10_000) / mid,
    bidDepth,
    askDepth,
    imbalance: total > 0 ? (bidDepth - askDepth) / total : null,
    buy: impact(book.asks, size, mid, 1),
    sell: impact(book.bids, size, mid, -1),
  }
}
