import type { Journal } from '#engine/journal/journal.ts'
import type { BrokerCapabilities } from '#engine/ports/broker.ts'
import type { DeskLatch } from '#engine/trading/gate/latch.ts'
import type { Intent } from '#engine/trading/orders/new-orders.ts'
import type { Orders } from '#engine/trading/orders/orders.ts'
import type { TradingBook } from '#engine/trading/positions/book.ts'
import type { Instrument } from '#shared/domain/instrument.ts'
import type { Actor } from '#shared/domain/journal.ts'
import { isClosed } from '#shared/domain/order.ts'
import type { Quote } from '#shared/domain/quote.ts'
import type { Clock, Stop } from '#shared/lib/clock.ts'
import { compare, type Decimal, multiply } from '#shared/lib/decimal.ts'
import { type Bracket, bracketDuties, type Duty, type ExitRules, exitsOf, type Leg } from './brackets.ts'

export interface ProtectionOptions {
  readonly journal: Pick<Journal, 'observe'>
  readonly book: TradingBook
  readonly orders: Pick<Orders, 'submit' | 'replace' | 'cancel' | 'closed' | 'link'>
  readonly latch: Pick<DeskLatch, 'current'>
  readonly capabilities: BrokerCapabilities
  /** The latest quote; undefined while there is none. */
  readonly quote: (instrument: string) => Quote | undefined
  readonly instrument: (id: string) => Instrument | undefined
  readonly clock: Clock
}

/** What keeps the stop and the target of every entry at the venue, with the size that is there to be protected. */
export interface Protection {
  /** Begins; it looks again whenever an order changes, and every second. */
  start(): Stop
  /**
   * Takes the exits of an instrument away, so that the position can be closed in another way, and places none until the
   * returned Stop is called. Rejects with the signal's reason when that is aborted first; protection then comes back.
   */
  standDown(instrument: string, signal: AbortSignal): Promise<Stop>
}

const actor: Actor = { kind: 'system', id: 'protection' }
const everyMs = 1_000
const longestWaitMs = 5_000

/**
 * Creates what protects entries where the venue does not link orders itself (KS-4, KS-21). Exits are sent only by a desk
 * that is not HALTED and has compared its account with the venue; taking away what protects nothing any more passes always.
 * What is denied, refused or not taken is tried again after 1, 2, 4 and then every 5 s; a stop whose price has been passed
 * is sent as a market order. Venues with contingencies of their own are left to do it.
 */
