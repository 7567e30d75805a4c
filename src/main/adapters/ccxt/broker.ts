import type { Exchange, Order as LibraryOrder, Trade as LibraryTrade } from 'ccxt'
import type { Broker, BrokerCapabilities, BrokerEvent } from '#engine/ports/broker.ts'
import type { Fill, Order } from '#shared/domain/order.ts'
import { absolute, compare, type Decimal, sign, ZERO } from '#shared/lib/decimal.ts'
import { ParleyError } from '#shared/lib/error.ts'
import { createAccountFills, quantityOf } from './account-fills.ts'
import { createAnnouncedFills, type End } from './announced-fills.ts'
import { type BrokerLinkOptions, createBrokerLink } from './broker-link.ts'
import { signatureLastsMs } from './open-exchange.ts'
import { canBeId, type Objection, objectionTo } from './order-check.ts'
import { exact, exchangeReportOf, isConditional, isTriggered, statusOf } from './reports.ts'
import { venueRules } from './venue-rules.ts'
import { cancelAllAfter } from './venue-timer.ts'

export interface ExchangeBrokerOptions extends BrokerLinkOptions {
  /** The desk's mode. Anything but 'paper' is refused: see createExchangeBroker. */
  readonly mode: 'paper' | 'live'
}

/**
 * Creates a broker at the sandbox of an exchange's spot market, by its REST interface and the stream of the account's own
 * events. It trades practice money only: throws PAPER_ONLY for a live desk and for any endpoint but a sandbox, and its
 * client can dial no other host. Throws BROKER_NOT_SUPPORTED for an exchange whose rules are not known.
 *
 * What the exchange does not take is refused before anything is sent (ORDER_NOT_SUPPORTED), as is what is off its steps
 * (ORDER_REJECTED). Calls fail as ORDER_REJECTED and CANCEL_REJECTED (definitive), BROKER_DISCONNECTED,
 * BROKER_RATE_LIMITED and BROKER_BUSY (retryable, nothing was done), BROKER_NO_ANSWER and ORDER_ID_TAKEN (ambiguous).
 * `connect` resolves without a link where there is none to be had, and links by itself later. Positions are what the
 * account's trades add up to; what was deposited, and what fees took of the bought currency, is in the balances alone.
 */
