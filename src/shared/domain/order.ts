import { z } from 'zod'
import { decimalSchema } from './decimal.ts'
import { touchSchema } from './quote.ts'

export const orderStatuses = [
  'INITIALIZED',
  'DENIED',
  'SUBMITTED',
  'ACCEPTED',
  'REJECTED',
  'TRIGGERED',
  'PENDING_UPDATE',
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

export const orderTypes = ['MARKET', 'LIMIT', 'STOP_MARKET', 'STOP_LIMIT', 'TRAILING_STOP_MARKET'] as const
export const orderTypeSchema = z.enum(orderTypes)
export type OrderType = z.infer<typeof orderTypeSchema>

/**
 * How long an order works: until cancelled; what trades at once; all of it at once or nothing; until the venue's day ends
 * (UTC midnight where it has no session); until `expireAt`.
 */
export const timesInForce = ['GTC', 'IOC', 'FOK', 'DAY', 'GTD'] as const
export const timeInForceSchema = z.enum(timesInForce)
export type TimeInForce = z.infer<typeof timeInForceSchema>

/** How far a trailing stop stays behind the best price since it was taken: in the quote currency, or in basis points of it. */
export const trailingSchema = z.object({ kind: z.enum(['absolute', 'basisPoints']), offset: decimalSchema })
export type Trailing = z.infer<typeof trailingSchema>

/** What is to protect an entry once it is filled; each null where there is none. */
export const exitPricesSchema = z.object({
  stopPrice: decimalSchema.nullable(),
  targetPrice: decimalSchema.nullable(),
})

/**
 * What an order has to do with others. OTO: an entry; what of it is filled is protected by a stop and a target, each null
 * where there is none, under the first of the linked ids; with a `parentId` together with the other parts of that parent
 * order, else by itself. OCO: such an exit of the entry or the parent order `parentId`; what one of the linked ones fills is
 * taken off the other. `number` counts the exits of a leg, from 0.
 */
export const contingencySchema = z.discriminatedUnion('kind', [
  exitPricesSchema.extend({
    kind: z.literal('OTO'),
    parentId: z.string().optional(),
    linkedIds: z.array(z.string()).readonly(),
  }),
  z.object({
    kind: z.literal('OCO'),
    parentId: z.string(),
    leg: z.enum(['stop', 'target']),
    number: z.int(),
    linkedIds: z.array(z.string()).readonly(),
  }),
])
export type Contingency = z.infer<typeof contingencySchema>

/** What the execution of an order is measured by; each null where it was not known. */
export const benchmarkSchema = z.object({
  /** The market when it was decided on. */
  decided: touchSchema.nullable(),
  /** The market when the order was made; of a stop order, when it was triggered. */
  arrival: touchSchema.nullable(),
  /** The average price that the book of that moment, or the order's own terms, gave to expect. */
  expectedPrice: decimalSchema.nullable(),
})
export type Benchmark = z.infer<typeof benchmarkSchema>

/** What is to become of a working order; what is left out stays as it is. The quantity counts what is filled already. */
export const orderChangeSchema = z.object({
  quantity: decimalSchema.optional(),
  limitPrice: decimalSchema.optional(),
  stopPrice: decimalSchema.optional(),
})
export type OrderChange = z.infer<typeof orderChangeSchema>

/** An order and where it came from: no order is sent without its run, proposal and decision (KS-6). */
export const orderSchema = z.object({
  clientOrderId: z.string(),
  venueOrderId: z.string().nullable(),
  instrument: z.string(),
  side: sideSchema,
  type: orderTypeSchema,
  timeInForce: timeInForceSchema,
  quantity: decimalSchema,
  /** Null but for LIMIT and STOP_LIMIT. */
  limitPrice: decimalSchema.nullable(),
  /** The last price that triggers a stop order; of a trailing stop, where it begins, or null to begin at the offset. */
  stopPrice: decimalSchema.nullable().default(null),
  /** Null but for TRAILING_STOP_MARKET. */
  trailing: trailingSchema.nullable().default(null),
  /** Epoch milliseconds; null but for GTD. */
  expireAt: z.int().nullable().default(null),
  /** Never trades at once: it rests, or is rejected. */
  postOnly: z.boolean().default(false),
  reduceOnly: z.boolean(),
  contingency: contingencySchema.nullable().default(null),
  /** The parent order that it is a part of, and the look of its schedule that sent it; null for any other. */
  sliceOf: z
    .object({ parentId: z.string(), index: z.int().min(0) })
    .nullable()
    .default(null),
  /** As it is shown: what is pending ranks before what is (OL-4). */
  status: orderStatusSchema,
  /** The status apart from what is pending. */
  standing: orderStatusSchema.default('INITIALIZED'),
  /** Changes that were asked for and not answered, oldest first: until then the terms above are in force (OL-6). */
  pendingUpdates: z.array(orderChangeSchema).default([]),
  /** True once a stop order was triggered. */
  triggered: z.boolean().default(false),
  /** True once the trader asked for its cancellation by hand: the desk puts no other in its place. */
  cancelledByTrader: z.boolean().default(false),
  filledQuantity: decimalSchema,
  averagePrice: decimalSchema.nullable(),
  /** Null for an order from outside, and of earlier versions. */
  benchmark: benchmarkSchema.nullable().default(null),
  /** The market when it ended without being filled; null before, and where it was not known. */
  marketAtEnd: touchSchema.nullable().default(null),
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
  /** True where the venue itself closed a position whose margin was used up. */
  liquidation: z.literal(true).optional(),
})
export type Fill = z.infer<typeof fillSchema>

/** What an order is that says nothing of the terms that not every order has. */
export const plainTerms = {
  stopPrice: null,
  trailing: null,
  expireAt: null,
  postOnly: false,
  contingency: null,
  sliceOf: null,
  standing: 'INITIALIZED' as const,
  pendingUpdates: [] as OrderChange[],
  triggered: false,
  cancelledByTrader: false,
  benchmark: null,
  marketAtEnd: null,
} satisfies Partial<Order>

const inFlight: readonly OrderStatus[] = ['SUBMITTED', 'PENDING_UPDATE', 'PENDING_CANCEL', 'UNKNOWN']
const open: readonly OrderStatus[] = ['ACCEPTED', 'TRIGGERED', 'PARTIALLY_FILLED']
/** The statuses of which nothing more is expected. */
export const closedStatuses = ['FILLED', 'CANCELED', 'EXPIRED', 'REJECTED', 'DENIED'] as const satisfies OrderStatus[]
const closed: readonly OrderStatus[] = closedStatuses

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

/** True while a cancel can still do something. */
export function canBeCancelled({ status }: Pick<Order, 'status'>): boolean {
  return isOpen(status) || (isInFlight(status) && status !== 'PENDING_CANCEL')
}

/** What tells an exit from any other order. */
interface Linked {
  readonly contingency: Pick<Contingency, 'kind'> | null
  readonly reduceOnly: boolean
}

/** True for a stop or a target that protects an entry: it takes back what was approved with the entry, and needs no word of its own. */
export function isExit({ contingency, reduceOnly }: Linked): boolean {
  return contingency?.kind === 'OCO' && reduceOnly
}
