import { figure, percent } from '#engine/agents/wording.ts'
import type { Fill } from '#shared/domain/order.ts'
import type { Outcome } from '#shared/domain/outcome.ts'
import type { Action } from '#shared/domain/proposal.ts'
import { type Decimal, divide, multiply, sign, subtract, sum, toNumber } from '#shared/lib/decimal.ts'

/** A decision as it was carried out, all that is known when its run ends. */
export interface Execution {
  readonly runId: string
  readonly decisionId: string
  readonly at: number
  readonly action: Action
  /** What was decided on; 0 for hold. */
  readonly quantity: Decimal
  /** The last price when the decision was made; null where it is unavailable. */
  readonly arrivalPrice: Decimal | null
  readonly fills: readonly Fill[]
  /** Why an order was denied, rejected or cancelled, in words. */
  readonly refusal?: string
}

const bps = 10_000

/**
 * Measures what a decision came to (implementation shortfall against the arrival price: Perold 1988) and says in words
 * what is to be learned of it.
 */
export function lessonsOf(execution: Execution): Outcome {
  const { runId, decisionId, at, action, fills, arrivalPrice } = execution
  const filledQuantity = sum(fills.map(({ quantity }) => quantity))
  const notional = sum(fills.map(({ quantity, price }) => multiply(quantity, price)))
  const fees = sum(fills.map(({ fee }) => fee))
  const averagePrice = sign(filledQuantity) > 0 ? divide(notional, filledQuantity) : null
  const side = action === 'sell' ? -1 : 1
  const slippageBps =
    averagePrice === null || arrivalPrice === null
      ? null
      : side * toNumber(multiply(divide(subtract(averagePrice, arrivalPrice), arrivalPrice), bpsDecimal))
  const feeBps = sign(notional) > 0 ? (bps * toNumber(fees)) / toNumber(notional) : null
  const lessons = wordsOf(execution, filledQuantity, slippageBps, feeBps)
  return { runId, decisionId, at, filledQuantity, averagePrice, arrivalPrice, slippageBps, fees, lessons }
}

const bpsDecimal = String(bps) as Decimal

function wordsOf(
  { action, quantity, refusal, fills }: Execution,
  filled: Decimal,
  slippageBps: number | null,
  feeBps: number | null,
): string[] {
  if (action === 'hold') return ['No trade and no cost. What it missed will show at the horizon.']
  if (sign(filled) === 0) return [`The decision to ${action} led to no fill: ${refusal ?? 'no order was filled'}.`]
  const share = sign(quantity) > 0 ? toNumber(divide(filled, quantity)) : 1
  const parts = fills.length === 1 ? 'one fill' : `${fills.length} fills`
  const lessons = [
    share >= 1
      ? `Completely filled, in ${parts}.`
      : `Only ${percent(share, 0)} was filled, in ${parts}${refusal === undefined ? '' : `: ${refusal}`}; a smaller or slower order would have fitted.`,
  ]
  if (slippageBps === null) lessons.push('Slippage is unavailable: the arrival price was not known.')
  else {
    const way = slippageBps > 0 ? 'worse' : 'better'
    const text = `The ${action} filled ${figure(Math.abs(slippageBps), 2)} bp ${way} than the decision price`
    lessons.push(slippageBps === 0 ? 'It filled at the decision price.' : `${text}.`)
  }
  if (feeBps !== null) {
    const total = feeBps + (slippageBps ?? 0)
    lessons.push(
      `Fees were ${figure(feeBps, 2)} bp: a trade like this must expect more than ${figure(Math.max(0, 2 * total), 2)} bp to pay for the round trip.`,
    )
  }
  return lessons
}
