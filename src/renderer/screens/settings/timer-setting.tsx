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
      title="Venue timer"
      about="The venue cancels every order 60 s after it last heard from the desk (a dead man’s switch)."
    >
      <div>
        <Switch
          label={timer?.supported === false ? 'Not offered by this broker' : 'Keep it set while the desk may trade'}
          checked={on}
          disabled={busy || timer?.supported === false}
          onChange={(event) => onChange(event.currentTarget.checked)}
        />
        <p className={styles.warning}>
          <StatusDot tone="warn" /> It cancels your stops and targets too: after a crash or a lost connection, positions
          are unprotected until the desk is back and may trade.
        </p>
        {status !== undefined && timer !== undefined && on && <p>Now: {deadManWords(timer, status.now)}.</p>}
      </div>
    </Setting>
  )
}
