import { Link } from '@tanstack/react-router'
import { type Column, DataTable } from '#renderer/ui/data-table.tsx'
import { Moment } from '#renderer/ui/figures.tsx'
import { formatPercent } from '#renderer/ui/format.ts'
import { Panel, PanelBody } from '#renderer/ui/panel.tsx'
import { EmptyState } from '#renderer/ui/states.tsx'
import type { CountedView, PortfolioReport } from '#shared/domain/portfolio-report.ts'
import { horizonWords } from './frontier-view.ts'
import styles from './portfolio-screen.module.css'

const columns: Column<CountedView>[] = [
  {
    key: 'view',
    title: 'View',
    render: ({ instrument, direction, runId }) => (
      <Link
        to="/desk"
        search={{ symbol: instrument, run: runId }}
        className={styles.link}
        title="Open the run that formed it"
      >
        {instrument} {direction} ›
      </Link>
    ),
  },
  { key: 'magnitude', title: 'Move', numeric: true, render: ({ magnitude }) => formatPercent(magnitude, 2, false) },
  {
    key: 'confidence',
    title: 'Confidence',
    numeric: true,
    render: ({ confidence }) => formatPercent(confidence, 0, false),
  },
  {
    key: 'at',
    title: 'Formed',
    render: ({ at }) => (
      <span className={styles.dim}>
        <Moment at={at} as="date" />
      </span>
    ),
  },
  {
    key: 'until',
    title: 'Counts until',
    render: ({ until }) => (
      <span className={styles.dim}>
        <Moment at={until} as="date" />
      </span>
    ),
  },
  { key: 'prior', title: 'Drift', numeric: true, render: ({ prior }) => formatPercent(prior, 2) },
  { key: 'expected', title: 'Expected', numeric: true, render: ({ expected }) => formatPercent(expected, 2) },
]

/** The views of the desk that still count, and what each makes of the market's drift. */
export function Views({ report: { views, horizonMs, at } }: { report: PortfolioReport }) {
  return (
    <Panel
      title="Desk views"
      about={
        <span>
          still counting, as of <Moment at={at} />
          {horizonMs !== null && `; drift and expected return over the next ${horizonWords(horizonMs)}`}
        </span>
      }
    >
      {views.length === 0 ? (
        <EmptyState title="No current views">
          Only the market’s drift counts. A decision or an analysis forms a view, which counts until its horizon ends.
        </EmptyState>
      ) : (
        <PanelBody label="Desk views, table">
          <DataTable label="Desk views" columns={columns} rows={views} rowKey={({ instrument }) => instrument} />
        </PanelBody>
      )}
    </Panel>
  )
}
