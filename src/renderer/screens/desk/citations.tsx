import { Popover, UnstyledButton } from '@mantine/core'
import { Finding } from '#renderer/ui/finding.tsx'
import { plainName } from '#renderer/ui/words.ts'
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
