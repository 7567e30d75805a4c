import { Button } from '@mantine/core'
import type { ReactNode } from 'react'
import { AgentName } from '#renderer/ui/agent.tsx'
import { Moment } from '#renderer/ui/figures.tsx'
import { PanelBody } from '#renderer/ui/panel.tsx'
import styles from './conversations.module.css'
import { Excerpt } from './excerpt.tsx'

interface Pages {
  readonly hasNextPage: boolean
  readonly isFetchingNextPage: boolean
  readonly fetchNextPage: () => unknown
}

/** What was found so far, and a way to older hits. */
export function HitList({ pages, children }: { pages: Pages; children: ReactNode }) {
  return (
    <PanelBody label="Search results">
      <ul className={styles.hits}>{children}</ul>
      {pages.hasNextPage && (
        <div className={styles.more}>
          <Button onClick={() => void pages.fetchNextPage()} loading={pages.isFetchingNextPage}>
            Older
          </Button>
        </div>
      )}
    </PanelBody>
  )
}

interface HitProps {
  agent: string
  /** What it is and what it is about, in a word or two each. */
  about: readonly (string | null)[]
  at: number
  excerpt: Parameters<typeof Excerpt>[0]['parts']
  onOpen: () => void
  isShown?: boolean
  className?: string | undefined
}

/** One hit: who, what and when, and the words around what was looked for. */
export function Hit({ agent, about, at, excerpt, onOpen, isShown = false, className = '' }: HitProps) {
  return (
    <li>
      <button
        type="button"
        className={`${styles.hit} ${className}`}
        aria-current={isShown || undefined}
        onClick={onOpen}
      >
        <span className={styles.head}>
          <AgentName agent={agent} />
          {about.map((words) => words !== null && <span key={words}>{words}</span>)}
          <span className={styles.time}>
            <Moment at={at} as="moment" />
          </span>
        </span>
        <Excerpt parts={excerpt} />
      </button>
    </li>
  )
}
