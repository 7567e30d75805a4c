import type { TablerIcon } from '@tabler/icons-react'
import {
  IconCancelled,
  IconCheck,
  IconCross,
  IconPending,
  IconReady,
  IconRunning,
  IconSkip,
  IconWaiting,
} from '#renderer/ui/icons.ts'
import type { StepState } from '#shared/domain/plan.ts'
import styles from './step-mark.module.css'

const icons: Record<StepState, TablerIcon> = {
  pending: IconPending,
  ready: IconReady,
  running: IconRunning,
  waiting: IconWaiting,
  succeeded: IconCheck,
  failed: IconCross,
  skipped: IconSkip,
  cancelled: IconCancelled,
}

/** A step's state as a shape and a colour; always stands beside its word. */
export function StepIcon({ state, size = 14 }: { state: StepState; size?: number }) {
  const Icon = icons[state]
  return <Icon size={size} stroke={2} aria-hidden className={`${styles.icon} ${styles[state]}`} />
}

/** The state's word, in its colour. */
export function StepWord({ state }: { state: StepState }) {
  return <span className={styles[state]}>{state}</span>
}
