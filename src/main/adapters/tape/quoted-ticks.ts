import { type Print, roundTo } from '#adapters/bars/unfold-bar.ts'
import type { Bar } from '#shared/domain/bar.ts'
import type { Random } from '#shared/lib/random.ts'
import type { Tick } from './tape.ts'

/**
 * Puts a bar's prints at times within it (the first at its opening, all on a grid of `gridMs`) and a quote around each:
 * a rising price was paid by a buyer at the ask, a falling one taken by a seller at the bid (the tick test of Lee and
 * Ready 1991), and the other side stands a spread away.
 */
export function makeQuotedTicks(
  bar: Bar,
  lengthMs: number,
  gridMs: number,
  prints: readonly Print[],
  spreads: ArrayLike<number>,
  places: number,
  random: Random,
): Tick[] {
  let before = bar.open
  let buyerCame = random.chance(0.5)
  return prints.map(({ price, quantity }, index) => {
    if (price !== before) buyerCame = price > before
    before = price
    const spread = spreads[index] as number
    const other = roundTo(buyerCame ? price - spread : price + spread, places)
    // Where a price is so low that no bid fits under it, it stands at the bid.
    const atAsk = buyerCame && other > 0
    const jitter = index === 0 ? 0 : random.float()
    return {
      at: bar.time + Math.floor((((index + jitter) / prints.length) * lengthMs) / gridMs) * gridMs,
      price,
      quantity,
      bid: atAsk ? other : price,
      ask: atAsk || !buyerCame ? (atAsk ? price : other) : roundTo(price + spread, places),
    }
  })
}
