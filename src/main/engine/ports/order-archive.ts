import type { FundingPayment } from '#shared/domain/funding.ts'
import type { Fill, Order } from '#shared/domain/order.ts'
import type { ParentOrder } from '#shared/domain/parent-order.ts'

/** What is remembered of orders for good: what is durable. */
export interface OrderArchive {
  getOrder(clientOrderId: string): Order | undefined
  /** An order that is carried out in parts. */
  getParentOrder(id: string): ParentOrder | undefined
  /** The trade as it was booked, be it undone since; undefined when it never was. */
  getFill(clientOrderId: string, tradeId: string): Fill | undefined
  /** The payment as it was booked; undefined when it never was. */
  getFunding(id: string): FundingPayment | undefined
}
