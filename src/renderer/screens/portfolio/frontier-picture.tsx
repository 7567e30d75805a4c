import { formatPercent } from '#renderer/ui/format.ts'
import type { PortfolioReport } from '#shared/domain/portfolio-report.ts'
import styles from './frontier-picture.module.css'
import { frontierScale, type PlotFrame } from './frontier-view.ts'
import { RiskPlot } from './risk-plot.tsx'

const frame: PlotFrame = { width: 640, height: 340, left: 60, right: 20, top: 16, bottom: 44 }
const percent = (value: number) => formatPercent(value, 0, false)

/** The efficient frontier with where we are and what is suggested: volatility to the right, mean return upwards, a year. */
export function FrontierPicture({ report: { frontier, here, suggestion } }: { report: PortfolioReport }) {
  const marks = [here, suggestion].filter((point) => point !== null)
  const scale = frontierScale([...frontier, ...marks], frame)
  const { x, y } = scale
  const path = frontier.map(({ risk, expected }, k) => `${k === 0 ? 'M' : 'L'}${x(risk)} ${y(expected)}`).join('')
  return (
    <RiskPlot
      frame={frame}
      scale={scale}
      risk="volatility a year"
      gain="mean return a year"
      label={describe(here, suggestion)}
    >
      <path d={path} className={styles.frontier} />
      {suggestion !== null && (
        <Mark x={x(suggestion.risk)} y={y(suggestion.expected)} title="suggested" kind="suggested" />
      )}
      {here !== null && <Mark x={x(here.risk)} y={y(here.expected)} title="current" kind="here" />}
    </RiskPlot>
  )
}

function describe(here: PortfolioReport['here'], suggestion: PortfolioReport['suggestion']): string {
  const at = (name: string, point: PortfolioReport['here']) =>
    point === null ? '' : ` ${name} at ${percent(point.risk)} volatility and ${percent(point.expected)} return a year.`
  return `The efficient frontier.${at('The current portfolio is', here)}${at('The suggestion is', suggestion)}`
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
