import { decimalPlaces } from '#adapters/bars/unfold-bar.ts'
import type { Tick } from '#adapters/tape/tape.ts'
import type { Book } from '#shared/domain/quote.ts'
import { fromNumber, toNumber } from '#shared/lib/decimal.ts'
import type { Coin } from './coins.ts'
import { worldRandom } from './intraday.ts'
import type { SimulatedDays } from './world.ts'

const levels = 20

/** The order book that stands behind a tick: twenty levels a side, deeper away from the touch, thinner in wild markets. */
export function makeBook(world: SimulatedDays, coin: Coin, tick: Tick): Book {
  const { instrument } = coin
  const random = worldRandom(world, `book/${instrument.id}/${tick.at}/${tick.price}`)
  const step = toNumber(instrument.priceStep)
  const prices = decimalPlaces(step)
  const lots = decimalPlaces(toNumber(instrument.quantityStep))
  const touch = (coin.turnover * 0.00005) / tick.price / world.day(tick.at).volatility
  const gap = Math.max(step, Math.round((tick.price * coin.spread) / step) * step)
  const side = (best: number, sign: 1 | -1) =>
    Array.from({ length: levels }, (_, level) => {
      const quantity = touch * (1 + 0.35 * level) * Math.exp(0.5 * random.normal())
      return {
        price: fromNumber(Math.max(step, best + sign * level * gap), prices),
        quantity: fromNumber(Math.max(10 ** -lots, quantity), lots),
      }
    })
  return { instrument: instrument.id, bids: side(tick.bid, -1), asks: side(tick.ask, 1), at: tick.at }
}
