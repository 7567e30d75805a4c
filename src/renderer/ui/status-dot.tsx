import styles from './status-dot.module.css'

/** Good, in between, bad, or nothing to say. Each has its own shape, so colour is never alone. */
export type Tone = 'good' | 'busy' | 'warn' | 'bad' | 'off'

/** A small shape with a meaning: circle, half circle, triangle, square, ring. Always stands beside a word. */
export function StatusDot({ tone }: { tone: Tone }) {
  return (
    <svg viewBox="0 0 12 12" width="10" height="10" className={styles[tone]} aria-hidden="true" focusable="false">
      {shapes[tone]}
    </svg>
  )
}

const shapes: Record<Tone, React.ReactNode> = {
  good: <circle cx="6" cy="6" r="5" fill="currentColor" />,
  busy: (
    <>
      <circle cx="6" cy="6" r="4.2" fill="none" stroke="currentColor" strokeWidth="1.6" />
      <path d="M6 1.8a4.2 4.2 0 0 1 0 8.4z" fill="currentColor" />
    </>
  ),
  warn: <path d="M6 1 11.4 11H.6z" fill="currentColor" />,
  bad: <rect x="1" y="1" width="10" height="10" fill="currentColor" />,
  off: <circle cx="6" cy="6" r="4.2" fill="none" stroke="currentColor" strokeWidth="1.6" />,
}
