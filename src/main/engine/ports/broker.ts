import type { FundingPayment } from '#shared/domain/funding.ts'
import type { Fill, Order, OrderChange, OrderStatus, OrderType, Side, TimeInForce } from '#shared/domain/order.ts'
import type { Stop } from '#shared/lib/clock.ts'
import type { Decimal } from '#shared/lib/decimal.ts'

/** What a broker says of one order, its terms as they are in force now. */
export interface OrderReport {
  readonly clientOrderId: string
  readonly venueOrderId: string | null
  readonly instrument: string
  readonly side: Side
  readonly type: OrderType
  readonly quantity: Decimal
  readonly limitPrice: Decimal | null
  readonly stopPrice: Decimal | null
  readonly reduceOnly: boolean
  readonly status: OrderStatus
  readonly filledQuantity: Decimal
  readonly at: number
}

export type BrokerEvent =
  | { readonly kind: 'accepted'; readonly clientOrderId: string; readonly venueOrderId: string }
  | { readonly kind: 'rejected'; readonly clientOrderId: string; readonly reason: string }
  | { readonly kind: 'filled'; readonly fill: Fill }
  | { readonly kind: 'funding'; readonly payment: FundingPayment }
  | {
      /** The trade is undone; `corrected`, under its own trade id, stands in its place unless it is null. */
      readonly kind: 'busted'
      readonly clientOrderId: string
      readonly tradeId: string
      readonly corrected: Fill | null
    }
  /** The stop price was reached. */
  | { readonly kind: 'triggered'; readonly clientOrderId: string }
  | {
      /** A replacement is in force: all of the order's terms, not only those that changed. */
      readonly kind: 'updated'
      readonly clientOrderId: string
      readonly quantity: Decimal
      readonly limitPrice: Decimal | null
      readonly stopPrice: Decimal | null
    }
  | { readonly kind: 'updateRejected'; readonly clientOrderId: string; readonly reason: string }
  | { readonly kind: 'canceled'; readonly clientOrderId: string }
  | { readonly kind: 'expired'; readonly clientOrderId: string }
  | { readonly kind: 'cancelRejected'; readonly clientOrderId: string; readonly reason: string }
  | { readonly kind: 'link'; readonly connected: boolean; readonly latencyMs: number | null }

/** What a broker can do by itself; the desk sends nothing that it cannot. */
export interface BrokerCapabilities {
  readonly orderTypes: readonly OrderType[]
  readonly timesInForce: readonly TimeInForce[]
  readonly replace: boolean
  readonly postOnly: boolean
  readonly reduceOnly: boolean
  /** True when a working order holds what it is to sell, so that two orders to sell the same cannot both rest. */
  readonly holdsForSale: boolean
  /** True when the venue itself links orders by their contingency: the desk then leaves that to it. */
  readonly contingencies: boolean
  /** Which client order ids it takes (OL-2): up to so many characters, the whole of them matching the pattern. */
  readonly clientOrderId: { readonly maximumLength: number; readonly pattern: RegExp }
  /** True when the venue cancels everything by itself once it hears no more of the desk; that takes protection too (KS-19). */
  readonly deadManSwitch: boolean
  /** What was traded is delivered so long after the trade, by the venue's rules: 0 where it settles with the trade, as crypto spot does. */
  readonly settlesAfterMs: number
}

/** A position as the broker has it; long is positive. */
export interface BrokerPosition {
  readonly instrument: string
  readonly quantity: Decimal
}

/** An amount of one currency on the account. */
export interface BrokerBalance {
  readonly currency: string
  readonly total: Decimal
  /** What no working order holds. */
  readonly free: Decimal
}

/**
 * A venue that takes orders. The client order id is the idempotency key: the same id twice is at most one order. Calls
 * reject with a ParleyError whose `retry` tells a definitive refusal from an ambiguous failure. ORDER_ID_TAKEN, which is
 * ambiguous, says that an order of this id was sent before: it is asked after, and never taken for rejected (OL-2).
 */
export interface Broker {
  readonly name: string
  readonly mode: 'paper' | 'live'
  readonly capabilities: BrokerCapabilities
  connect(listener: (event: BrokerEvent) => void): Promise<Stop>
  submit(order: Order): Promise<void>
  cancel(clientOrderId: string): Promise<void>
  /** Changes a working order; its fills count on. Until `updated` is told the old terms are in force (OL-6). */
  replace(clientOrderId: string, change: OrderChange): Promise<void>
  /** What the venue knows of the order; undefined when it has never heard of it. */
  query(clientOrderId: string): Promise<OrderReport | undefined>
  openOrders(): Promise<readonly OrderReport[]>
  /** Fills at or after the moment, oldest first. */
  fills(sinceMs: number): Promise<readonly Fill[]>
  /**
   * Has the venue cancel every order by itself once so long has passed without another such call; 0 takes that back. Absent
   * where the venue has no such timer (`capabilities.deadManSwitch`).
   */
  readonly deadManSwitch?: (afterMs: number) => Promise<void>
  /** Funding at or after the moment, oldest first; absent where nothing is traded that has any. */
  funding?(sinceMs: number): Promise<readonly FundingPayment[]>
  /** Every position that is not flat. Rejects when it cannot be told: that is unknown, and never flat (OL-15). */
  positions(): Promise<readonly BrokerPosition[]>
  balances(): Promise<readonly BrokerBalance[]>
}
