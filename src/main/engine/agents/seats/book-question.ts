import type { BriefingPortfolio, StandingView } from '#engine/agents/seat.ts'
import type { BookQuestion } from '#engine/portfolio/book-target.ts'
import { isPerpetual } from '#shared/domain/instrument.ts'
import { expectedMove } from './propose.ts'

/** What a standing view expects of the time ahead: as much of its move as falls into it. */
function moveAhead({ at, insight }: StandingView, now: number, horizonMs: number): number {
  const left = Math.max(0, at + insight.horizonMs - now)
  return expectedMove(insight) * Math.min(1, Math.min(left, horizonMs) / Math.max(1, insight.horizonMs))
}

/** The question of which weights a book should have over a horizon, with views on what is in it. */
export function bookQuestion(
  { assets, covariances, prior, barMs, elsewhere }: BriefingPortfolio,
  views: readonly StandingView[],
  { now, horizonMs, riskAversion }: { readonly now: number; readonly horizonMs: number; readonly riskAversion: number },
): BookQuestion {
  const bars = horizonMs / barMs
  const rowOf = (id: string) => assets.findIndex(({ instrument }) => instrument === id)
  return {
    current: Float64Array.from(assets, ({ weight }) => weight),
    lower: Float64Array.from(assets, ({ instrument, ceiling }) => (isPerpetual(instrument) ? -ceiling : 0)),
    upper: Float64Array.from(assets, ({ ceiling }) => ceiling),
    elsewhere,
    costs: Float64Array.from(assets, ({ cost }) => cost),
    covariances: covariances.map((row) => row.map((value) => value * bars)),
    prior: prior.map((value) => value * bars),
    views: views
      .filter(({ insight }) => rowOf(insight.instrument) >= 0)
      .map((view) => ({
        asset: rowOf(view.insight.instrument),
        move: moveAhead(view, now, horizonMs),
        confidence: view.insight.confidence,
      })),
    riskAversion,
  }
}
