import { ActionIcon, Menu, Popover, Tooltip, UnstyledButton } from '@mantine/core'
import { spotlight } from '@mantine/spotlight'
import type { ReactNode } from 'react'
import { useConnection } from '#renderer/client.ts'
import { Gain } from '#renderer/ui/figures.tsx'
import { formatAge, formatDuration, unavailable } from '#renderer/ui/format.ts'
import { IconBell, IconChevronDown, IconSearch, IconStop } from '#renderer/ui/icons.ts'
import { useSettings, useStatus } from '#renderer/ui/status.ts'
import { StatusDot, type Tone } from '#renderer/ui/status-dot.tsx'
import { formatTime, zoneName } from '#renderer/ui/time.ts'
import type { Status } from '#shared/contract/system.ts'
import { deadManWords } from '#shared/domain/dead-man-switch.ts'
import type { TradingState } from '#shared/domain/trading-state.ts'
import { divide, isDecimal, sign, toNumber } from '#shared/lib/decimal.ts'
import { isFeedStale, statusAlerts } from './alerts.ts'
import styles from './bar.module.css'
import { useAboveDialogs, usePendingStop, useShell } from './shell.tsx'
import { stopKeys } from './stop.ts'

const stateTones: Record<TradingState, Tone> = { ACTIVE: 'good', REDUCING: 'warn', HALTED: 'bad' }

/** The bar of every screen: paper or live, whose money, may it trade, is it fresh, how is it going, and the stop (UX-1). */
export function StatusBar() {
  const status = useStatus()
  const { phase } = useConnection()
  return (
    <header className={styles.bar} data-stale={phase === 'lost' || undefined}>
      <div className={styles.brand}>Parley</div>
      {status === undefined ? (
        <div className={styles.dim}>Connecting to the engine…</div>
      ) : (
        <Vitals status={status} lost={phase === 'lost'} />
      )}
      <div className={styles.tools}>
        <UnstyledButton className={styles.palette} onClick={() => spotlight.open()} aria-label="Search and commands">
          <IconSearch size={14} aria-hidden /> <kbd>{/mac/i.test(navigator.platform) ? '⌘K' : 'Ctrl K'}</kbd>
        </UnstyledButton>
        {status !== undefined && <Alerts status={status} />}
        <StopLevels />
        <StopButton />
      </div>
    </header>
  )
}

function Vitals({ status, lost }: { status: Status; lost: boolean }) {
  const { timeZone } = useSettings()
  const { account, feed, broker, latch, now } = status
  const asOf = `as of ${formatTime(now, timeZone)} ${zoneName(timeZone, now)}`
  const stale = isFeedStale(status)
  const age = feed.lastTickAt === null || !feed.connected ? null : now - feed.lastTickAt
  return (
    <div className={styles.vitals}>
      <Tooltip
        label={status.mode === 'paper' ? 'Simulated money only. No order reaches a real market.' : 'Real money.'}
      >
        <strong className={styles.mode} data-mode={status.mode}>
          {status.mode.toUpperCase()}
        </strong>
      </Tooltip>
      <Vital
        label="account"
        title={account.unknown ?? `Account ${account.id}, in ${account.currency}`}
        warn={account.unknown !== null}
      >
        {account.unknown !== null && <StatusDot tone="bad" />}
        {account.id}
        {account.unknown !== null && ': unknown'}
      </Vital>
      <Vital label="trading" title={`${latch.reason} (${latch.by})`} strong>
        <StatusDot tone={stateTones[latch.state]} /> {latch.state}
      </Vital>
      <Vital label="feed" title={`${feed.name}: age of the newest price, ${asOf}`} warn={stale}>
        {stale && <StatusDot tone="warn" />}
        <span className={styles.wait}>{lost ? unavailable : age === null ? 'no data' : formatAge(age)}</span>
      </Vital>
      <Vital label="broker" title={`${broker.name}: time of the last answer, ${asOf}`} warn={!broker.connected}>
        {!broker.connected && <StatusDot tone="warn" />}
        <span className={styles.wait}>
          {lost ? unavailable : broker.connected ? formatDuration(broker.latencyMs) : 'no link'}
        </span>
      </Vital>
      {status.deadManSwitch.on && (
        <Vital label="timer" title={timerMeaning} warn={status.deadManSwitch.failure !== null}>
          {status.deadManSwitch.failure !== null && <StatusDot tone="warn" />}
          {lost ? unavailable : deadManWords({ ...status.deadManSwitch, failure: null }, now)}
        </Vital>
      )}
      <Vital label="shortcut" title={shortcutWords(status)} warn={status.stopShortcut.state === 'not armed'}>
        {status.stopShortcut.state === 'not armed' && <StatusDot tone="warn" />}
        {status.stopShortcut.state}
      </Vital>
      <Vital label="P&L today" title={`Since 00:00 UTC, from the account's equity, ${asOf}`}>
        <Gain value={status.dayPnl} currency={account.currency} fraction={dayFraction(status)} />
      </Vital>
    </div>
  )
}

