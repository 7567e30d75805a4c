import { z } from 'zod'
import { type Route, routeOrder } from '#engine/trading/lab/venue-routing.ts'
import { sideSchema } from '#shared/domain/order.ts'
import { decimal, sign, ZERO } from '#shared/lib/decimal.ts'
import { errorMessage, ParleyError } from '#shared/lib/error.ts'

/** A decimal as text, or as a number that is short enough to be exact. */
const amount = z.union([z.string(), z.number()]).transform((value, context) => {
  try {
    return decimal(value)
  } catch {
    context.addIssue({ code: 'custom', message: 'is no decimal number' })
    return z.NEVER
  }
})

const levels = z
  .array(z.tuple([amount, amount]))
  .transform((pairs) => pairs.map(([price, quantity]) => ({ price, quantity })))

const requestSchema = z.strictObject({
  side: sideSchema,
  quantity: amount,
  limitPrice: amount.nullable().default(null),
  venues: z
    .array(
      z.strictObject({
        name: z.string().min(1),
        bids: levels.default([]),
        asks: levels.default([]),
        takerFee: amount.default(ZERO),
        quantityStep: amount.refine((step) => sign(step) > 0, 'must be greater than zero'),
        minimumNotional: amount.default(ZERO),
      }),
    )
    .min(1),
})

/** `parley lab route`: how much of an order goes to which of several venues. Throws PARAMETERS_INVALID and ROUTE_INVALID. */
export function labRoute(text: string): Route {
  const invalid = (why: string) =>
    new ParleyError('PARAMETERS_INVALID', `The order and its venues cannot be read: ${why}.`, {
      wayOut:
        'Write JSON: side, quantity, and venues with name, quantityStep, takerFee and bids and asks as [price, quantity], best first.',
    })
  let content: unknown
  try {
    content = JSON.parse(text)
  } catch (error) {
    throw invalid(errorMessage(error))
  }
  const read = requestSchema.safeParse(content)
  if (read.success) return routeOrder(read.data.side, read.data.quantity, read.data.venues, read.data.limitPrice)
  const [issue] = read.error.issues
  throw invalid(`${issue?.path.map(String).join('.') || 'it'}: ${issue?.message ?? 'is wrong'}`)
}
