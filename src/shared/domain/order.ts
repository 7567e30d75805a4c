import { z } from 'zod'
import { decimalSchema } from './decimal.ts'

export const orderStatuses = [
  'INITIALIZED',
  'DENIED',
  'SUBMITTED',
  'ACCEPTED',
  'REJECTED',
  'PENDING_CANCEL',
  'PARTIALLY_FILLED',
  'FILLED',
  'CANCELED',
  'EXPIRED',
  'UNKNOWN',
] as const
export const orderStatusSchema = z.enum(orderStatuses)
export type OrderStatus = z.infer<typeof orderStatusSchema>

export const sideSchema = z.enum(['buy', 'sell'])
export type Side = z.infer<typeof sideSchema>

export const orderTypeSchema = z.enum(['MARKET', 'LIMIT'])
export const timeInForceSchema = z.enum(['GTC', 'IOC'])

/** An order and where it came from: no order is sent without its run, proposal and decision (KS-6). */
export const orderSchema = z.object({
  clientOrderId: z.string(),
  venueOrderId: z.string().nullable(),
  instrument: z.string(),
  side: sideSchema,
  type: orderTypeSchema,
  timeInForce: timeInForceSchema,
  quantity: decimalSchema,
  /** Null for market orders. */
  limitPrice: decimalSchema.nullable(),
  reduceOnly: z.boolean(),
  status: orderStatusSchema,
  filledQuantity: decimalSchema,
  averagePrice: decimalSchema.nullable(),
  by: z.string(),
  runId: z.string().nullable(),
  proposalId: z.string().nullable(),
  decisionId: z.string().nullable(),
  createdAt: z.int(),
  updatedAt: z.int(),
  /** The code and words of a denial or rejection. */
  reason: z.string().nullable(),
})
export type Order = z.infer<typeof orderSchema>

/** One execution of part of an order. */
export const fillSchema = z.object({
  tradeId: z.string(),
  clientOrderId: z.string(),
  instrument: z.string(),
  side: sideSchema,
  quantity: decimalSchema,
  price: decimalSchema,
  /** In the quote currency. */
  fee: decimalSchema,
  at: z.int(),
})
export type Fill = z.infer<typeof fillSchema>

const inFlight: readonly OrderStatus[] = ['SUBMITTED', 'PENDING_CANCEL', 'UNKNOWN']
const open: readonly OrderStatus[] = ['ACCEPTED', 'PARTIALLY_FILLED']
const closed: readonly OrderStatus[] = ['DENIED', 'REJECTED', 'FILLED', 'CANCELED', 'EXPIRED']

/** Sent and not yet answered, or answered ambiguously. */
export function isInFlight(status: OrderStatus): boolean {
  return inFlight.includes(status)
}

/** Known to be working at the venue. */
export function isOpen(status: OrderStatus): boolean {
  return open.includes(status)
}

/** Nothing more is expected of it. */
export function isClosed(status: OrderStatus): boolean {
  return closed.includes(status)
}
