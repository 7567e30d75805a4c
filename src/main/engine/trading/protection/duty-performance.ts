import type { Intent } from '#engine/trading/orders/new-orders.ts'
import type { Actor } from '#shared/domain/journal.ts'
import { isClosed } from '#shared/domain/order.ts'
import { compare, multiply } from '#shared/lib/decimal.ts'
import type { Bracket, Leg } from './brackets.ts'
import type { Duty, ExitRules } from './exit-duties.ts'
import { maySendExits, type ProtectionState } from './protection-state.ts'

const actor: Actor = { kind: 'system', id: 'protection' }

/** What has failed is tried again after so long, then after twice as long each time, up to the longest. */
const firstRetryMs = 1_000
const longestRetryMs = 5_000

/** Does what brackets ask for, unless something is being done about the leg, it may not be done now or was tried just before. */
export function take(state: ProtectionState, duty: Duty, onDone: () => void): void {
  const { busy, failures, clock } = state
  const { bracket, leg, kind } = duty
  const key = `${bracket.parentId}|${leg}`
  const attempt = attemptOf(bracket, leg, kind)
  if (busy.has(key) || (kind !== 'cancel' && !maySendExits(state)) || isTooSoon(state, attempt)) return
  busy.add(key)
  perform(state, duty)
    .then(
      () => failures.delete(attempt),
      () => {
        const count = (failures.get(attempt)?.count ?? 0) + 1
        const waitMs = Math.min(longestRetryMs, firstRetryMs * 2 ** (count - 1))
        failures.set(attempt, { count, until: clock.monotonic() + waitMs })
      },
    )
    .finally(() => {
      busy.delete(key)
      onDone()
    })
    .catch(() => {})
}

/** What exits follow from now, beside the account. */
export function exitRules(state: ProtectionState): ExitRules {
  const { capabilities, standing, quote, instrument: instrumentOf } = state
  return {
    capabilities,
    stepAside: (instrument) => standing.has(instrument),
    isTargetOffered(bracket) {
      const { instrument, side, targetPrice } = bracket
      const at = quote(instrument)
      if (at === undefined || targetPrice === null) return false
      const isThere = side === 'buy' ? compare(at.bid, targetPrice) >= 0 : compare(at.ask, targetPrice) <= 0
      return isThere && maySendExits(state) && !isTooSoon(state, attemptOf(bracket, 'target', 'place'))
    },
    isTooSmall({ instrument, stopPrice, targetPrice }, leg, quantity) {
      const price = leg === 'stop' ? stopPrice : targetPrice
      const least = instrumentOf(instrument)?.minimumNotional
      return price !== null && least !== undefined && compare(multiply(quantity, price), least) < 0
    },
  }
}

function attemptOf({ parentId }: Bracket, leg: Leg, kind: Duty['kind']): string {
  return `${parentId}|${leg}|${kind}`
}

function isTooSoon({ clock, failures }: ProtectionState, attempt: string): boolean {
  return clock.monotonic() < (failures.get(attempt)?.until ?? 0)
}

/** Throws for what did not come to what it should, and has to be done again. */
async function perform(state: ProtectionState, duty: Duty): Promise<void> {
  const { orders, latch, life } = state
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
      const intent = exitIntent(state, duty)
      const sent = await orders.submit(intent)
      const isBrief = intent.timeInForce === 'IOC' && !isClosed(sent.status)
      const { status } = isBrief ? await orders.closed(sent.clientOrderId, life) : sent
      if (isClosed(status) && status !== 'FILLED') throw new Error(`The exit was ${status}.`)
    }
  }
}

/** A stop whose price has been passed is sent as a market order. */
function exitIntent(
  { quote, latch }: ProtectionState,
  { bracket, leg, quantity, timeInForce }: Extract<Duty, { kind: 'place' }>,
): Intent {
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
