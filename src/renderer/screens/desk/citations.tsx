import { Popover, UnstyledButton } from '@mantine/core'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { FindingCard } from '#renderer/ui/finding.tsx'
import { plainName } from '#renderer/ui/words.ts'
import styles from './citations.module.css'
import type { Citation } from './conversation-view.ts'
import { namedPatterns } from './pattern-view.ts'

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
  const [isOpen, setOpen] = useState(false)
  return (
    <Popover
      opened={isOpen}
      onChange={setOpen}
      position="left-start"
      width={340}
      withinPortal
      closeOnEscape
      trapFocus={false}
    >
      <Popover.Target>
        <UnstyledButton
          onClick={() => setOpen((before) => !before)}
          className={styles.mark}
          data-status={evidence.status}
          aria-label={`Evidence ${number}`}
        >
          [{number}]
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown>
        <EvidenceCard number={number} evidence={evidence} onShown={() => setOpen(false)} />
      </Popover.Dropdown>
    </Popover>
  )
}

function EvidenceCard({ number, evidence, onShown }: Citation & { onShown: () => void }) {
  const navigate = useNavigate({ from: '/desk' })
  const search = useSearch({ from: '/desk' })
  const timeframe = namedPatterns([evidence])?.timeframe
  const show = (pattern: string) => {
    void navigate({ search: { ...search, timeframe, pattern, run: evidence.runId } })
    // The card lies over what is to be seen.
    onShown()
  }
  return (
    <article className={styles.card}>
      <header>
        <strong>
          [{number}] {plainName(evidence.task)}
        </strong>
        <span>{plainName(evidence.source)}</span>
      </header>
      <FindingCard evidence={evidence} {...(timeframe !== undefined && { onPattern: show })} />
    </article>
  )
}
