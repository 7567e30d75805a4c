import type { ReactNode } from 'react'
import { formatPercent } from '#renderer/ui/format.ts'
import styles from './frontier-picture.module.css'
import type { FrontierScale, PlotFrame } from './frontier-view.ts'

interface RiskPlotProps {
  frame: PlotFrame
  scale: FrontierScale
  /** What the axes are called. */
  risk: string
  gain: string
  /** What the picture shows, for screen readers. */
  label: string
  children: ReactNode
}

/** So many places that neighbours on an axis do not read the same. */
function placesFor(values: readonly number[]): number {
  const [first = 0, second = 1] = values
  return Math.abs(second - first) < 0.0099 ? 1 : 0
}

/** A picture of risk and return: round values on both axes, and what is drawn over them. */
export function RiskPlot({ frame, scale, risk, gain, label, children }: RiskPlotProps) {
  const { x, y, risks, returns } = scale
  const right = frame.width - frame.right
  const floor = frame.height - frame.bottom
  const percent = (value: number, values: readonly number[]) => formatPercent(value, placesFor(values), false)
  return (
    <svg viewBox={`0 0 ${frame.width} ${frame.height}`} className={styles.picture} role="img" aria-label={label}>
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
            {percent(value, returns)}
          </text>
        </g>
      ))}
      {risks.map((value) => (
        <g key={value}>
          <line x1={x(value)} x2={x(value)} y1={frame.top} y2={floor} className={styles.grid} />
          <text x={x(value)} y={floor + 16} textAnchor="middle">
            {percent(value, risks)}
          </text>
        </g>
      ))}
      <text x={(frame.left + right) / 2} y={frame.height - 6} textAnchor="middle">
        {risk}
      </text>
      <text
        x={14}
        y={(frame.top + floor) / 2}
        textAnchor="middle"
        transform={`rotate(-90 14 ${(frame.top + floor) / 2})`}
      >
        {gain}
      </text>
      {children}
    </svg>
  )
}
