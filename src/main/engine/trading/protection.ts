import type { Journal } from '#engine/journal.ts'
import type { BrokerCapabilities } from '#engine/ports.ts'
import type { Actor } from '#shared/domain/journal.ts'
import { isClosed } from '#shared/domain/order.ts'
import type { Clock, Stop } from '#shared/lib/clock.ts'
import { compare, type Decimal } from '#shared/lib/decimal.ts'
import type { TradingBook } from './book.ts'
import { bracketDuties, type Duty, exitsOf } from './brackets.ts'
import type { DeskLatch } from './latch.ts'
import type { Intent } from './new-orders.ts'
import type { Orders } from './orders.ts'

export interface ProtectionOptions {
  readonly journal: Pick<Journal, 'observe'>
  readonly book: TradingBook
  readonly orders: Pick<Orders, 'submit' | 'replace' | 'cancel' | 'closed' | 'link'>
  readonly latch: Pick<DeskLatch, 'current'>
  readonly capabilities: BrokerCapabilities
  /** The last price; undefined while there is none. */
  readonly last: (instrument: string) => Decimal | undefined
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
 * What is denied or refused is tried again after 1, 2, 4 and then every 5 s; a stop whose price has been passed is sent as
 * a market order. Venues with contingencies of their own are left to do it.
 */
export function createProtection(options: ProtectionOptions): Protection {
  const { journal, book, orders, latch, capabilities, last, clock } = options
  const standing = new Map<string, number>()
  /** Legs that something is being done about. */
  const busy = new Set<string>()
  const failures = new Map<string, { readonly count: number; readonly until: number }>()
  let isRunning = false
  let isDue = false
  let cancelTimer: Stop = () => {}

  function look(): void {
    if (isDue || !isRunning) return
    isDue = true
    // After the turn in which the records came: what they change is changed together.
    clock.after(0, () => {
      isDue = false
      if (isRunning) for (const duty of bracketDuties(book, capabilities)) take(duty)
    })
  }

  function take(duty: Duty): void {
    const { bracket, leg } = duty
    const key = `${bracket.parentId}|${leg}`
    const { connected, compared } = orders.link()
    const mayPlace = latch.current().state !== 'HALTED' && connected && compared && !standing.has(bracket.instrument)
    if (busy.has(key) || (duty.kind !== 'cancel' && !mayPlace)) return
    if (clock.monotonic() < (failures.get(key)?.until ?? 0)) return
    busy.add(key)
    perform(duty)
      .then(
        () => failures.delete(key),
        () => {
          const count = (failures.get(key)?.count ?? 0) + 1
          failures.set(key, { count, until: clock.monotonic() + Math.min(longestWaitMs, everyMs * 2 ** (count - 1)) })
        },
      )
      .finally(() => busy.delete(key))
      .catch(() => {})
  }

  async function perform(duty: Duty): Promise<void> {
    switch (duty.kind) {
      case 'cancel':
        await orders.cancel(duty.exit.clientOrderId, actor)
        return
      case 'resize':
        await orders.replace(duty.exit.clientOrderId, { quantity: duty.quantity }, actor, latch.current().epoch)
        return
      case 'place': {
        const { status } = await orders.submit(exitIntent(duty))
        if (status === 'DENIED' || status === 'REJECTED') throw new Error(`The exit was ${status}.`)
      }
    }
  }

  function exitIntent({ bracket, leg, quantity }: Extract<Duty, { kind: 'place' }>): Intent {
    const { parentId, instrument, by, runId, proposalId, decisionId, made, stopPrice, targetPrice } = bracket
    const side = bracket.side === 'buy' ? 'sell' : 'buy'
    const price = last(instrument)
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
      timeInForce: isPassed ? 'IOC' : 'GTC',
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
      try {
        const exits = [...book.brackets.values()]
          .filter((bracket) => bracket.instrument === instrument)
          .flatMap(({ parentId }) => exitsOf(book, parentId))
        await Promise.all(
          exits.map(async ({ clientOrderId, status }) => {
            if (!isClosed(status)) await orders.cancel(clientOrderId, actor)
            await orders.closed(clientOrderId, signal)
          }),
        )
      } catch (error) {
        release()
        throw error
      }
      return release
    },
  }
}
