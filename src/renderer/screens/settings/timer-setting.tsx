import { Switch } from '@mantine/core'
import { useStatus } from '#renderer/ui/status.ts'
import { StatusDot } from '#renderer/ui/status-dot.tsx'
import { deadManWords } from '#shared/domain/dead-man-switch.ts'
import { Setting } from './setting.tsx'
import styles from './settings.module.css'

interface TimerSettingProps {
  on: boolean
  busy: boolean
  onChange: (on: boolean) => void
}

/** The venue's own timer that cancels every order once the desk is gone, with what it would take too (KS-19). */
export function TimerSetting({ on, busy, onChange }: TimerSettingProps) {
  const status = useStatus()
  const timer = status?.deadManSwitch
  return (
    <Setting
      title="The venue’s timer"
      about="Has the venue cancel every order 60 s after it last heard of the desk (a dead man’s switch)."
    >
      <div>
        <Switch
          label={timer?.supported === false ? 'The broker has none' : 'Keep it going while the desk may trade'}
          checked={on}
          disabled={busy || timer?.supported === false}
          onChange={(event) => onChange(event.currentTarget.checked)}
        />
        <p className={styles.warning}>
          <StatusDot tone="warn" /> It cancels your stops and targets too: after a crash or a lost connection positions
          stand unprotected until the desk is back and may trade.
        </p>
        {status !== undefined && timer !== undefined && on && <p>Now: {deadManWords(timer, status.now)}.</p>}
      </div>
    </Setting>
  )
}
