import { UnstyledButton } from '@mantine/core'
import type { ChartRead, OpenPattern } from '#shared/domain/pattern.ts'
import { formatNumber, formatPercent, trendOf } from './format.ts'
import styles from './pattern-list.module.css'
import { useSettings } from './status.ts'
import { formatDate, formatMoment } from './time.ts'

interface PatternListProps {
  read: ChartRead
  /** Shows one on the chart; there is none to be shown on where it is left out. */
  onShow?: ((name: string) => void) | undefined
}

/** The patterns that are open on a chart: where each stands, how well it fits, and what followed the earlier ones. */
export function PatternList({ read, onShow }: PatternListProps) {
  return (
    <ul className={styles.patterns} aria-label="Patterns">
      {read.patterns.map((pattern) => (
        <li key={`${pattern.name} ${pattern.from}`}>
          <Pattern pattern={pattern} read={read} onShow={onShow} />
        </li>
      ))}
    </ul>
  )
}

const directions = { up: 'up', down: 'down', either: 'either way' } as const
const dayMs = 86_400_000

function Pattern({ pattern, read, onShow }: PatternListProps & { pattern: OpenPattern }) {
  const { timeZone } = useSettings()
  const { name, direction, confidence, from, to, stage, family, signal, strength } = pattern
  const date = (at: number) => (read.barMs < dayMs ? formatMoment(at, timeZone).slice(0, -3) : formatDate(at, 'UTC'))
  const pull = signal * strength * confidence
  return (
    <>
      <p className={styles.head}>
        {onShow === undefined ? (
          <strong>{name}</strong>
        ) : (
          <UnstyledButton className={styles.show} title="Show it on the chart" onClick={() => onShow(name)}>
            {name}
          </UnstyledButton>
        )}
        <span className={styles.dim}>
          {directions[direction]} · fit {formatPercent(confidence, 0, false)}
          {family === 'chart' && ` · ${stage}`}
        </span>
        <span
          className={styles[trendOf(Math.abs(pull) < 0.005 ? 0 : pull)]}
          title="Its signal on this chart, from −1 to 1"
        >
          {formatNumber(pull, { places: 2, signed: true })}
        </span>
      </p>
      <p className={styles.dim}>
        {from === to ? date(to) : `${date(from)} to ${date(to)}`} · {recordOf(pattern, read)}
      </p>
    </>
  )
}

function recordOf({ record }: OpenPattern, { horizon, baseline }: ChartRead): string {
  const { seen, counted, mean } = record
  if (mean === null || baseline === null) return 'no record on this chart'
  const apart = counted === seen ? '' : `, ${counted} without overlap`
  return `seen ${seen}×${apart}: ${formatPercent(mean, 1)} in ${horizon} bars, usually ${formatPercent(baseline, 1)}`
}
