import { type ChoicesQuestion, paretoChoices } from '#engine/portfolio/pareto-choices.ts'
import type { Compute } from '#engine/ports/compute.ts'
import type { Feed } from '#engine/ports/feed.ts'
import { closedBars } from '#engine/trading/positions/closed-bars.ts'
import { timeframeMs } from '#shared/domain/bar.ts'
import { isPerpetual } from '#shared/domain/instrument.ts'
import type { PortfolioChoice, PortfolioChoices, PortfolioLimits } from '#shared/domain/portfolio-report.ts'
import { sign, toNumber } from '#shared/lib/decimal.ts'
import { mean } from '#shared/lib/statistics.ts'
import type { AllocationParts } from './allocation-report.ts'
import { portfolioOf, readUniverse } from './book-portfolio.ts'
import { heldBook } from './held-book.ts'
import { tradesTo } from './suggested-trades.ts'
import { cashBeside, readPast, suggestInvested, suggestWithCash } from './suggestion.ts'

const dayMs = 86_400_000
/** As much of the usual volume as can be sold without moving the price much. */
const participation = 0.1
const recentBars = 60
const mostChoices = 10

/** Days to sell holdings of the worth at a tenth of the volume of the last bars; 0 where that is unavailable. */
function daysToSell(feed: Feed, instrument: string, worth: number, now: number): number {
  const { timeframe, bars } = closedBars(feed, [instrument], now)
  const recent = (bars.get(instrument) ?? []).slice(-recentBars)
  const daily =
    mean(Float64Array.from(recent, ({ volume, close }) => volume * close)) * (dayMs / timeframeMs[timeframe])
  return daily > 0 ? worth / (participation * daily) : 0
}

/**
 * The choices of weights beside cash between return, risk, turnover and liquidity, of which none is better than another in
 * everything; by the desk's views, like the optimizer's vote. Limits that leave nothing are named. Rejects with what Compute
 * rejects with.
 */
export async function portfolioChoices(
  parts: AllocationParts,
  asked: PortfolioLimits,
  compute: Compute,
): Promise<PortfolioChoices> {
  const { feed, book, now } = parts
  const { held: all, equity } = heldBook(parts)
  const held = all.map(({ position }) => position.instrument).filter((id) => !isPerpetual(id))
  const empty = { at: now, currency: book.currency, basis: null, horizonMs: null, choices: [] }
  const universe = readUniverse(feed, now, held)
  const { maximumPosition, riskAversion } = parts.profiles[asked.profile]
  const portfolio = universe === undefined ? null : portfolioOf(parts, universe, maximumPosition)
  if (universe === undefined || portfolio === null || equity === null || sign(equity) <= 0) {
    return { ...empty, unavailable: 'The equity is unavailable, or there are too few closed bars.' }
  }
  const past = readPast(universe.read)
  const { instruments } = universe.read.shared
  const { from, to, bars } = portfolio
  const basis = { timeframe: universe.read.timeframe, bars, from, to }
  const suggested = suggestWithCash('black-litterman', past, portfolio, { ...asked, riskAversion, now })
  if ('unavailable' in suggested || suggested.book === null) {
    return { ...empty, basis, unavailable: 'unavailable' in suggested ? suggested.unavailable : null }
  }
  const { question, horizonMs } = suggested.book
  const wealth = toNumber(equity)
  const days = Float64Array.from(instruments, (id) => daysToSell(feed, id, wealth, now))
  const investedShare = question.current.reduce((sum, weight) => sum + weight, 0)
  const also = (['risk-parity', 'hierarchical-risk-parity', 'minimum-variance', 'least-cvar'] as const).flatMap(
    (goal) => {
      const found = instruments.length < 2 ? null : suggestInvested(goal, past, null, {})
      return found !== null && 'weights' in found ? [found.weights.map((weight) => weight * investedShare)] : []
    },
  )
  const choices = await compute.run(paretoChoices, {
    question,
    daysToSell: days,
    also,
    most: mostChoices,
  } satisfies ChoicesQuestion)
  const isLiquidityKnown = days.every((value) => value > 0)
  return {
    ...empty,
    basis,
    unavailable: null,
    horizonMs,
    choices: choices.map(
      ({ weights, exitDays, ...figures }): PortfolioChoice => ({
        ...figures,
        exitDays: isLiquidityKnown ? exitDays : null,
        cash: cashBeside(weights, question.elsewhere),
        weights: instruments.map((instrument, asset) => ({ instrument, weight: weights[asset] as number })),
        trades: tradesTo(parts, wealth, instruments, question.current, weights),
      }),
    ),
  }
}
