import type { Feed } from '#engine/ports/feed.ts'
import type { Intent } from '#engine/trading/orders/new-orders.ts'
import type { ExecutionSchedule } from '#shared/domain/parent-order.ts'
import { type Clock, sleep } from '#shared/lib/clock.ts'
import {
  absolute,
  add,
  compare,
  type Decimal,
  divide,
  fromNumber,
  multiply,
  roundToStep,
  ZERO,
} from '#shared/lib/decimal.ts'
import { errorCode } from '#shared/lib/error.ts'
import type { Random } from '#shared/lib/random.ts'
import type { Counts } from './counts.ts'
import { algorithmRun } from './counts.ts'
import type { DeskProcess } from './process.ts'

/** Sends orders of every kind through the one way to the broker, as an execution algorithm would, and tries them again. */
export interface AlgorithmDriver {
  /** Sends an order, now or some seconds after it was decided, or tries an earlier one again. */
  act(): void
}

const notionals = [4, 20, 200, 2_000, 9_000, 24_000, 26_000, 60_000]

/** Starts an algorithm that outlives the processes whose orders it sends. */
export function startAlgorithm(
  process: () => DeskProcess,
  feed: Feed,
  random: Random,
  counts: Counts,
  inParts: number,
): AlgorithmDriver {
  const shares = random.fork('parts')

  const sent: Omit<Intent, 'epoch'>[] = []
  const scheduled = new Map<Omit<Intent, 'epoch'>, ExecutionSchedule | null>()

  function newIntent(desk: DeskProcess): Omit<Intent, 'epoch'> | undefined {
    const instrument = random.pick(feed.instruments())
    const last = feed.quote(instrument.id)?.last
    if (last === undefined) return undefined
    const held = desk.kernel.book.positions.get(instrument.id)?.quantity ?? ZERO
    const isContract = instrument.perpetual !== undefined
    const closes = compare(held, ZERO) !== 0 && random.chance(0.5)
    const isShort = compare(held, ZERO) < 0
    const opens = isContract && random.chance(0.4) ? 'sell' : 'buy'
    const side = closes ? (isShort ? 'buy' : 'sell') : opens
    const wanted = divide(fromNumber(random.pick(notionals), 2), last)
    const part = multiply(absolute(held), fromNumber(random.pick([0.3, 0.7, 1, 1.2]), 1))
    const quantity = roundToStep(closes && random.chance(0.8) ? part : wanted, instrument.quantityStep, 'down')
    const away = (random.chance(0.7) ? 0.002 : 0.06) * (2 * random.float() - 1)
    const limit = roundToStep(multiply(last, add('1' as Decimal, fromNumber(away, 6))), instrument.priceStep, 'down')
    const number = sent.length + 1
    const exits = {
      stopPrice: roundToStep(
        multiply(last, (side === 'buy' ? '0.997' : '1.003') as Decimal),
        instrument.priceStep,
        'down',
      ),
      targetPrice: random.chance(0.7)
        ? roundToStep(multiply(last, (side === 'buy' ? '1.003' : '0.997') as Decimal), instrument.priceStep, 'down')
        : null,
    }
    return {
      ...((isContract || side === 'buy') && random.chance(isContract ? 0.9 : 0.6) && { exits }),
      runId: algorithmRun,
      proposalId: `prop_algorithm_${number}`,
      decisionId: `dec_algorithm_${number}`,
      by: 'executor',
      instrument: instrument.id,
      side,
      quantity,
      limitPrice: random.chance(0.3) ? null : limit,
      timeInForce: random.chance(0.3) ? 'IOC' : 'GTC',
      reduceOnly: closes && random.chance(0.5),
    }
  }

  async function send(intent: Omit<Intent, 'epoch'>, desk: DeskProcess, clock: Clock): Promise<void> {
    const { epoch } = desk.kernel.latch.current()
    if (random.chance(0.5)) await sleep(clock, random.int(0, 4_000))
    // The same intent goes out in the same way however often it is tried.
    const ways = scheduled.get(intent) ?? (shares.chance(inParts) ? scheduleOf() : null)
    scheduled.set(intent, ways)
    if (ways === null) await desk.kernel.orders.submit({ ...intent, epoch })
    else await desk.kernel.parentOrders.begin({ ...intent, epoch }, ways)
  }

  function scheduleOf(): ExecutionSchedule {
    const count = shares.int(2, 6)
    const algorithm = shares.pick(['twap', 'pov', 'iceberg'] as const)
    return {
      algorithm,
      why: 'as it comes',
      intervalMs: shares.int(1_000, 8_000),
      due: Array.from({ length: count }, (_, index) => (index + 1) / count),
      participation: algorithm === 'pov' ? 0.5 : null,
      displayed: algorithm === 'iceberg' ? fromNumber(shares.pick([0.01, 0.1, 1]), 2) : null,
      expectedBps: null,
    }
  }

  return {
    act() {
      const desk = process()
      if (!desk.isOpen()) return
      desk.life.run(() => {
        const earlier = sent.slice(-4)
        const again = earlier.length > 0 && random.chance(0.25)
        const intent = again ? random.pick(earlier) : newIntent(desk)
        if (intent === undefined) return
        if (again) counts.add('intents tried again')
        else sent.push(intent)
        send(intent, desk, desk.clock).catch((error: unknown) => counts.add(`submits refused ${errorCode(error)}`))
      })
    },
  }
}
