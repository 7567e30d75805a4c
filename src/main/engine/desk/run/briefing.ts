import type { Briefing, BriefingPlan } from '#engine/agents/seat.ts'
import { profileFor } from '#engine/desk/planning/decide-terms.ts'
import { portfolioRisk } from '#engine/desk/reports/portfolio-risk.ts'
import { freeCash } from '#engine/trading/margin/book-margin.ts'
import { equity } from '#engine/trading/positions/book.ts'
import { closedBars } from '#engine/trading/positions/closed-bars.ts'
import { marksOf } from '#engine/trading/positions/marks.ts'
import { type BarSeries, barSeries } from '#shared/domain/bar.ts'
import type { Instrument } from '#shared/domain/instrument.ts'
import { type Decimal, fromNumber, multiply, toNumber, ZERO } from '#shared/lib/decimal.ts'
import { ParleyError } from '#shared/lib/error.ts'
import type { DeskParts } from './desk-parts.ts'
import type { RunState } from './run-state.ts'

const yearMs = 365.25 * 86_400_000

/** How many of the bars make a year, from their own spacing: markets that close have fewer. */
function barsPerYear({ time }: BarSeries): number {
  const first = time[0]
  const last = time.at(-1)
  return first === undefined || last === undefined || last === first
    ? 365
    : ((time.length - 1) * yearMs) / (last - first)
}

/** A size that fills the limits exactly would be over them as soon as the price moves. */
const roomKept = 0.98

function riskRoom(
  { feed, book, mandate, tails }: DeskParts,
  instrument: string,
  direction: 1 | -1,
  now: number,
): Decimal | null {
  const worths = new Map<string, number>()
  for (const { instrument: held, quantity } of book.positions.values()) {
    const mark = marksOf(feed)(held)
    if (quantity === ZERO) continue
    if (mark === undefined) return ZERO
    worths.set(held, toNumber(multiply(quantity, mark)))
  }
  const room = tails.room(worths, instrument, direction, mandate, now)
  return room === null || room === Number.POSITIVE_INFINITY ? null : fromNumber(roomKept * room, 2)
}

/** What an instrument can be bought for: nothing where that cannot be told. */
function moneyFor({ feed, book, mandate }: DeskParts, { perpetual }: Instrument): Decimal {
  const terms = (id: string) => feed.instruments().find((each) => each.id === id)?.perpetual
  const free = freeCash({ book, mandate, mark: marksOf(feed), terms })
  if (typeof free === 'object') return ZERO
  return perpetual === undefined ? free : multiply(free, fromNumber(roomKept * mandate.maximumLeverage, 4))
}

/**
 * What a seat is told about the run's question now. Rejects with INSTRUMENT_NOT_FOUND, QUOTE_UNAVAILABLE, and what
 * Compute rejects with.
 */
export async function briefingOf(parts: DeskParts, memory: RunState): Promise<Briefing> {
  const { feed, book, planning, mandate, clock, readRegime } = parts
  const { runId, goal } = memory
  const instrument = feed.instruments().find(({ id }) => id === goal.instrument)
  const quote = feed.quote(goal.instrument)
  if (instrument === undefined) throw new ParleyError('INSTRUMENT_NOT_FOUND', `${goal.instrument} is not traded here.`)
  if (quote === undefined) {
    throw new ParleyError('QUOTE_UNAVAILABLE', `There is no price for ${goal.instrument}.`, { retry: 'retryable' })
  }
  const now = Math.floor(clock.now())
  const bars = barSeries(closedBars(feed, [goal.instrument], now).bars.get(goal.instrument) ?? [])
  // All but the regime is of one moment: what changes while it is fitted does not count yet.
  const taken = {
    runId,
    instrument,
    profile: profileFor(goal, planning),
    dossier: {
      instrument: goal.instrument,
      asOf: now,
      price: toNumber(quote.last),
      evidence: memory.evidence,
      validation: memory.validation,
    },
    quote,
    book: feed.book(goal.instrument) ?? null,
    bars,
    barsPerYear: barsPerYear(bars),
    account: {
      cash: moneyFor(parts, instrument),
      equity: equity(book, marksOf(feed)) ?? null,
      position: book.positions.get(goal.instrument) ?? null,
      riskRoom: riskRoom(parts, goal.instrument, 1, now),
      shortRoom: instrument.perpetual === undefined ? null : riskRoom(parts, goal.instrument, -1, now),
    },
    mandate,
    now,
    plan: planOf(parts, memory, now),
  }
  return { ...taken, regime: await readRegime(goal.instrument, bars) }
}

function planOf({ feed, book }: DeskParts, { goal }: RunState, now: number): BriefingPlan | null {
  if (goal.collaboration === undefined) return null
  const { purpose, parameters } = goal.collaboration
  // Only these look at it, and it takes a walk over a year of bars of everything that is held.
  const risk = purpose === 'mitigate' ? portfolioRisk(book, feed, now) : undefined
  if (risk === undefined) return { purpose, parameters, risk: null }
  const own = risk.parts.find(({ instrument }) => instrument === goal.instrument)
  return { purpose, parameters, risk: { portfolio: risk.share, position: own?.share ?? 0 } }
}
