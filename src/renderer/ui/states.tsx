import { Button, CopyButton, Skeleton } from '@mantine/core'
import type { ReactNode } from 'react'
import { IconAlert, IconCopy } from './icons.ts'
import { toProblem } from './problem.ts'
import styles from './states.module.css'

/** Nothing to show, and why, and what to do about it. */
export function EmptyState({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className={styles.state}>
      <p className={styles.title}>{title}</p>
      {children !== undefined && <div className={styles.text}>{children}</div>}
    </div>
  )
}

interface ErrorStateProps {
  /** What could not be done, for instance "The orders could not be read". */
  title: string
  error: unknown
  /** What it means for trading. */
  effect: string
  onRetry?: () => void
}

/** An error: cause, effect on trading, next step, and a code to copy (UX-23). */
export function ErrorState({ title, error, effect, onRetry }: ErrorStateProps) {
  const { code, message, wayOut, lines: all } = toProblem(error)
  const lines = all.filter((line) => !message.includes(line))
  return (
    <div className={styles.state} role="status">
      <p className={styles.title}>
        <IconAlert size={16} aria-hidden className={styles.icon} /> {title}
      </p>
      <p className={styles.text}>{message}</p>
      <p className={styles.text}>{effect}</p>
      {wayOut !== null && <p className={styles.text}>{wayOut}</p>}
      {lines.length > 0 && (
        <ul className={styles.lines}>
          {lines.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      )}
      <div className={styles.row}>
        {onRetry !== undefined && <Button onClick={onRetry}>Try again</Button>}
        <CopyButton value={`${code}: ${message}`}>
          {({ copied, copy }) => (
            <Button variant="subtle" color="gray" onClick={copy}>
              <IconCopy size={14} aria-hidden className={styles.copy} />
              {copied ? 'Copied' : <span className="mono">{code}</span>}
            </Button>
          )}
        </CopyButton>
      </div>
    </div>
  )
}

/** Rows that stand where a table will be, of the same height, so that nothing jumps when it comes. */
export function LoadingRows({ rows = 4 }: { rows?: number }) {
  return (
    <div className={styles.loading} aria-busy="true" aria-label="Loading">
      {Array.from({ length: rows }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the rows are all alike
        <Skeleton key={index} height={12} my={8} animate={false} width={`${90 - ((index * 17) % 40)}%`} />
      ))}
    </div>
  )
}
