import { Button } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { unavailable } from '#renderer/ui/format.ts'
import styles from './blotter.module.css'

export function WhyLink({ runId, instrument }: { runId: string | null; instrument: string }) {
  const navigate = useNavigate()
  if (runId === null) return <span className={styles.dim}>{unavailable}</span>
  return (
    <Button
      size="compact-xs"
      variant="subtle"
      onClick={() => void navigate({ to: '/desk', search: { symbol: instrument, run: runId } })}
    >
      why ›
    </Button>
  )
}
