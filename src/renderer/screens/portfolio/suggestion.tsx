import { Link } from '@tanstack/react-router'
import { BasisWords } from '#renderer/ui/bar-basis.tsx'
import { formatNumber, formatPercent } from '#renderer/ui/format.ts'
import { Panel } from '#renderer/ui/panel.tsx'
import { goalWords } from '#renderer/ui/portfolio-goals.ts'
import { EmptyState } from '#renderer/ui/states.tsx'
import type { PortfolioReport } from '#shared/domain/portfolio-report.ts'
import { FrontierPicture } from './frontier-picture.tsx'
import { horizonWords } from './frontier-view.ts'
import styles from './portfolio-screen.module.css'
import { TradeTable } from './trade-table.tsx'

/** What a goal suggests, on the frontier and in words, and the trades that lead there. */
export function Suggestion({ report }: { report: PortfolioReport }) {
  const { basis, unavailable, goal, frontier } = report
  return (
    <Panel title="Suggestion" about={basis !== null && <BasisWords basis={basis} />}>
      {basis === null ? (
        <EmptyState title="No suggestion">{unavailable}</EmptyState>
      ) : (
        <div className={styles.columns}>
          {frontier.length > 0 ? (
            <FrontierPicture report={report} />
          ) : (
            <EmptyState title="No frontier">
              {report.holdings.length < 2 ? 'It needs at least two instruments.' : 'No portfolio fits the limits.'}
            </EmptyState>
          )}
          <div className={styles.words}>
            <h3>{goalWords[goal].title}</h3>
            {unavailable !== null && <p className={styles.refused}>{unavailable}</p>}
            <p>{goalWords[goal].about}</p>
            <p className={styles.dim}>{basisSentence(report)}</p>
            <Trades report={report} />
          </div>
        </div>
      )}
    </Panel>
  )
}

function basisSentence(report: PortfolioReport): string {
  const { weighed, shrinkage, diversification, riskAversion, horizonMs, turnover, without, invested } = report
  const sentences = [
    weighed === 'equity'
      ? `Shares of equity, over the next ${horizonMs === null ? 'horizon' : horizonWords(horizonMs)}, with risk aversion ${riskAversion} (2 is half Kelly).`
      : 'Long only; shares of what is invested.',
    shrinkage !== null &&
      `Covariances are shrunk ${formatPercent(shrinkage, 0, false)} toward one correlation for all pairs (Ledoit and Wolf). Mean returns in the chart are those of the bars.`,
    turnover !== null &&
      turnover > 0 &&
      (weighed === 'equity' || invested > 0) &&
      `Turnover ${formatPercent(turnover, 1, false)}.`,
    diversification !== null &&
      `Diversification ratio of current positions: ${formatNumber(diversification, { places: 2 })} (1 is none).`,
    without.length > 0 && `Left out: ${without.map(({ instrument, why }) => `${instrument} (${why})`).join(', ')}.`,
  ]
  return sentences.filter((sentence) => sentence !== false).join(' ')
}

function Trades({ report }: { report: PortfolioReport }) {
  const { trades, currency, invested, band, suggestion, weighed } = report
  if (suggestion === null) return null
  if (invested <= 0 && weighed === 'invested') {
    return (
      <p>
        Nothing is invested, so there is nothing to trade.{' '}
        <Link to="/desk" className={styles.link}>
          Decide on the Desk ›
        </Link>
      </p>
    )
  }
  if (trades.length === 0) return <p>Every weight is within {formatPercent(band, 0, false)} of its suggested weight.</p>
  return (
    <>
      <TradeTable trades={trades} currency={currency} />
      <p className={styles.dim}>
        Rounded to whole lots. A weight within {formatPercent(band, 0, false)} of its target is left alone. Nothing is
        sent from here: only decisions trade.
      </p>
    </>
  )
}
