import { Link } from '@tanstack/react-router'
import type { BarBasis } from '#shared/domain/risk-report.ts'
import styles from './bar-basis.module.css'
import { Moment } from './figures.tsx'

/** The bars that numbers stand on: how many, of which length, from when to when. */
export function BasisWords({ basis }: { basis: BarBasis }) {
  return (
    <span>
      from {basis.bars} closed {basis.timeframe} bars, <Moment at={basis.from} as="date" /> to{' '}
      <Moment at={basis.to} as="date" />
    </span>
  )
}

/** Leads from an instrument to its chart, or to the decision behind its position. */
export function InstrumentLink({ instrument, runId }: { instrument: string; runId: string | null }) {
  return (
    <Link
      to="/desk"
      search={{ symbol: instrument, ...(runId !== null && { run: runId }) }}
      className={styles.link}
      title={runId === null ? 'Open its chart' : 'Open the decision behind it'}
    >
      {instrument} ›
    </Link>
  )
}
