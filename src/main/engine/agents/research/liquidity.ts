import { numericBook } from '#engine/agents/numeric-book.ts'
import { amount, count, figure, percent, signedPercent } from '#engine/agents/wording.ts'
import { readLiquidity } from '#engine/market/liquidity.ts'
import type { BarSeries } from '#shared/domain/bar.ts'
import type { Book } from '#shared/domain/quote.ts'
import {
  clamp,
  coverage,
  type Finding,
  knownFigures,
  meanOf,
  type Nothing,
  type ReadContext,
  type TaskReaders,
} from './reading.ts'

/** What rests in the book is gone in minutes, and a decision looks further ahead: the imbalance counts for little. */
const fleeting = 0.2
const probeShare = 0.1

/** More resting bids than asks are mildly bullish. */
export function signalOfBook(imbalance: number): { readonly signal: number; readonly strength: number } {
  return { signal: clamp(imbalance, -1, 1), strength: fleeting * Math.abs(imbalance) }
}

function readBook(data: Book, { instrument }: ReadContext): Finding | Nothing {
  const book = numericBook(data)
  const { bidDepth, askDepth } = readLiquidity(book, 0)
  const size = probeShare * Math.min(bidDepth, askDepth)
  const read = readLiquidity(book, size)
  if (read.mid === null || read.imbalance === null)
    return { nothing: `The order book of ${instrument} has an empty side.` }
  const { mid } = read
  const lean = read.imbalance > 0 ? 'bids' : 'asks'
  return {
    summary: `Spread ${figure(read.spreadBps ?? 0, 2)} bp; within 0.5 % of ${figure(mid)} the book shows $${amount(bidDepth * mid)} of bids and $${amount(askDepth * mid)} of asks (${percent((1 + Math.abs(read.imbalance)) / 2, 0)} ${lean}); $${amount(size * mid)} at market would cost ${figure(read.buy.costBps ?? 0, 2)} bp.`,
    figures: {
      ...knownFigures({
        mid,
        spreadBps: read.spreadBps,
        bidDepth,
        askDepth,
        imbalance: read.imbalance,
        probeSize: size,
        buyCostBps: read.buy.costBps,
        sellCostBps: read.sell.costBps,
      }),
      ...signalOfBook(read.imbalance),
    },
    quality: coverage(Math.min(book.bids.length, book.asks.length), 3),
  }
}

const recentBars = 20
const leastBars = 60

/** How much trades says how easy it is to get out, not where the price goes. */
function readTurnover({ close, volume }: BarSeries, { instrument }: ReadContext): Finding | Nothing {
  if (close.length < leastBars) {
    return { nothing: `${count(close.length, 'bar')} of volume of ${instrument}; a comparison needs ${leastBars}.` }
  }
  const turnover = Array.from(close, (price, row) => price * (volume[row] as number))
  const recent = meanOf(turnover.slice(-recentBars))
  const usual = meanOf(turnover.slice(0, -recentBars))
  if (!(usual > 0)) return { nothing: `No volume of ${instrument} is known.` }
  const change = recent / usual - 1
  return {
    summary: `$${amount(recent)} of ${instrument} traded a bar over the last ${recentBars} bars, ${signedPercent(change, 0)} on the ${count(turnover.length - recentBars, 'bar')} before.`,
    figures: {
      ...knownFigures({ turnoverPerBar: recent, usualTurnoverPerBar: usual, change }),
      signal: 0,
      strength: 0,
    },
    quality: Math.min(1, turnover.filter((value) => value > 0).length / turnover.length),
  }
}

/** The order book now, and how much trades. */
export const liquidityAnalysis: TaskReaders = { readers: { orderbook: readBook, volume_data: readTurnover } }