export function createExchangeBroker(options: ExchangeBrokerOptions): Broker {
  const { exchange: name, clock, timeoutMs = 10_000 } = options
  const rules = rulesOf(options)
  const link = createBrokerLink({ ...options, timeoutMs })
  const { call } = link
  const fills = createAccountFills(link, clock)
  const bornAt = clock.now()
  /** Ids that are taken, or may be, and when they were sent last. */
  const sent = new Map<string, number>()
  const instrumentsOf = new Map<string, string>()
  const conditional = new Set<string>()
  const acceptedTold = new Set<string>()
  const triggeredTold = new Set<string>()
  const endTold = new Set<string>()
  const fillsTold = new Set<string>()
  const announced = createAnnouncedFills({ clock, told: quantityTold, ask: askForFills, tellEnd })
  let listener: ((event: BrokerEvent) => void) | undefined

  function tell(event: BrokerEvent): void {
    listener?.(event)
  }

  async function submit(order: Order): Promise<void> {
    const { clientOrderId, instrument } = order
    link.demand(`submit ${clientOrderId}`)
    const before = sent.get(clientOrderId)
    // What was sent may still be on its way, and is asked after, not sent twice (OL-1).
    if (before !== undefined && clock.monotonic() - before < signatureLastsMs(timeoutMs)) throw idTaken(clientOrderId)
    sent.set(clientOrderId, clock.monotonic())
    try {
      if (before === undefined) await refuseWrong(order)
      instrumentsOf.set(clientOrderId, instrument)
      // An order of an earlier life of the desk, or one whose answer was lost, may be there already.
      const mayBeThere = before !== undefined || order.createdAt < bornAt
      if (mayBeThere && (await find(clientOrderId)) !== undefined) throw idTaken(clientOrderId)
    } catch (error) {
      if (before === undefined) sent.delete(clientOrderId)
      else sent.set(clientOrderId, before)
      throw error
    }
    if (order.stopPrice !== null) conditional.add(clientOrderId)
    takeOrder(await send(order))
  }

  async function refuseWrong(order: Order): Promise<void> {
    const instrument = link.instruments().find(({ id }) => id === order.instrument)
    let objection = objectionTo(order, instrument, rules)
    if (objection === undefined && objectionToReducing(order) !== undefined) {
      // What was bought a moment ago may not have been told yet.
      await fills.refresh()
      objection = objectionToReducing(order)
    }
    if (objection === undefined) return
    const { code, reason } = objection
    tell({ kind: 'rejected', clientOrderId: order.clientOrderId, reason })
    throw new ParleyError(code, `The order ${order.clientOrderId} was not sent to ${name}: ${reason}.`, {
      details: { reason },
    })
  }

  async function send(order: Order): Promise<LibraryOrder> {
    const { clientOrderId } = order
    try {
      return await call('submit', `submit ${clientOrderId}`, (now) => create(now, order))
    } catch (error) {
      if (error instanceof ParleyError && error.retry !== 'ambiguous') sent.delete(clientOrderId)
      if (isDefinitive(error)) tell({ kind: 'rejected', clientOrderId, reason: reasonOf(error) })
      throw error
    }
  }

  function idTaken(clientOrderId: string): ParleyError {
    return new ParleyError('ORDER_ID_TAKEN', `${name} has an order ${clientOrderId} already.`, {
      retry: 'ambiguous',
      wayOut: 'Ask the exchange what became of it.',
    })
  }

  function objectionToReducing({ reduceOnly, side, quantity, instrument }: Order): Objection | undefined {
    if (!reduceOnly) return undefined
    const held = fills.net(instrument)
    const reducible = sign(held) === (side === 'sell' ? 1 : -1) ? absolute(held) : ZERO
    if (compare(quantity, reducible) <= 0) return undefined
    return { code: 'ORDER_REJECTED', reason: `only ${reducible} of ${instrument} is there to be reduced` }
  }

  async function cancel(clientOrderId: string): Promise<void> {
    try {
      const instrument = instrumentsOf.get(clientOrderId) ?? (await find(clientOrderId))?.symbol
      if (instrument === undefined) {
        const reason = 'the order is not known'
        throw new ParleyError('CANCEL_REJECTED', `${name} cannot cancel ${clientOrderId}: ${reason}.`, {
          details: { reason },
        })
      }
      // The library wants the exchange's own id as well; where it is given the desk's, it uses that.
      await call('cancel', `cancel ${clientOrderId}`, (now) => now.cancelOrder('', instrument, { clientOrderId }))
    } catch (error) {
      if (isDefinitive(error)) tell({ kind: 'cancelRejected', clientOrderId, reason: reasonOf(error) })
      throw error
    }
  }

  /** Looks for an order where it was sent to, or wherever it may be. */
  async function find(clientOrderId: string): Promise<LibraryOrder | undefined> {
    if (!canBeId(clientOrderId, rules.clientOrderId)) return undefined
    const known = instrumentsOf.get(clientOrderId)
    for (const id of known === undefined ? link.instruments().map((one) => one.id) : [known]) {
      try {
        const found = await call('read', `look up ${clientOrderId}`, (now) => now.fetchOrder('', id, { clientOrderId }))
        takeOrder(found)
        return found
      } catch (error) {
        if (!(error instanceof ParleyError) || error.details['class'] !== 'OrderNotFound') throw error
      }
    }
    return undefined
  }

  async function listFills(sinceMs: number): Promise<readonly Fill[]> {
    await fills.refresh()
    return fills.since(sinceMs)
  }

  /** Takes what the exchange says of an order, by whichever way. */
  function takeOrder(order: LibraryOrder): void {
    const { id, clientOrderId, symbol, status } = order
    fills.learn(order)
    // Some answers say no more than the id.
    if (id === undefined || clientOrderId === undefined || status === undefined || order.filled === undefined) return
    if (symbol !== undefined) instrumentsOf.set(clientOrderId, symbol)
    if (status === 'rejected') return
    tellAccepted(clientOrderId, id)
    if (isConditional(order)) conditional.add(clientOrderId)
    if (isTriggered(order)) tellTriggered(clientOrderId)
    const now = statusOf(order)
    const end = now === 'CANCELED' ? 'canceled' : now === 'EXPIRED' ? 'expired' : undefined
    announced.announce(clientOrderId, exact(order.filled, 'what is filled'), end)
  }

  async function takeTrade(trade: LibraryTrade): Promise<void> {
    const fill = await fills.take(trade)
    if (trade.order !== undefined) tellAccepted(fill.clientOrderId, trade.order)
    tellFill(fill)
    announced.check(fill.clientOrderId)
  }

  function tellAccepted(clientOrderId: string, venueOrderId: string): void {
    if (acceptedTold.has(clientOrderId)) return
    acceptedTold.add(clientOrderId)
    tell({ kind: 'accepted', clientOrderId, venueOrderId })
  }

  function tellTriggered(clientOrderId: string): void {
    if (triggeredTold.has(clientOrderId)) return
    triggeredTold.add(clientOrderId)
    tell({ kind: 'triggered', clientOrderId })
  }

  function tellFill(fill: Fill): void {
    // Whatever it was that did not come, a stop order trades once its price was reached.
    if (conditional.has(fill.clientOrderId)) tellTriggered(fill.clientOrderId)
    fillsTold.add(keyOf(fill))
    tell({ kind: 'filled', fill })
  }

  function tellEnd(clientOrderId: string, end: End): void {
    if (endTold.has(clientOrderId)) return
    endTold.add(clientOrderId)
    tell({ kind: end, clientOrderId })
  }

  function quantityTold(clientOrderId: string): Decimal {
    return quantityOf(fills.of(clientOrderId).filter((fill) => fillsTold.has(keyOf(fill))))
  }

  async function askForFills(clientOrderId: string): Promise<void> {
    await fills.refresh()
    for (const fill of fills.of(clientOrderId)) if (!fillsTold.has(keyOf(fill))) tellFill(fill)
  }

  return {
    name: `${name[0]?.toUpperCase()}${name.slice(1)} sandbox`,
    mode: 'paper',
    capabilities: rules,
    async connect(next) {
      if (listener !== undefined) throw new ParleyError('BROKER_CONNECTED', `${name} is connected already.`)
      listener = next
      const unlink = await link.start({
        prepare: fills.refresh,
        up: (latencyMs) => tell({ kind: 'link', connected: true, latencyMs }),
        down() {
          announced.clear()
          tell({ kind: 'link', connected: false, latencyMs: null })
        },
        orders: (orders) => orders.forEach(takeOrder),
        async trades(trades) {
          for (const trade of trades) await takeTrade(trade)
        },
      })
      if (!link.isUp()) tell({ kind: 'link', connected: false, latencyMs: null })
      return () => {
        if (listener !== next) return
        listener = undefined
        announced.clear()
        unlink()
      }
    },
    submit,
    cancel,
    ...(rules.deadManSwitch && {
      deadManSwitch: (afterMs: number) =>
        call('cancel', 'set the timer that cancels all', (now) => cancelAllAfter(now, afterMs)),
    }),
    replace: (clientOrderId) =>
      Promise.reject(new ParleyError('ORDER_NOT_SUPPORTED', `${name} cannot change ${clientOrderId}: cancel it.`)),
    query: async (clientOrderId) => {
      const found = await find(clientOrderId)
      return found && exchangeReportOf(found)
    },
    async openOrders() {
      const open = await call('read', 'list the open orders', (now) => now.fetchOpenOrders())
      for (const order of open) takeOrder(order)
      return open.map(exchangeReportOf)
    },
    fills: listFills,
    async positions() {
      await fills.refresh()
      return link.instruments().flatMap(({ id }) => {
        const quantity = fills.net(id)
        return sign(quantity) === 0 ? [] : { instrument: id, quantity }
      })
    },
    async balances() {
      const all = await call('read', 'list the balances', (now) => now.fetchBalance())
      const totals = all['total'] as unknown as Readonly<Record<string, unknown>>
      const free = all['free'] as unknown as Readonly<Record<string, unknown>>
      return Object.entries(totals).map(([currency, total]) => ({
        currency,
        total: exact(total, 'a balance'),
        free: exact(free[currency], 'a balance'),
      }))
    },
  }
}

