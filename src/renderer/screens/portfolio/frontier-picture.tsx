import { formatPercent } from '#renderer/ui/format.ts'
import type { PortfolioReport } from '#shared/domain/portfolio-report.ts'
import styles from './frontier-picture.module.css'
import { type Frame, frontierScale } from './frontier-view.ts'

const frame: Frame = { width: 640, height: 340, left: 60, right: 20, top: 16, bottom: 44 }
const percent = (value: number) => formatPercent(value, 0, false)

/** The efficient frontier with where we are and what is suggested: volatility to the right, mean return upwards, a year. */
export function FrontierPicture({ report: { frontier, here, suggestion } }: { report: PortfolioReport }) {
  const marks = [here, suggestion].filter((point) => point !== null)
  const { x, y, risks, returns } = frontierScale([...frontier, ...marks], frame)
  const path = frontier.map(({ risk, expected }, k) => `${k === 0 ? 'M' : 'L'}${x(risk)} ${y(expected)}`).join('')
  const right = frame.width - frame.right
  const floor = frame.height - frame.bottom
  return (
    <svg
      viewBox={`0 0 ${frame.width} ${frame.height}`}
      className={styles.picture}
      role="img"
      aria-label={describe(here, suggestion)}
    >
      {returns.map((value) => (
        <g key={value}>
          <line
            x1={frame.left}
            x2={right}
            y1={y(value)}
            y2={y(value)}
            className={value === 0 ? styles.zero : styles.grid}
          />
          <text x={frame.left - 8} y={y(value) + 4} textAnchor="end">
            {percent(value)}
          </text>
        </g>
      ))}
      {risks.map((value) => (
        <g key={value}>
          <line x1={x(value)} x2={x(value)} y1={frame.top} y2={floor} className={styles.grid} />
          <text x={x(value)} y={floor + 16} textAnchor="middle">
            {percent(value)}
          </text>
        </g>
      ))}
      <text x={(frame.left + right) / 2} y={frame.height - 6} textAnchor="middle">
        volatility a year
      </text>
      <text
        x={14}
        y={(frame.top + floor) / 2}
        textAnchor="middle"
        transform={`rotate(-90 14 ${(frame.top + floor) / 2})`}
      >
        mean return a year
      </text>
      <path d={path} className={styles.frontier} />
      {suggestion !== null && (
        <Mark x={x(suggestion.risk)} y={y(suggestion.expected)} title="suggested" kind="suggested" />
      )}
      {here !== null && <Mark x={x(here.risk)} y={y(here.expected)} title="we are here" kind="here" />}
    </svg>
  )
}

function describe(here: PortfolioReport['here'], suggestion: PortfolioReport['suggestion']): string {
  const at = (name: string, point: PortfolioReport['here']) =>
    point === null ? '' : ` ${name} at ${percent(point.risk)} volatility and ${percent(point.expected)} return a year.`
  return `The efficient frontier.${at('We are', here)}${at('The suggestion is', suggestion)}`
}

interface MarkProps {
  x: number
  y: number
  title: string
  kind: 'here' | 'suggested'
}

/** A mark with its name on the side that has room; shapes tell the two apart without colour. */
function Mark({ x, y, title, kind }: MarkProps) {
  const isLeft = x > frame.width * 0.75
  const up = kind === 'here' ? 18 : -8
  return (
    <g className={styles[kind]}>
      {kind === 'here' ? (
        <circle cx={x} cy={y} r={5} />
      ) : (
        <rect x={x - 5} y={y - 5} width={10} height={10} transform={`rotate(45 ${x} ${y})`} />
      )}
      <text x={isLeft ? x - 10 : x + 10} y={y + up} textAnchor={isLeft ? 'end' : 'start'}>
        {title}
      </text>
    </g>
  )
}
