import type { ReactNode } from 'react'
import styles from './panel.module.css'

interface PanelProps {
  title: string
  /** What stands in the header after the title. */
  about?: ReactNode
  /** What stands at the header's end. */
  tools?: ReactNode
  className?: string | undefined
  children: ReactNode
}

/** A part of a screen: a header of one line, and a body that scrolls by itself. */
export function Panel({ title, about, tools, className, children }: PanelProps) {
  return (
    <section className={`${styles.panel} ${className ?? ''}`} aria-label={title}>
      <header className={styles.header}>
        <h2>{title}</h2>
        <div className={styles.about}>{about}</div>
        <div className={styles.tools}>{tools}</div>
      </header>
      {children}
    </section>
  )
}

/** The scrolling body of a panel; reachable by keyboard. */
export function PanelBody({ label, children }: { label: string; children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <div className={styles.body} tabIndex={0} role="region" aria-label={label}>
      {children}
    </div>
  )
}

/** A whole screen with a heading. */
export function Screen({ title, tools, children }: { title: string; tools?: ReactNode; children: ReactNode }) {
  return (
    <div className={styles.screen}>
      <header className={styles.heading}>
        <h1>{title}</h1>
        <div className={styles.tools}>{tools}</div>
      </header>
      {children}
    </div>
  )
}
