import { useEffect, useRef } from 'react'
import type { Decimal } from '#shared/lib/decimal.ts'
import styles from './figures.module.css'
import { formatMoney, formatPercent, trendOf, unavailable } from './format.ts'
import { useSettings } from './status.ts'
import { formatDate, formatMoment, formatTime, formatUtc, zoneName } from './time.ts'

const arrows = { up: '▲', down: '▼', flat: '' } as const

interface GainProps {
  value: Decimal | string | null
  currency: string
  /** The gain as a fraction, shown in brackets; left out where it has no meaning. */
  fraction?: number | null
}

/** A gain or loss: arrow, sign, colour, currency and per cent together (UX-5, UX-6). */
export function Gain({ value, currency, fraction }: GainProps) {
  if (value === null) return <span className={styles.dim}>{unavailable}</span>
  const trend = trendOf(value)
  return (
    <span className={styles[trend]}>
      <span className={styles.arrow} aria-hidden="true">
        {arrows[trend]}
      </span>
      <Changing text={formatMoney(value, currency, true)} />
      {fraction !== undefined && fraction !== null && ` (${formatPercent(Math.round(fraction * 10_000) / 10_000)})`}
    </span>
  )
}

/** Text that tints for 600 ms when it changes, once, and otherwise keeps still. */
export function Changing({ text }: { text: string }) {
  const element = useRef<HTMLSpanElement>(null)
  const shown = useRef(text)
  useEffect(() => {
    if (shown.current === text) return
    shown.current = text
    tint(element.current)
  }, [text])
  return <span ref={element}>{text}</span>
}

const restMs = 2_000
const changedAt = new WeakMap<HTMLElement, number>()

/** Tints an element once for a change after a rest of two seconds: a number that never rests would only flicker. */
export function tint(element: HTMLElement | null): void {
  if (element === null) return
  const now = performance.now()
  const before = changedAt.get(element) ?? now
  changedAt.set(element, now)
  if (now - before < restMs) return
  if (matchMedia('(prefers-reduced-motion: reduce)').matches) return
  element.animate([{ backgroundColor: 'var(--accent-soft)' }, { backgroundColor: 'transparent' }], {
    duration: 600,
    easing: 'ease-out',
  })
}

interface MomentProps {
  at: number | null
  /** Time of day only, with the day, or the day with its year alone. */
  as?: 'time' | 'moment' | 'date'
}

/** A time in the trader's zone; hovering tells the zone and UTC (UX-8). */
export function Moment({ at, as = 'time' }: MomentProps) {
  const { timeZone } = useSettings()
  if (at === null) return <span className={styles.dim}>{unavailable}</span>
  const local = formatMoment(at, timeZone)
  return (
    <time dateTime={formatUtc(at)} title={`${local} ${zoneName(timeZone, at)}\n${formatUtc(at)}`}>
      {as === 'time' ? formatTime(at, timeZone) : as === 'date' ? formatDate(at, timeZone) : local}
    </time>
  )
}
