import { z } from 'zod'
import { decimalSchema } from './decimal.ts'
import {
  benchmarkSchema,
  exitPricesSchema,
  orderSchema,
  orderTypeSchema,
  sideSchema,
  timeInForceSchema,
} from './order.ts'
import { touchSchema } from './quote.ts'

/**
 * How a large order is carried out in parts: even in time (TWAP); in proportion to the usual volume of the hour (VWAP); as
 * a share of the volume that trades (POV); against cost and risk (Almgren and Chriss 2000); showing only a part (iceberg).
 */
export const algorithms = ['twap', 'vwap', 'pov', 'almgren-chriss', 'iceberg'] as const
export const algorithmSchema = z.enum(algorithms)
export type Algorithm = z.infer<typeof algorithmSchema>

/** What the trader may ask for: one of them, one order at once, or what the executor chooses by the book. */
export const executionWishes = ['auto', 'at-once', ...algorithms] as const
export const executionWishSchema = z.enum(executionWishes)
export type ExecutionWish = z.infer<typeof executionWishSchema>

/** How the trader wants one order carried out; what is left out the executor decides. */
export const executionChoiceSchema = z.object({
  algorithm: executionWishSchema,
  /** In parts: over so many minutes, or fewer where what allows it ends sooner. */
  minutes: z.number().min(0.1).max(600).exactOptional(),
  /** In parts: at most this share of the volume. */
  participation: z.number().gt(0).max(0.9).exactOptional(),
})
export type ExecutionChoice = z.infer<typeof executionChoiceSchema>

/** When what is to be traded. */
export const executionScheduleSchema = z.object({
  algorithm: algorithmSchema,
  /** Why it is done so, as the executor says it. */
  why: z.string(),
  /** Between the looks at it; at each look at most one child order is sent. */
  intervalMs: z.int().min(1),
  /**
   * The share of the whole that is to be traded by each look, from 0 to 1 and rising to 1, one look after another. Of a POV
   * and an iceberg only their number counts.
   */
  due: z.array(z.number().min(0).max(1)).min(1).max(1_000),
  /** POV: our part of all that trades, above 0 and below 1; null for any other. */
  participation: z.number().gt(0).lt(1).nullable(),
  /** Iceberg: what is shown at a time; null for any other. */
  displayed: decimalSchema.nullable(),
  /** What it is expected to cost against the mid price, in basis points; null where it is not known. */
  expectedBps: z.number().nullable(),
})
export type ExecutionSchedule = z.infer<typeof executionScheduleSchema>

export const parentOrderStatuses = [
  'working',
  'paused',
  'filled',
  'expired',
  'cancelled',
  'stopped',
  'denied',
  'rejected',
] as const
export const parentOrderStatusSchema = z.enum(parentOrderStatuses)
export type ParentOrderStatus = z.infer<typeof parentOrderStatusSchema>

/**
 * An order that is carried out in parts by a schedule: decided, approved and looked at by the gate as one; each of its
 * children is an ordinary order that passes the gate by itself.
 */
export const parentOrderSchema = z.object({
  /** Derived from the intent, as a client order id is. */
  id: z.string(),
  runId: z.string().nullable(),
  proposalId: z.string().nullable(),
  decisionId: z.string().nullable(),
  by: z.string(),
  instrument: z.string(),
  side: sideSchema,
  type: orderTypeSchema,
  quantity: decimalSchema,
  /** No child trades beyond it; null for none. */
  limitPrice: decimalSchema.nullable(),
  timeInForce: timeInForceSchema,
  reduceOnly: z.boolean(),
  /** What protects all that is filled of it, as one; null for what reduces. */
  exits: exitPricesSchema.nullable(),
  /** The epoch of the trading state that it was decided under: no child leaves in another. */
  epoch: z.int(),
  schedule: executionScheduleSchema,
  startedAt: z.int(),
  /** What is not filled by then stays unfilled. */
  endsAt: z.int(),
  benchmark: benchmarkSchema,
  status: parentOrderStatusSchema,
  /** Why it is paused, or how it ended. */
  reason: z.string().nullable(),
  /** The market when it ended; null before, and where it was not known. */
  marketAtEnd: touchSchema.nullable(),
  updatedAt: z.int(),
})
export type ParentOrder = z.infer<typeof parentOrderSchema>

/** A parent order with its children, oldest first, and how far it has come. */
export const parentOrderViewSchema = parentOrderSchema.extend({
  filledQuantity: decimalSchema,
  children: z.array(orderSchema),
})
export type ParentOrderView = z.infer<typeof parentOrderViewSchema>

/** True while children may follow. */
export function isWorkingParent({ status }: Pick<ParentOrder, 'status'>): boolean {
  return status === 'working' || status === 'paused'
}

/** True where a schedule, or null for one order at once, is what was chosen; of what was left open anything is. */
export function isAsChosen(
  schedule: ExecutionSchedule | null,
  { algorithm, minutes, participation }: ExecutionChoice,
): boolean {
  if (algorithm === 'auto') return true
  if (algorithm === 'at-once' || schedule === null) return algorithm === 'at-once' && schedule === null
  const { due, intervalMs } = schedule
  // The time between looks is rounded to a millisecond.
  const isInTime = minutes === undefined || due.length * intervalMs <= minutes * 60_000 + due.length
  const isSlow = participation === undefined || (schedule.participation ?? 0) <= participation
  return schedule.algorithm === algorithm && isInTime && isSlow
}
