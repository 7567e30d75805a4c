import { Link } from '@tanstack/react-router'
import { Moment } from '#renderer/ui/figures.tsx'
import type { Message } from '#shared/domain/message.ts'
import styles from './earlier-run.module.css'

/** A way to an earlier run that a message speaks of. */
export function EarlierRun({ run: { id, instrument, startedAt } }: { run: NonNullable<Message['runs']>[number] }) {
  return (
    <Link to="/desk" search={{ symbol: instrument, run: id }} className={styles.run}>
      {instrument} <Moment at={startedAt} as="moment" /> ›
    </Link>
  )
}
