import { StatusDot } from '#renderer/ui/status-dot.tsx'
import { secondsWords } from './step-words.ts'
import styles from './watch-strip.module.css'
import type { WatchNote } from './watch-view.ts'

/** What watching over the run has brought to light; nothing while all goes as planned. */
export function WatchStrip({ notes }: { notes: readonly WatchNote[] }) {
  if (notes.length === 0) return null
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section className={styles.strip} aria-label="Run monitoring" tabIndex={0}>
      <ul>
        {notes.map(({ key, tone, word, seconds, sentence }) => (
          <li key={key} data-tone={tone}>
            <StatusDot tone={tone} />
            <strong>{word}</strong>
            <span className={styles.time}>{seconds === null ? 'now' : secondsWords(seconds)}</span>
            <span>{sentence}</span>
          </li>
        ))}
      </ul>
    </section>
  )
}
