import { readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseDocument } from 'yaml'
import { createRandom } from '#shared/lib/random.ts'

const dayMs = 86_400_000

/** A CSV file of daily bars that climb by `drift` a day on average, with volume behind the rising days. */
export function trendCsv({ days, drift }: { readonly days: number; readonly drift: number }): string {
  const random = createRandom(11)
  const rows = ['time,open,high,low,close,volume']
  let price = 100
  for (let day = 0; day < days; day++) {
    const open = price
    const close = open * (1 + drift + 0.006 * random.normal())
    const volume = close > open ? 1_500 : 1_100
    const date = new Date(Date.UTC(2024, 0, 1) + day * dayMs).toISOString().slice(0, 10)
    const prices = [open, Math.max(open, close) * 1.004, Math.min(open, close) * 0.996, close]
    rows.push([date, ...prices.map((each) => each.toFixed(2)), volume].join(','))
    price = Number(close.toFixed(2))
  }
  return rows.join('\n')
}

/** Puts a planning.yaml into a home whose balanced profile asks only what a price file can answer. */
export function planOnPricesAlone(home: string): void {
  const shipped = resolve(import.meta.dirname, '../../resources/config/planning.yaml')
  const planning = parseDocument(readFileSync(shipped, 'utf8'))
  const balanced = ['profiles', 'balanced']
  planning.setIn(
    [...balanced, 'tasks'],
    ['technical_analysis', 'momentum', 'historical_patterns', 'correlation_analysis'],
  )
  planning.setIn([...balanced, 'minimumSources'], 3)
  writeFileSync(join(home, 'planning.yaml'), planning.toString())
}
