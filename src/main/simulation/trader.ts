import { consensusPresets } from '#shared/domain/consensus-policy.ts'
import type { Actor } from '#shared/domain/journal.ts'
import { profileNames } from '#shared/domain/profile.ts'
import type { StopLevel } from '#shared/domain/trading-state.ts'
import { errorCode, errorMessage } from '#shared/lib/error.ts'
import type { Random } from '#shared/lib/random.ts'
import type { Counts } from './counts.ts'
import type { Machine } from './machine.ts'
import type { Oracle } from './oracle.ts'
import { account, type DeskProcess } from './process.ts'
import { answerSomeReview } from './reviewer.ts'

/** A person before the desk who does everything that the desk allows, at any time. */
export interface Trader {
  /** Does one thing. */
  act(): void
  stop(level: StopLevel): void
  /** Asks to be let back to trading; says why not. */
  rearm(): string | undefined
  decide(instrument: string): void
  /** Does something with a review, if there is one. */
  answer(): void
}

/** Who the trader is to the journal. */
const trader: Actor = { kind: 'human', id: 'trader' }

/** Seats a trader before whatever process runs. */
export function seatTrader(
  process: () => DeskProcess,
  machine: Machine,
  oracle: Oracle,
  random: Random,
  counts: Counts,
): Trader {
  // Of their own, so that the same seed does the rest as if there were no reviews.
  const answers = random.fork('answers')

  /** Does something within the process; an answer that a dying process gives is none. */
  function ask(what: (desk: DeskProcess) => void): void {
    const desk = process()
    if (desk.isOpen()) desk.life.run(() => what(desk))
  }

  function stop(level: StopLevel): void {
    ask(({ kernel, life }) => {
      kernel.halt(level, trader, 'I do not like this.')
      if (!life.alive) return
      oracle.tell('HALTED')
      counts.add(`stops of level ${level}`)
    })
  }

  function stopFromOutside(): void {
    machine.stopRequest ??= { level: 2, reason: 'A stop from the command line' }
    counts.add('stops from outside')
  }

  function open(turn: (desk: DeskProcess) => void): string | undefined {
    let refused: string | undefined = 'the desk does not answer'
    ask((desk) => {
      const before = oracle.told
      oracle.tell('unsure')
      try {
        turn(desk)
        refused = undefined
        if (desk.life.alive) oracle.tell(desk.kernel.latch.current().state)
      } catch (error) {
        refused = errorMessage(error)
        if (desk.life.alive) oracle.tell(before)
      }
    })
    return refused
  }

  function rearm(): string | undefined {
    return open(({ kernel }) => {
      kernel.rearm(trader, { reason: 'I have looked at it.', account: account.id, mode: 'PAPER' })
    })
  }

  function decide(instrument: string): void {
    const goal = { instrument, profile: random.pick(profileNames), policy: random.pick(consensusPresets) } as const
    ask(({ kernel }) => {
      kernel.runs.start(goal, trader).catch((error: unknown) => counts.add(`runs refused ${errorCode(error)}`))
    })
  }

  function cancelSomeRun(): void {
    ask(({ kernel }) => {
      const active = kernel.runs.active()
      if (active.length > 0) kernel.runs.cancel(random.pick(active).runId, 'I have seen enough.')
    })
  }

  function cancelSomeOrder(): void {
    ask(({ kernel }) => {
      const working = [...kernel.book.orders.keys()]
      if (working.length === 0) return
      kernel.orders.cancel(random.pick(working), trader).catch((error: unknown) => {
        counts.add(`cancels refused ${errorCode(error)}`)
      })
    })
  }

  return {
    stop,
    rearm,
    decide,
    answer: () => ask((desk) => answerSomeReview(desk, trader, answers, counts)),
    act() {
      const instrument = random.pick(['BTC/USDT', 'ETH/USDT', 'BTC/USDT:USDT', 'BTC/USDT:USDT'])
      if (oracle.told !== 'ACTIVE' && random.chance(0.7)) {
        if (rearm() === undefined) counts.add('re-armed')
        return
      }
      const dice = random.float()
      if (dice < 0.3) decide(instrument)
      else if (dice < 0.37) stop(random.pick([1, 2, 3] as const))
      else if (dice < 0.4) stopFromOutside()
      else if (dice < 0.47) open(({ kernel }) => kernel.reduce(trader, 'I want less of it.'))
      else if (dice < 0.55) rearm()
      else if (dice < 0.62) cancelSomeRun()
      else if (dice < 0.82) cancelSomeOrder()
      else if (dice < 0.86) {
        const desk = process()
        if (desk.isOpen())
          desk.close().catch((error: unknown) => desk.life.end(`could not close: ${errorMessage(error)}`))
      }
    },
  }
}
