import { createSimulatedExchange } from '#adapters/simulated/exchange.ts'
import type { AllocationParts } from '#engine/desk/reports/allocation-report.ts'
import { emptyBook, type TradingBook } from '#engine/trading/positions/book.ts'
import type { PastView } from '#shared/domain/insight.ts'
import type { PortfolioGoal } from '#shared/domain/portfolio-goal.ts'
import type { PortfolioQuestion } from '#shared/domain/portfolio-report.ts'
import { decimal, toNumber, ZERO } from '#shared/lib/decimal.ts'
import { createVirtualClock } from '#shared/lib/virtual-clock.ts'
import { shippedMandate, shippedPlanning } from '#test/builders/desk-kernel.ts'

/** The moment that the reports are of. */
export const reportedAt = Date.UTC(2026, 4, 4, 12)
/** The simulated market that the reports are about. */
export const reportedFeed = createSimulatedExchange({ clock: createVirtualClock(reportedAt), seed: 5 })
const last = (id: string) => toNumber(reportedFeed.quote(id)?.last ?? ZERO)

/** A book of amounts of money by instrument, opened by a run each. */
export function reportParts(
  worths: Readonly<Record<string, number>>,
  about: Partial<AllocationParts> = {},
): AllocationParts {
  const book: TradingBook = emptyBook()
  Object.assign(book, {
    account: 'paper',
    currency: 'USDT',
    cash: decimal(50_000),
    day: 1,
    dayStartEquity: decimal(61_000),
  })
  for (const [instrument, worth] of Object.entries(worths)) {
    const quantity = decimal((worth / last(instrument)).toFixed(8))
    book.positions.set(instrument, {
      instrument,
      quantity,
      averagePrice: decimal(1),
      realised: ZERO,
      fees: ZERO,
      updatedAt: reportedAt,
    })
    book.openedBy.set(instrument, `run-${instrument}`)
  }
  return {
    book,
    feed: reportedFeed,
    mandate: shippedMandate,
    now: reportedAt,
    history: { listViews: () => [] },
    profiles: shippedPlanning.profiles,
    ...about,
  }
}

/** What an allocation report is asked. */
export const asking = (goal: PortfolioGoal, about: Partial<PortfolioQuestion> = {}): PortfolioQuestion => ({
  goal,
  profile: 'balanced',
  ...about,
})

/** A view that was formed so many days ago, on the next 24 days. */
export const viewOn = (instrument: string, magnitude: number, daysAgo = 1): PastView => ({
  runId: 'run-view',
  at: reportedAt - daysAgo * 86_400_000,
  insight: {
    agent: 'analyst',
    instrument,
    direction: 'up',
    magnitude,
    confidence: 0.7,
    horizonMs: 24 * 86_400_000,
    reasons: [],
    evidence: [],
  },
})

/** A book of two coins, four fifths of it in the first. */
export const heldParts = reportParts({ 'BTC/USDT': 8_000, 'ETH/USDT': 2_000 })
