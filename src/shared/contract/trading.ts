import { oc } from '@orpc/contract'
import { z } from 'zod'
import { comparisonSchema } from '#shared/domain/comparison.ts'
import { decimalSchema } from '#shared/domain/decimal.ts'
import { executionReportSchema } from '#shared/domain/execution-report.ts'
import { closedStatuses, fillSchema, orderSchema } from '#shared/domain/order.ts'
import { parentOrderViewSchema } from '#shared/domain/parent-order.ts'
import { positionViewSchema } from '#shared/domain/position.ts'
import { latchSchema, stopLevelSchema, stopProgressSchema } from '#shared/domain/trading-state.ts'
import { sign } from '#shared/lib/decimal.ts'

const page = z.object({
  instrument: z.string().optional(),
  limit: z.coerce.number().int().min(1).max(1_000).default(200),
})

const positive = decimalSchema.refine((value) => sign(value) > 0, 'must be greater than zero')

export const tradingContract = {
  /** Closes the gate at once and cancels what the level says; never asks back (KS-1). */
  stop: oc
    .route({ method: 'POST', path: '/stop' })
    .input(z.object({ level: stopLevelSchema.default(2), reason: z.string().default('Stopped by the trader') }))
    .output(z.object({ latch: latchSchema, progress: stopProgressSchema })),
  /** HALTED to REDUCING, or ACTIVE to REDUCING: positions may be closed by hand, none opened. */
  reduce: oc
    .route({ method: 'POST', path: '/reduce' })
    .input(z.object({ reason: z.string().min(1) }))
    .output(latchSchema),
  /** Back to ACTIVE: a person, a reason, the account's name and mode typed out (KS-9). */
  rearm: oc
    .route({ method: 'POST', path: '/rearm' })
    .input(z.object({ reason: z.string(), account: z.string(), mode: z.string() }))
    .output(latchSchema),
  orders: oc.route({ method: 'GET', path: '/orders' }).input(page).output(z.array(orderSchema)),
  /** What works at the venue, or whose fate is not known there, newest first: all of it. */
  working: oc.route({ method: 'GET', path: '/orders/working' }).output(z.array(orderSchema)),
  /** Orders that have ended, newest first, a page at a time: `before` is the client order id that the page before ended with. */
  ended: oc
    .route({ method: 'GET', path: '/orders/ended' })
    .input(
      z.object({
        instrument: z.string().optional(),
        status: z.enum(closedStatuses).optional(),
        before: z.string().optional(),
        limit: z.coerce.number().int().min(1).max(200).default(50),
      }),
    )
    .output(z.object({ orders: z.array(orderSchema), hasMore: z.boolean() })),
  /** One order with its fills, oldest first, and the stops, targets or entry that it is linked to. Throws ORDER_NOT_FOUND. */
  order: oc
    .route({ method: 'GET', path: '/orders/{clientOrderId}' })
    .input(z.object({ clientOrderId: z.string() }))
    .output(z.object({ order: orderSchema, fills: z.array(fillSchema), linked: z.array(orderSchema) })),
  /**
   * Asks the venue to change a working order; what it becomes passes the gate first, and until the venue confirms it the
   * old terms are in force (OL-6). The quantity counts what is filled already; that of a stop or a target that protects
   * an entry follows the entry, and is not changed by hand (EXIT_SIZE_FOLLOWS_ENTRY).
   */
  change: oc
    .route({ method: 'POST', path: '/orders/{clientOrderId}/change' })
    .input(
      z
        .object({
          clientOrderId: z.string(),
          quantity: positive.optional(),
          limitPrice: positive.optional(),
          stopPrice: positive.optional(),
        })
        .refine(({ clientOrderId: _id, ...change }) => Object.keys(change).length > 0, 'must change something'),
    )
    .output(orderSchema),
  /** Asks the venue to cancel all that works; the stops and targets that protect positions only where it says so. */
  cancelAll: oc
    .route({ method: 'POST', path: '/orders/cancel' })
    .input(z.object({ protection: z.boolean().default(false) }))
    .output(z.object({ asked: z.array(z.string()) })),
  cancel: oc
    .route({ method: 'POST', path: '/orders/{clientOrderId}/cancel' })
    .input(z.object({ clientOrderId: z.string() }))
    .output(orderSchema),
  /** What carrying out came to, so far or in the end, of the orders that the list gives: arrival price, shortfall, times. */
  reports: oc.route({ method: 'GET', path: '/orders/reports' }).input(page).output(z.array(executionReportSchema)),
  /** The same of one order. Throws ORDER_NOT_FOUND. */
  report: oc
    .route({ method: 'GET', path: '/orders/{clientOrderId}/report' })
    .input(z.object({ clientOrderId: z.string() }))
    .output(executionReportSchema),
  /** Orders that are carried out in parts, newest first, each with its children. */
  parents: oc.route({ method: 'GET', path: '/orders/parents' }).input(page).output(z.array(parentOrderViewSchema)),
  /** One order in parts with its children and their fills, oldest first. Throws PARENT_ORDER_NOT_FOUND. */
  parent: oc
    .route({ method: 'GET', path: '/orders/parents/{parentId}' })
    .input(z.object({ parentId: z.string() }))
    .output(z.object({ parent: parentOrderViewSchema, fills: z.array(fillSchema) })),
  /** What carrying out in parts came to, as one. Throws PARENT_ORDER_NOT_FOUND. */
  parentReport: oc
    .route({ method: 'GET', path: '/orders/parents/{parentId}/report' })
    .input(z.object({ parentId: z.string() }))
    .output(executionReportSchema),
  /** Ends one at once: no part follows, and what works of it is cancelled. Throws PARENT_ORDER_NOT_FOUND. */
  cancelParent: oc
    .route({ method: 'POST', path: '/orders/parents/{parentId}/cancel' })
    .input(z.object({ parentId: z.string(), reason: z.string().trim().min(1).default('Cancelled by the trader') }))
    .output(parentOrderViewSchema),
  fills: oc.route({ method: 'GET', path: '/fills' }).input(page).output(z.array(fillSchema)),
  /**
   * A reduce-only market order against a position, the whole of it unless a quantity is given; in ACTIVE and REDUCING
   * (HO-8, KS-21). The same key is sent once. An order that the gate holds back comes back DENIED with the reason.
   */
  close: oc
    .route({ method: 'POST', path: '/positions/close' })
    .input(
      z.object({
        key: z.string().min(8).max(100),
        instrument: z.string(),
        quantity: positive.optional(),
        reason: z.string().trim().min(1),
      }),
    )
    .output(orderSchema),
  /** Compares orders, the fills of the last day and positions with the venue; what was missed is booked (OL-13, OL-14). */
  reconcile: oc.route({ method: 'POST', path: '/reconcile' }).output(comparisonSchema),
  positions: oc.route({ method: 'GET', path: '/positions' }).output(z.array(positionViewSchema)),
}
