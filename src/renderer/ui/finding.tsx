import type { Evidence } from '#shared/domain/evidence.ts'
import { Moment } from './figures.tsx'
import styles from './finding.module.css'
import { formatNumber, formatPercent } from './format.ts'
import { PatternList } from './pattern-list.tsx'
import { plainName } from './words.ts'

interface FindingProps {
  evidence: Evidence
  /** Shows a pattern on the chart, where there is one to show it on. */
  onPattern?: (name: string) => void
}

/** One piece of evidence: what was found, its figures, of when and how good it is; or why there is none. */
export function FindingCard({ evidence, onPattern }: FindingProps) {
  if (evidence.status === 'unavailable') {
    return (
      <>
        <p>
          Unavailable: {evidence.reason} <span className="mono">{evidence.code}</span>
        </p>
        <p className={styles.dim}>
          Requested <Moment at={evidence.at} as="moment" />
        </p>
      </>
    )
  }
  return (
    <>
      <p>{evidence.summary}</p>
      {evidence.status === 'value' && evidence.chart !== undefined && (
        <PatternList read={evidence.chart} onShow={onPattern} />
      )}
      {evidence.status === 'value' && (
        <dl className={styles.figures}>
          {Object.entries(evidence.figures).map(([name, value]) => (
            <div key={name}>
              <dt>{plainName(name)}</dt>
              <dd>{formatNumber(Number(value.toPrecision(8)), { places: Number.isInteger(value) ? 0 : 2 })}</dd>
            </div>
          ))}
        </dl>
      )}
      <p className={styles.dim}>
        As of <Moment at={evidence.asOf} as="moment" />
        {evidence.status === 'value'
          ? ` · quality ${formatPercent(evidence.quality, 0, false)}`
          : ' · the source has nothing'}
      </p>
    </>
  )
}
