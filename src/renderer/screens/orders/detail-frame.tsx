import { Button } from '@mantine/core'
import type { ReactNode } from 'react'
import { IconCross } from '#renderer/ui/icons.ts'
import { ErrorState, LoadingRows } from '#renderer/ui/states.tsx'
import styles from './order-detail.module.css'

interface DetailFrameProps<Data> {
  label: string
  /** What the button that closes it says to screen readers. */
  closeLabel: string
  query: { readonly data: Data | undefined; readonly isError: boolean; readonly error: unknown; refetch: () => unknown }
  failure: { readonly title: string; readonly effect: string }
  onClose: () => void
  children: (data: Data) => ReactNode
}

/** What stands beside the lists about one order: while it is read, where it could not be, and then what is said of it. */
export function DetailFrame<Data>({ label, closeLabel, query, failure, onClose, children }: DetailFrameProps<Data>) {
  return (
    <section className={styles.detail} aria-label={label}>
      <Button
        className={styles.close}
        size="compact-sm"
        variant="subtle"
        color="gray"
        aria-label={closeLabel}
        onClick={onClose}
      >
        <IconCross size={16} aria-hidden />
      </Button>
      {query.isError && query.data === undefined ? (
        <ErrorState {...failure} error={query.error} onRetry={() => void query.refetch()} />
      ) : query.data === undefined ? (
        <LoadingRows rows={12} />
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        <div className={styles.body} tabIndex={0} role="region" aria-label="Order details">
          {children(query.data)}
        </div>
      )}
    </section>
  )
}

/** One fact about an order, in a list of them. */
export function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  )
}