function create(client: Exchange, order: Order): Promise<LibraryOrder> {
  const { instrument, side, quantity, limitPrice, stopPrice, timeInForce, postOnly, clientOrderId } = order
  const hasLimit = limitPrice !== null
  const params = {
    clientOrderId,
    ...(stopPrice !== null && { stopLossPrice: stopPrice }),
    ...(hasLimit && !postOnly && { timeInForce }),
    ...(postOnly && { postOnly }),
  }
  // The library's types say number; it takes and keeps the text, so that no digit is lost on the way.
  const amount = quantity as unknown as number
  const price = (limitPrice ?? undefined) as unknown as number | undefined
  return client.createOrder(instrument, hasLimit ? 'limit' : 'market', side, amount, price, params)
}

function keyOf({ clientOrderId, tradeId }: Fill): string {
  return `${clientOrderId} ${tradeId}`
}

function isDefinitive(error: unknown): error is ParleyError {
  return error instanceof ParleyError && error.retry === 'definitive'
}

function reasonOf({ details, message }: ParleyError): string {
  const { reason } = details
  return typeof reason === 'string' ? reason : message
}

function rulesOf({ mode, exchange, endpoint }: ExchangeBrokerOptions): BrokerCapabilities {
  if (mode !== 'paper' || endpoint.kind !== 'sandbox') {
    throw new ParleyError('PAPER_ONLY', `A ${mode} desk sends no orders to ${exchange} (${endpoint.kind}).`, {
      wayOut: 'Choose the sandbox of the exchange, or the paper account.',
    })
  }
  const rules = venueRules[exchange]
  if (rules !== undefined) return rules
  throw new ParleyError('BROKER_NOT_SUPPORTED', `Orders cannot be sent to ${exchange}: its rules are not known.`, {
    wayOut: `Choose one of ${Object.keys(venueRules).join(', ')}, or the paper account.`,
  })
}
