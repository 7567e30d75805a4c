import type { MemoryHit } from '#shared/domain/memory.ts'
import styles from './conversations.module.css'

/** The words that were found, marked among those around them. */
export function Excerpt({ parts }: { parts: MemoryHit['excerpt'] }) {
  return (
    <span className={styles.text}>
      {parts.map((part, index) =>
        part.found ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: the pieces never move
          <mark key={index}>{part.text}</mark>
        ) : (
          part.text
        ),
      )}
    </span>
  )
}