export function createProtection(options: ProtectionOptions): Protection {
  const { journal, book, orders, latch, capabilities, quote, instrument: instrumentOf, clock } = options
  const standing = new Map<string, number>()
  /** Legs that something is being done about. */
  const busy = new Set<string>()
  const failures = new Map<string, { readonly count: number; readonly until: number }>()
  const life = new AbortController()
  let isRunning = false
  let isDue = false
  let cancelTimer: Stop = () => {}

  const stepAside = (instrument: string) => standing.has(instrument)

  const rules: ExitRules = { capabilities, stepAside, isTargetOffered, isTooSmall }

  function look(): void {
    if (isDue || !isRunning) return
    isDue = true
    // After the turn in which the records came: what they change is changed together.
    clock.after(0, () => {
      isDue = false
      if (isRunning) for (const duty of bracketDuties(book, rules)) take(duty)
    })
  }

  function maySend(): boolean {
    const { connected, compared } = orders.link()
    return latch.current().state !== 'HALTED' && connected && compared
  }

  function take(duty: Duty): void {
    const { bracket, leg, kind } = duty
    const key = `${bracket.parentId}|${leg}`
    const attempt = attemptOf(bracket, leg, kind)
    if (busy.has(key) || (kind !== 'cancel' && !maySend()) || isTooSoon(attempt)) return
    busy.add(key)
    perform(duty)
      .then(
        () => failures.delete(attempt),
        () => {
          const count = (failures.get(attempt)?.count ?? 0) + 1
          const waitMs = Math.min(longestWaitMs, everyMs * 2 ** (count - 1))
          failures.set(attempt, { count, until: clock.monotonic() + waitMs })
        },
      )
      .finally(() => {
        busy.delete(key)
        look()
      })
      .catch(() => {})
  }

  function attemptOf({ parentId }: Bracket, leg: Leg, kind: Duty['kind']): string {
    return `${parentId}|${leg}|${kind}`
  }

  function isTooSoon(attempt: string): boolean {
    return clock.monotonic() < (failures.get(attempt)?.until ?? 0)
  }

  function isTargetOffered(bracket: Bracket): boolean {
    const { instrument, side, targetPrice } = bracket
    const at = quote(instrument)
    if (at === undefined || targetPrice === null) return false
    const isThere = side === 'buy' ? compare(at.bid, targetPrice) >= 0 : compare(at.ask, targetPrice) <= 0
    return isThere && maySend() && !isTooSoon(attemptOf(bracket, 'target', 'place'))
  }

  function isTooSmall({ instrument, stopPrice, targetPrice }: Bracket, leg: Leg, quantity: Decimal): boolean {
    const price = leg === 'stop' ? stopPrice : targetPrice
    const least = instrumentOf(instrument)?.minimumNotional
    return price !== null && least !== undefined && compare(multiply(quantity, price), least) < 0
  }

  /** Throws for what did not come to what it should, and has to be done again. */
  async function perform(duty: Duty): Promise<void> {
    switch (duty.kind) {
      case 'cancel': {
        const { status } = await orders.cancel(duty.exit.clientOrderId, actor)
        if (!isClosed(status) && status !== 'PENDING_CANCEL') throw new Error('The exit was not cancelled.')
        return
      }
      case 'resize':
        await orders.replace(duty.exit.clientOrderId, { quantity: duty.quantity }, actor, latch.current().epoch)
        return
      case 'place': {
        const intent = exitIntent(duty)
        const sent = await orders.submit(intent)
        const isBrief = intent.timeInForce === 'IOC' && !isClosed(sent.status)
        const { status } = isBrief ? await orders.closed(sent.clientOrderId, life.signal) : sent
        if (isClosed(status) && status !== 'FILLED') throw new Error(`The exit was ${status}.`)
      }
    }
  }

  function exitIntent({ bracket, leg, quantity, timeInForce }: Extract<Duty, { kind: 'place' }>): Intent {
    const { parentId, instrument, by, runId, proposalId, decisionId, made, stopPrice, targetPrice } = bracket
    const side = bracket.side === 'buy' ? 'sell' : 'buy'
    const price = quote(instrument)?.last
    const isPassed =
      leg === 'stop' &&
      stopPrice !== null &&
      price !== undefined &&
      (side === 'sell' ? compare(price, stopPrice) <= 0 : compare(price, stopPrice) >= 0)
    return {
      runId,
      proposalId,
      decisionId,
      by,
      instrument,
      side,
      quantity,
      reduceOnly: true,
      limitPrice: leg === 'target' ? targetPrice : null,
      stopPrice: leg === 'stop' && !isPassed ? stopPrice : null,
      timeInForce: isPassed ? 'IOC' : timeInForce,
      exitOf: { parentId, leg, number: made[leg] },
      epoch: latch.current().epoch,
    }
  }

  return {
    start() {
      if (capabilities.contingencies) return () => {}
      isRunning = true
      const stopObserving = journal.observe(({ kind }) => {
        if (kind.startsWith('order') || kind === 'tradingStateChanged') look()
      })
      const tick = () => {
        look()
        cancelTimer = clock.after(everyMs, tick)
      }
      tick()
      return () => {
        isRunning = false
        life.abort()
        cancelTimer()
        stopObserving()
      }
    },
    async standDown(instrument, signal) {
      standing.set(instrument, (standing.get(instrument) ?? 0) + 1)
      let isReleased = false
      const release = () => {
        if (isReleased) return
        isReleased = true
        const left = (standing.get(instrument) ?? 1) - 1
        if (left > 0) standing.set(instrument, left)
        else standing.delete(instrument)
        look()
      }
      look()
      try {
        const exits = [...book.brackets.values()]
          .filter((bracket) => bracket.instrument === instrument)
          .flatMap(({ parentId }) => exitsOf(book, parentId))
        await Promise.all(exits.map(({ clientOrderId }) => orders.closed(clientOrderId, signal)))
      } catch (error) {
        release()
        throw error
      }
      return release
    },
  }
}
