import { Popover, UnstyledButton } from '@mantine/core'
import { Moment } from '#renderer/ui/figures.tsx'
import { formatNumber, formatPercent } from '#renderer/ui/format.ts'
import { plainName } from '#renderer/ui/words.ts'
import type { Evidence } from '#shared/domain/evidence.ts'
import styles from './citations.module.css'
import type { Citation } from './conversation-view.ts'

interface CitationsProps {
  ids: readonly string[]
  evidence: ReadonlyMap<string, Citation>
}

/** The numbers of the evidence behind some words; each opens it beside them. */
export function Citations({ ids, evidence }: CitationsProps) {
  return ids.map((id) => {
    const cited = evidence.get(id)
    return cited === undefined ? null : <CitationMark key={id} {...cited} />
  })
}

function CitationMark({ number, evidence }: Citation) {
  return (
    <Popover position="left-start" width={340} withinPortal closeOnEscape trapFocus={false}>
      <Popover.Target>
        <UnstyledButton className={styles.mark} data-status={evidence.status} aria-label={`Evidence ${number}`}>
          [{number}]
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown>
        <EvidenceCard number={number} evidence={evidence} />
      </Popover.Dropdown>
    </Popover>
  )
}

function EvidenceCard({ number, evidence }: Citation) {
  return (
    <article className={styles.card}>
      <header>
        <strong>
          [{number}] {plainName(evidence.task)}
        </strong>
        <span>{plainName(evidence.source)}</span>
      </header>
      <Finding evidence={evidence} />
    </article>
  )
}

function Finding({ evidence }: { evidence: Evidence }) {
  if (evidence.status === 'unavailable') {
    return (
      <>
        <p>
          Unavailable: {evidence.reason} <span className="mono">{evidence.code}</span>
        </p>
        <p className={styles.dim}>
          Asked <Moment at={evidence.at} as="moment" />
        </p>
      </>
    )
  }
  return (
    <>
      <p>{evidence.summary}</p>
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
          : ' · known to be empty'}
      </p>
    </>
  )
}
