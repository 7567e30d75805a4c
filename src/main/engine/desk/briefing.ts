import type { Briefing, BriefingPlan } from '#engine/agents/seat.ts'
import type { Feed } from '#engine/ports.ts'
import { equity } from '#engine/trading/book.ts'
import { type BarSeries, barSeries, type Timeframe, timeframeMs, timeframes } from '#shared/domain/bar.ts'
import { toNumber } from '#shared/lib/decimal.ts'
import { ParleyError } from '#shared/lib/error.ts'
import { profileFor } from './decide-terms.ts'
import type { DeskParts } from './parts.ts'
import { portfolioRisk } from './portfolio-risk.ts'
import type { RunMemory } from './run-memory.ts'

const barsWanted = 400
const barsEnough = 60
const yearMs = 365.25 * 86_400_000

/** Closed bars of the longest timeframe that has enough of them; else of the one with the most. */
function closedBars(feed: Feed, instrument: string, now: number): BarSeries {
  let best: readonly { time: number }[] = []
  for (const timeframe of [...timeframes].reverse()) {
    const bars = feed
      .bars(instrument, timeframe, barsWanted + 1)
      .filter(isClosedAt(now, timeframe))
      .slice(-barsWanted)
    if (bars.length >= barsEnough) return barSeries(bars)
    if (bars.length > best.length) best = bars
  }
  return barSeries(best as Parameters<typeof barSeries>[0])
}

function isClosedAt(now: number, timeframe: Timeframe): (bar: { time: number }) => boolean {
  return ({ time }) => time + timeframeMs[timeframe] <= now
}

/** How many of the bars make a year, from their own spacing: markets that close have fewer. */
function barsPerYear({ time }: BarSeries): number {
  const first = time[0]
  const last = time.at(-1)
  return first === undefined || last === undefined || last === first
    ? 365
    : ((time.length - 1) * yearMs) / (last - first)
}

/**
 * What a seat is told about the run's question now. Rejects with INSTRUMENT_NOT_FOUND, QUOTE_UNAVAILABLE, and what
 * Compute rejects with.
 */
export async function briefingOf(parts: DeskParts, memory: RunMemory): Promise<Briefing> {
  const { feed, book, planning, mandate, clock, readRegime } = parts
  const { runId, goal } = memory
  const instrument = feed.instruments().find(({ id }) => id === goal.instrument)
  const quote = feed.quote(goal.instrument)
  if (instrument === undefined) throw new ParleyError('INSTRUMENT_NOT_FOUND', `${goal.instrument} is not traded here.`)
  if (quote === undefined) {
    throw new ParleyError('QUOTE_UNAVAILABLE', `There is no price for ${goal.instrument}.`, { retry: 'retryable' })
  }
  const now = Math.floor(clock.now())
  const bars = closedBars(feed, goal.instrument, now)
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
      cash: book.cash,
      equity: equity(book, (id) => feed.quote(id)?.last) ?? null,
      position: book.positions.get(goal.instrument) ?? null,
    },
    mandate,
    now,
    plan: planOf(parts, memory, now),
  }
  return { ...taken, regime: await readRegime(goal.instrument, bars) }
}

function planOf({ feed, book }: DeskParts, { goal }: RunMemory, now: number): BriefingPlan | null {
  if (goal.collaboration === undefined) return null
  const { purpose, parameters } = goal.collaboration
  // Only these look at it, and it takes a walk over a year of bars of everything that is held.
  const risk = purpose === 'mitigate' ? portfolioRisk(book, feed, now) : undefined
  if (risk === undefined) return { purpose, parameters, risk: null }
  const own = risk.parts.find(({ instrument }) => instrument === goal.instrument)
  return { purpose, parameters, risk: { portfolio: risk.share, position: own?.share ?? 0 } }
}
