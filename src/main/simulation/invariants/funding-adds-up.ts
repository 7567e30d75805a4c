import type { Quiescence } from '#main/simulation/observation.ts'
import { add, compare, multiply, negate, sum, ZERO } from '#shared/lib/decimal.ts'

/**
 * I4, at quiescence: the desk has booked exactly the funding that the broker knows of, each payment once; and each is what the
 * position of its moment owed, longs paying shorts where the rate is positive.
 */
export function fundingIsTheBrokers({ funding, listedFunding, fills }: Quiescence): string | undefined {
  const booked = new Map(listedFunding.map((payment) => [payment.id, payment]))
  if (booked.size !== funding.length)
    return `${funding.length} payments of funding were made, and ${booked.size} booked`
  for (const { id, instrument, at, quantity, mark, rate, amount } of funding) {
    const held = sum(
      fills
        .filter((fill) => fill.instrument === instrument && fill.at < at)
        .map((fill) => (fill.side === 'buy' ? fill.quantity : negate(fill.quantity))),
    )
    if (compare(held, quantity) !== 0) return `the funding ${id} was for ${quantity}, and ${held} was held`
    const booking = booked.get(id)?.amount ?? ZERO
    if (compare(booking, amount) !== 0) return `the funding ${id} of ${amount} was booked as ${booking}`
    if (compare(add(amount, multiply(multiply(quantity, mark), rate)), ZERO) !== 0)
      return `the funding ${id} of ${quantity} at ${mark} and ${rate} was ${amount}`
  }
  return undefined
}

/** I3, at quiescence: the desk has told of every position that the broker has closed by itself. */
export function liquidationsAreTold({ fills, liquidated }: Quiescence): string | undefined {
  const untold = fills.find(({ liquidation, tradeId }) => liquidation === true && !liquidated.has(tradeId))
  return untold && `nobody was told that ${untold.quantity} of ${untold.instrument} was liquidated`
}
