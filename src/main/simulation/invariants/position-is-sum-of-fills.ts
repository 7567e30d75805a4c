import type { Balance, Quiescence } from '#main/simulation/observation.ts'
import { add, compare, type Decimal, negate, ZERO } from '#shared/lib/decimal.ts'

/** I4, at any time: the desk's positions and cash are what the fills come to, each trade counted once. */
export function booksAgree({ what, desk, ledger }: Balance): string | undefined {
  return compare(desk, ledger) === 0 ? undefined : `${what} is ${desk} on the desk, and the fills come to ${ledger}`
}

/** I4, at quiescence: the desk's positions are the sums of the broker's fills. */
export function positionsAreTheBrokers({ fills, positions }: Quiescence): string | undefined {
  const sums = new Map<string, Decimal>()
  for (const { instrument, side, quantity } of fills) {
    sums.set(instrument, add(sums.get(instrument) ?? ZERO, side === 'buy' ? quantity : negate(quantity)))
  }
  for (const instrument of new Set([...sums.keys(), ...positions.keys()])) {
    const [broker, desk] = [sums.get(instrument) ?? ZERO, positions.get(instrument) ?? ZERO]
    if (compare(broker, desk) !== 0) return `${instrument} is ${broker} at the broker, ${desk} on the desk`
  }
  return undefined
}