const timerMeaning =
  'The desk resets it every 20 s. If it runs out, the venue cancels every order, stops and targets included.'

function shortcutWords({ stopShortcut }: Status): string {
  return stopShortcut.state === 'not available'
    ? 'The stop shortcut needs the desktop app; this desk runs without it.'
    : `${stopShortcut.accelerator} stops trading while any program is in front: ${stopShortcut.state}.`
}

function dayFraction({ dayPnl, account }: Status): number | null {
  if (dayPnl === null || !isDecimal(dayPnl) || account.dayStartEquity === null) return null
  if (sign(account.dayStartEquity) === 0) return null
  return toNumber(divide(dayPnl, account.dayStartEquity))
}

interface VitalProps {
  label: string
  title: string
  strong?: boolean
  warn?: boolean
  children: ReactNode
}

function Vital({ label, title, strong, warn, children }: VitalProps) {
  return (
    <Tooltip label={title}>
      <div className={styles.vital}>
        <span className={styles.label}>{label}</span>
        <span className={styles.value} data-strong={strong} data-warn={warn}>
          {children}
        </span>
      </div>
    </Tooltip>
  )
}

function Alerts({ status }: { status: Status }) {
  const alerts = statusAlerts(status)
  const grave = alerts.some(({ tone }) => tone === 'bad')
  return (
    <Popover position="bottom-end" zIndex={500} width={360}>
      <Popover.Target>
        <UnstyledButton
          className={styles.alerts}
          data-tone={alerts.length === 0 ? undefined : grave ? 'bad' : 'warn'}
          aria-label={alerts.length === 0 ? 'No alerts' : `Alerts: ${alerts.length}`}
        >
          <IconBell size={16} aria-hidden />
          <span className={styles.count}>{alerts.length === 0 ? '' : alerts.length}</span>
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown>
        {alerts.length === 0 ? (
          <p className={styles.dim}>Nothing needs your attention.</p>
        ) : (
          <ul className={styles.alertList}>
            {alerts.map(({ id, tone, title, effect, next }) => (
              <li key={id}>
                <StatusDot tone={tone} />
                <div>
                  <strong>{title}</strong>
                  <p>{effect}</p>
                  <p className={styles.dim}>{next}</p>
                </div>
              </li>
            ))}
          </ul>
        )}
      </Popover.Dropdown>
    </Popover>
  )
}

function StopLevels() {
  const { stop } = useShell()
  return (
    <Menu position="bottom-end" offset={28} zIndex={500} trapFocus={false}>
      <Menu.Target>
        <ActionIcon size={32} aria-label="Other ways to stop" className={styles.levels}>
          <IconChevronDown size={16} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>STOP is level 2: halts, cancels orders that add risk, keeps stops and targets</Menu.Label>
        <Menu.Item onClick={() => stop.stop(1)}>Halt only (level 1): no order is cancelled</Menu.Item>
        <Menu.Divider />
        <Menu.Item onClick={() => stop.stop(3)}>
          Halt and cancel every order (level 3): positions lose their protection
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}

function StopButton() {
  const { stop } = useShell()
  const pending = usePendingStop()
  const element = useAboveDialogs<HTMLButtonElement>()
  return (
    <button
      ref={element}
      type="button"
      className={styles.stop}
      onClick={() => stop.stop(2)}
      title={`Halts trading and cancels orders that add risk, without asking. ${stopKeys(navigator.platform)}`}
      aria-keyshortcuts="Control+Shift+H Meta+Shift+H"
    >
      <IconStop size={20} stroke={2} aria-hidden />
      <span>
        <strong>{pending === null ? 'STOP' : 'STOPPING'}</strong>
        <small>{stopKeys(navigator.platform)}</small>
      </span>
    </button>
  )
}
