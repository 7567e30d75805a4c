import styles from './share-bar.module.css'

interface ShareBarProps {
  /** A limit warns as it fills; a part of something does not. Default limit. */
  kind?: 'limit' | 'part'
  /** From 0 on; what is beyond 1 fills the bar and turns its colour. */
  share: number | null
  /** What the bar shows, for screen readers. */
  label: string
  /** A mark on the bar, from 0 to 1. */
  mark?: number
}

/** A share as a bar; that of a limit is quiet below 80 %, amber from there on, red when it is full. */
export function ShareBar({ kind = 'limit', share, label, mark }: ShareBarProps) {
  const used = share === null ? 0 : Math.min(1, Math.max(0, share))
  const level = share === null || kind === 'part' ? 'low' : share >= 1 ? 'full' : share >= 0.8 ? 'high' : 'low'
  return (
    <span
      className={styles.bar}
      role="img"
      aria-label={`${label}: ${share === null ? 'unavailable' : `${Math.round(share * 100)} %`}`}
    >
      <span className={styles.fill} data-level={level} style={{ width: `${used * 100}%` }} />
      {mark !== undefined && (
        <span className={styles.mark} style={{ left: `${Math.min(1, Math.max(0, mark)) * 100}%` }} />
      )}
    </span>
  )
}
